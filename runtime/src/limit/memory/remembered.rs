//! Known clients in the process's own memory, within a bound for each account and one for all of them.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::super::key::{Digest, Key};
use super::super::{CLIENTS_OF_AN_ACCOUNT, KnownClient};
use crate::clock::Timestamp;

/// The most ended entries that one login removes.
const REMOVED_AT_ONCE: usize = 2;

/// Known clients by their accounts. Each operation takes logarithmic time.
#[derive(Debug)]
pub(super) struct Remembered {
    /// At most [`CLIENTS_OF_AN_ACCOUNT`] each.
    accounts: HashMap<Digest, Vec<Entry>>,
    /// All entries, as account and client, in the order in which they end.
    ends: BTreeMap<(Timestamp, Digest), Digest>,
    most: usize,
}

#[derive(Debug)]
struct Entry {
    client: Digest,
    mark: String,
    until: Timestamp,
}

impl Remembered {
    /// At most `most` clients of all accounts together. The entry that ends earliest makes room.
    pub(super) fn new(most: usize) -> Self {
        Self { accounts: HashMap::new(), ends: BTreeMap::new(), most }
    }

    pub(super) fn remember(&mut self, known: &KnownClient, mark: String, lifetime: Duration, now: Timestamp) {
        let (account, client) = (*known.account.bytes(), *known.client.bytes());
        let until = now.after(lifetime);
        let is_replaced = |entry: &&Entry| entry.client == client || entry.mark != mark;
        let replaced = self.of(&known.account).filter(is_replaced).map(|entry| (entry.until, entry.client));
        for (until, client) in replaced.collect::<Vec<_>>() {
            self.remove(&account, &client, until);
        }
        self.evict_from(&known.account);
        for _ in 0..REMOVED_AT_ONCE {
            let has_ended = self.ends.first_key_value().is_some_and(|((until, _), _)| *until <= now);
            if has_ended || self.ends.len() >= self.most {
                self.remove_first();
            }
        }
        self.accounts.entry(account).or_default().push(Entry { client, mark, until });
        self.ends.insert((until, client), account);
    }

    pub(super) fn recall(&self, known: &KnownClient, now: Timestamp) -> Option<&str> {
        let client = known.client.bytes();
        let entry = self.of(&known.account).find(|entry| entry.client == *client && entry.until > now)?;
        Some(&entry.mark)
    }

    fn of(&self, account: &Key) -> impl Iterator<Item = &Entry> {
        self.accounts.get(account.bytes()).into_iter().flatten()
    }

    /// An account without room for another client loses the one that ends earliest.
    fn evict_from(&mut self, account: &Key) {
        if self.of(account).count() < CLIENTS_OF_AN_ACCOUNT {
            return;
        }
        let earliest = self.of(account).map(|entry| (entry.until, entry.client)).min();
        if let Some((until, client)) = earliest {
            self.remove(account.bytes(), &client, until);
        }
    }

    fn remove_first(&mut self) {
        if let Some(((until, client), account)) = self.ends.first_key_value() {
            let (until, client, account) = (*until, *client, *account);
            self.remove(&account, &client, until);
        }
    }

    fn remove(&mut self, account: &Digest, client: &Digest, until: Timestamp) {
        self.ends.remove(&(until, *client));
        let Some(entries) = self.accounts.get_mut(account) else { return };
        entries.retain(|entry| entry.client != *client);
        if entries.is_empty() {
            self.accounts.remove(account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::key::Keyed;
    use super::super::super::network::Networks;
    use super::*;
    use crate::secret::Secrets;

    const MINUTE: Duration = Duration::from_secs(60);

    struct Scene {
        remembered: Remembered,
        keyed: Keyed,
        now: Timestamp,
    }

    impl Scene {
        fn new(most: usize) -> Self {
            let keyed =
                Keyed::new(&Secrets::new("thirty-two bytes of a good secret").as_given()).expect("a secret");
            Self { remembered: Remembered::new(most), keyed, now: Timestamp::default() }
        }

        fn known(&self, account: usize, client: usize) -> KnownClient {
            let key = |parts: &[&str]| self.keyed.key("known", parts, &Networks::default());
            let (account, client) = (account.to_string(), client.to_string());
            KnownClient { account: key(&[&account]), client: key(&[&account, &client]) }
        }

        /// A moment later, a login.
        fn log_in(&mut self, account: usize, client: usize) {
            self.now = self.now.after(Duration::from_micros(1));
            let known = self.known(account, client);
            self.remembered.remember(&known, "mark".to_owned(), MINUTE, self.now);
        }

        fn is_known(&self, account: usize, client: usize) -> bool {
            self.remembered.recall(&self.known(account, client), self.now).is_some()
        }

        fn entries(&self) -> usize {
            let entries = self.remembered.accounts.values().map(Vec::len).sum::<usize>();
            assert_eq!(entries, self.remembered.ends.len());
            assert!(self.remembered.accounts.values().all(|entries| !entries.is_empty()));
            entries
        }
    }

    #[test]
    fn known_clients_are_forgotten_in_time() {
        let mut scene = Scene::new(100);
        scene.log_in(1, 1);
        scene.now = scene.now.after(MINUTE / 2);
        scene.log_in(2, 1);
        assert!(scene.is_known(1, 1) && scene.is_known(2, 1) && !scene.is_known(2, 2));
        scene.now = scene.now.after(MINUTE / 2);
        assert!(!scene.is_known(1, 1) && scene.is_known(2, 1));
        scene.now = scene.now.after(MINUTE);
        scene.log_in(3, 1);
        assert_eq!(scene.entries(), 1, "logins remove what has ended");
    }

    #[test]
    fn a_later_login_replaces_the_mark() {
        let mut scene = Scene::new(100);
        scene.log_in(1, 1);
        let known = scene.known(1, 1);
        scene.remembered.remember(&known, "another".to_owned(), MINUTE, scene.now);
        assert_eq!(scene.remembered.recall(&known, scene.now), Some("another"));
        assert_eq!(scene.entries(), 1);
    }

    #[test]
    fn an_account_with_too_many_clients_forgets_its_oldest() {
        let mut scene = Scene::new(100);
        scene.log_in(1, 1);
        for client in 1..=CLIENTS_OF_AN_ACCOUNT + 5 {
            scene.log_in(2, client);
        }
        assert_eq!(scene.entries(), 1 + CLIENTS_OF_AN_ACCOUNT);
        assert!(scene.is_known(1, 1), "other accounts keep theirs");
        assert!(!scene.is_known(2, 5) && scene.is_known(2, 6));
    }

    #[test]
    fn clients_with_another_mark_are_forgotten() {
        let mut scene = Scene::new(100);
        scene.log_in(1, 1);
        for client in 1..=CLIENTS_OF_AN_ACCOUNT {
            scene.log_in(2, client);
        }
        let known = scene.known(2, 1000);
        scene.remembered.remember(&known, "another".to_owned(), MINUTE / 2, scene.now);
        assert_eq!(scene.remembered.recall(&known, scene.now), Some("another"));
        assert!(scene.is_known(1, 1), "other accounts keep theirs");
        assert_eq!(scene.entries(), 2);
    }

    #[test]
    fn the_entry_that_has_just_been_written_is_not_evicted() {
        for most in [100, CLIENTS_OF_AN_ACCOUNT - 1] {
            let mut scene = Scene::new(most);
            for client in 1..=CLIENTS_OF_AN_ACCOUNT {
                scene.log_in(1, client);
            }
            let known = scene.known(1, 1000);
            scene.remembered.remember(&known, "mark".to_owned(), MINUTE / 2, scene.now);
            assert!(scene.is_known(1, 1000) && !scene.is_known(1, 1));
            assert_eq!(scene.entries(), most.min(CLIENTS_OF_AN_ACCOUNT));
        }
    }

    #[test]
    fn the_entry_that_ends_earliest_makes_room() {
        let mut scene = Scene::new(100);
        for account in 0..150 {
            scene.log_in(account, 1);
        }
        assert_eq!(scene.entries(), 100);
        assert!(!scene.is_known(49, 1) && scene.is_known(50, 1) && scene.is_known(149, 1));
    }
}
