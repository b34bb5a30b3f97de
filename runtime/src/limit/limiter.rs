//! Asks the counters, in the order in which no one can use up what is another's.

use std::sync::{Arc, Once};
use std::time::Duration;

use hmac::digest::InvalidLength;

use super::key::Keyed;
use super::memory::Memory;
use super::network::Networks;
use super::shared::Shared;
use super::{
    CLIENTS_OF_A_SITE, Counters, CountersError, Key, KnownClient, KnownClients, Limits, Rate, Tally, Visitor,
};
use crate::client::ClientAddress;
use crate::clock::{Clock, Timestamp};
use crate::secret::Keyring;

/// For how long a client is known at an account that it has logged in to.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// As many clients stand behind a request that does not say where it comes from.
const UNKNOWN_CLIENTS: u32 = 20;

const PASSWORDS: &str = "passwords";
const FROM_ANYWHERE: &str = "passwords_per_account";

/// What is tried, besides passwords.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tried<'a> {
    Registration,
    /// A mail with a token that resets the password, by the canonical key of the typed email.
    ForgotPassword(&'a str),
    /// A mail with a token that verifies the email, by its canonical key.
    RequestVerify(&'a str),
    /// A mail with a token that moves an account to this email, by its canonical key.
    EmailChange(&'a str),
    /// A mail that tells the owner of this email of a registration with it, by its canonical key.
    RegistrationOfKnown(&'a str),
    /// A change of the own email or password, by the id of the account.
    Change(&'a str),
    /// A change of another user's email or password, by the id of the superuser.
    ChangeOfOther(&'a str),
    /// A token out of a mail.
    Token,
    /// A way to another service.
    #[cfg(feature = "oauth")]
    OAuthAuthorize,
    /// A way back from there.
    #[cfg(feature = "oauth")]
    OAuthCallback,
}

/// It was tried too often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exceeded {
    /// Which limit says so.
    pub(crate) limit: &'static str,
    /// So long, and it may be tried again.
    pub(crate) wait: Duration,
    /// Whether the counter is one that the clients of a crowded network share.
    is_shared: bool,
}

/// A client that tries something.
struct Visit<'a> {
    limit: &'static str,
    rate: Rate,
    visitor: &'a dyn Visitor,
}

/// The counters from which a request has taken, each with its rate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken(Vec<(Key, Rate)>);

/// A password that is tried, until it is known whether it is right.
#[derive(Debug)]
#[must_use]
pub(crate) struct Guess {
    by_client: Key,
    taken: Taken,
}

/// What nodes share.
pub(crate) struct SharedCounters {
    pub(crate) counters: Option<Arc<dyn Counters>>,
    pub(crate) known_clients: Option<Arc<dyn KnownClients>>,
}

impl Guess {
    /// Returns what the guess has taken from the limits on passwords.
    pub(crate) fn taken(&self) -> Taken {
        self.taken.clone()
    }
}

/// Asks the counters.
pub(crate) struct Limiter {
    limits: Limits,
    keyed: Keyed,
    memory: Memory,
    shared: Option<Shared<dyn Counters>>,
    known: Option<Shared<dyn KnownClients>>,
    clock: Arc<dyn Clock>,
    /// That requests say nothing of their clients has been said.
    told: Once,
}

impl Limiter {
    pub(crate) fn new(
        limits: Limits,
        keys: &Keyring,
        clock: Arc<dyn Clock>,
        shared: SharedCounters,
    ) -> Result<Self, InvalidLength> {
        let (keyed, memory) = (Keyed::new(keys)?, Memory::new(Arc::clone(&clock)));
        let SharedCounters { counters, known_clients } = shared;
        let shared = counters.map(|counters| Shared::counters(counters, Arc::clone(&clock)));
        let known = known_clients.map(|known| Shared::known_clients(known, Arc::clone(&clock)));
        Ok(Self { limits, keyed, memory, shared, known, clock, told: Once::new() })
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts what `client` tries. [`Exceeded`], if it tries too often.
    pub(crate) async fn admit(
        &self,
        tried: Tried<'_>,
        client: Option<ClientAddress>,
        visitor: &dyn Visitor,
    ) -> Result<Taken, Exceeded> {
        let limits = &self.limits;
        let mut taken = Taken::default();
        let by_client = match tried {
            Tried::Registration => ("register", limits.register),
            Tried::Token => ("tokens", limits.tokens),
            #[cfg(feature = "oauth")]
            Tried::OAuthAuthorize => ("oauth_authorize", limits.oauth),
            #[cfg(feature = "oauth")]
            Tried::OAuthCallback => ("oauth_callback", limits.oauth),
            Tried::ForgotPassword(_) => ("forgot_password", limits.mails),
            Tried::RequestVerify(_) => ("request_verify", limits.mails),
            Tried::EmailChange(_) => ("email_change", limits.mails),
            Tried::RegistrationOfKnown(_) => ("registration_of_known", limits.mails),
            Tried::Change(_) => ("changes_per_ip", limits.changes_per_ip),
            Tried::ChangeOfOther(_) => ("changes_of_others_by_client", None),
        };
        self.by_client(by_client.0, by_client.1, client, visitor, &mut taken).await?;
        let of_one = match tried {
            Tried::Registration | Tried::Token => None,
            #[cfg(feature = "oauth")]
            Tried::OAuthAuthorize | Tried::OAuthCallback => None,
            Tried::ForgotPassword(email) => {
                Some(("forgot_password_to_one", email, limits.emails_per_recipient))
            }
            Tried::RequestVerify(email) => {
                Some(("request_verify_to_one", email, limits.emails_per_recipient))
            }
            Tried::EmailChange(email) => Some(("email_change_to_one", email, limits.emails_per_recipient)),
            Tried::RegistrationOfKnown(email) => {
                Some(("registration_of_known_to_one", email, limits.emails_per_recipient))
            }
            Tried::Change(id) => Some(("changes", id, limits.changes)),
            Tried::ChangeOfOther(id) => Some(("changes_per_superuser", id, limits.changes_per_superuser)),
        };
        if let Some((limit, of, Some(rate))) = of_one {
            let key = self.keyed.key(limit, &[of], &Networks::from(client)).of_everyone();
            self.take_for(&Visit { limit, rate, visitor }, key, &mut taken).await?;
        }
        Ok(taken)
    }

    /// Gives back what a request has taken, one unit each, since a fault of ours kept it from being answered.
    pub(crate) async fn give_back(&self, taken: Taken) {
        let now = self.now();
        for (key, rate) in taken.0 {
            self.memory.give_back(key, rate);
            self.ask(move |counters| async move { counters.give_back(key, rate, now).await }).await;
        }
    }

    /// Counts a sign-in of `client`. `account` is the canonical key of the typed email, here and below.
    pub(crate) async fn sign_in(
        &self,
        account: &str,
        client: Option<ClientAddress>,
        visitor: &dyn Visitor,
    ) -> Result<Guess, Exceeded> {
        // A 503 gives this one back no more than any other answer does: it bounds requests, not guesses.
        self.by_client("sign_in", self.limits.sign_in, client, visitor, &mut Taken::default()).await?;
        self.guess(account, client, visitor).await
    }

    /// Counts a password that `client` tries at an account. What is over the first limit takes nothing from the second,
    /// which is not its own alone.
    pub(crate) async fn guess(
        &self,
        account: &str,
        client: Option<ClientAddress>,
        visitor: &dyn Visitor,
    ) -> Result<Guess, Exceeded> {
        let networks = Networks::from(client);
        let mut guess = self.guess_at(account, client);
        if let Some(rate) = self.rate_of(client, self.limits.passwords) {
            let visit = Visit { limit: PASSWORDS, rate, visitor };
            self.by_networks(&visit, &[account], &networks, &mut guess.taken).await?;
        }
        if let Some(rate) = self.limits.passwords_per_account
            && !visitor.is_known().await
        {
            let anywhere = self.keyed.key(FROM_ANYWHERE, &[account], &networks).of_everyone();
            self.take(FROM_ANYWHERE, anywhere, rate, &mut guess.taken).await?;
        }
        Ok(guess)
    }

    fn guess_at(&self, account: &str, client: Option<ClientAddress>) -> Guess {
        let networks = Networks::from(client);
        Guess {
            by_client: self.keyed.key(PASSWORDS, &[account, &networks.client], &networks),
            taken: Taken::default(),
        }
    }

    /// The password was right: the wrong ones that the client has tried there are forgotten.
    pub(crate) async fn was_right(&self, guess: Guess) {
        if self.limits.passwords.is_some() {
            self.clear(guess.by_client).await;
        }
    }

    /// The client has proven without a password that it is the account's owner: the wrong ones that it has tried there are
    /// forgotten.
    pub(crate) async fn forget_guesses(&self, account: &str, client: Option<ClientAddress>) {
        self.was_right(self.guess_at(account, client)).await;
    }

    /// Returns whether it matters that a client is known at an account.
    pub(crate) fn knows_clients(&self) -> bool {
        self.limits.passwords_per_account.is_some()
    }

    /// The mark by which the client's network is known at the account.
    pub(crate) async fn recall(&self, account: &str, client: Option<ClientAddress>) -> Option<String> {
        let (client, now) = (self.known_client(account, client)?, self.now());
        let shared = match &self.known {
            Some(known) => known.ask(move |known| async move { known.recall(client, now).await }).await,
            None => None,
        };
        shared.flatten().or_else(|| self.memory.recall(&client))
    }

    /// Has the client's network be known at the account by `mark`.
    pub(crate) async fn remember(
        &self,
        account: &str,
        client: Option<ClientAddress>,
        mark: String,
        lifetime: Duration,
    ) {
        let (Some(client), now) = (self.known_client(account, client), self.now()) else { return };
        // For the time when what nodes share is unreachable.
        self.memory.remember(&client, mark.clone(), lifetime);
        if let Some(known) = &self.known {
            known.ask(move |known| async move { known.remember(client, mark, lifetime, now).await }).await;
        }
    }

    /// Requests without a client IP have no network that could be known.
    fn known_client(&self, account: &str, client: Option<ClientAddress>) -> Option<KnownClient> {
        let networks = Networks::from(client);
        client.map(|_| KnownClient {
            account: self.keyed.key("known_at", &[account], &networks),
            client: self.keyed.key("known", &[account, &networks.client], &networks),
        })
    }

    async fn clear(&self, key: Key) {
        self.memory.clear(key);
        self.ask(move |counters| async move { counters.clear(key).await }).await;
    }

    /// The answer of the shared counters; `None` where there are none or they fail.
    async fn ask<T, F>(&self, ask: impl FnOnce(Arc<dyn Counters>) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CountersError>> + Send + 'static,
    {
        self.shared.as_ref()?.ask(ask).await
    }

    async fn by_client(
        &self,
        limit: &'static str,
        rate: Option<Rate>,
        client: Option<ClientAddress>,
        visitor: &dyn Visitor,
        taken: &mut Taken,
    ) -> Result<(), Exceeded> {
        let Some(rate) = self.rate_of(client, rate) else { return Ok(()) };
        self.by_networks(&Visit { limit, rate, visitor }, &[], &Networks::from(client), taken).await
    }

    /// Counts by the client, and then by its site, where one customer has all of it. A client that is known at the account
    /// is kept out by its own counter alone.
    async fn by_networks(
        &self,
        visit: &Visit<'_>,
        parts: &[&str],
        networks: &Networks,
        taken: &mut Taken,
    ) -> Result<(), Exceeded> {
        let key = |network| self.keyed.key(visit.limit, &[parts, &[network]].concat(), networks);
        self.take_for(visit, key(&*networks.client), taken).await?;
        if !networks.is_one_customers {
            return Ok(());
        }
        let rate = visit.rate.times(CLIENTS_OF_A_SITE);
        match self.take(visit.limit, key(&*networks.site), rate, taken).await {
            Err(_) if visit.visitor.is_known().await => Ok(()),
            result => result,
        }
    }

    /// Takes one of `key`; where what others share is used up, a client that is known at the account has its own.
    async fn take_for(&self, visit: &Visit<'_>, key: Key, taken: &mut Taken) -> Result<(), Exceeded> {
        match self.take(visit.limit, key, visit.rate, taken).await {
            Err(Exceeded { is_shared: true, .. }) if visit.visitor.is_known().await => {
                self.take(visit.limit, key.of_known_client(), visit.rate, taken).await
            }
            result => result,
        }
    }

    /// The rate of a client; more of it where nothing tells which one it is, since many are one then.
    fn rate_of(&self, client: Option<ClientAddress>, rate: Option<Rate>) -> Option<Rate> {
        let (None, Some(rate)) = (client, rate) else { return rate };
        self.told.call_once(|| {
            tracing::error!(
                "requests do not say where they come from, so that all clients share the limits of a few: serve the app \
                 with `into_make_service_with_connect_info::<SocketAddr>()`"
            );
        });
        Some(rate.times(UNKNOWN_CLIENTS))
    }

    async fn take(
        &self,
        limit: &'static str,
        key: Key,
        rate: Rate,
        taken: &mut Taken,
    ) -> Result<(), Exceeded> {
        let (now, at_least) = (self.now(), self.memory.ahead(key));
        let shared = self.ask(move |counters| async move { counters.take(key, rate, at_least, now).await });
        let tally = match shared.await {
            Some(tally) => {
                self.memory.mirror(key, rate, tally);
                tally
            }
            None => self.memory.take(key, rate),
        };
        match tally {
            Tally::Taken { .. } => {
                taken.0.push((key, rate));
                Ok(())
            }
            Tally::Empty(wait) => Err(Exceeded { limit, wait, is_shared: false }),
            Tally::Crowded(wait) => Err(Exceeded { limit, wait, is_shared: true }),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
