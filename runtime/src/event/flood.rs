//! Lines about refusals that one client can cause as often as it likes: the first at once, then one a minute with a number.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ipnet::IpNet;

use super::{Event, EventKind, Reason};
use crate::client::ClientAddress;
use crate::clock::Timestamp;

/// The shortest time between two lines about the same.
const PAUSE: Duration = Duration::from_secs(60);

/// The most clients that have lines of their own. The others share one for each kind of refusal.
const MOST: usize = 100;

/// Logs refusals of which one client can cause any number. The metrics count each of them.
#[derive(Debug, Default)]
pub(crate) struct Floods(Mutex<HashMap<Id, Flood>>);

/// Refusals with the same of all of these are one flood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Id {
    kind: EventKind,
    reason: Option<Reason>,
    limit: Option<&'static str>,
    backend: Option<&'static str>,
    /// `None` for requests without a client IP, and for the clients past the first [`MOST`].
    client: Option<IpNet>,
}

#[derive(Clone, Copy, Debug)]
struct Flood {
    event: Event<'static>,
    /// The last client.
    client: Option<ClientAddress>,
    logged_at: Timestamp,
    /// How many requests came since then.
    more: u64,
}

impl Floods {
    /// Logs `event`, now or with others of its kind. A line for several requests leaves out what is of one alone: the user,
    /// and where a cross-site request came from.
    pub(crate) fn tell(&self, event: Event<'_>, client: Option<ClientAddress>, now: Timestamp) {
        #[cfg(feature = "metrics")]
        super::count::count(&event);
        let (due, is_first) = self.lines(event.of_many(), client, now);
        for (event, client) in due {
            event.kind.log(&event, client);
        }
        if is_first {
            event.kind.log(&event, client);
        }
    }

    /// Counts an event. Returns the lines that are due, and whether the event itself is the first of its kind.
    fn lines(
        &self,
        event: Event<'static>,
        client: Option<ClientAddress>,
        now: Timestamp,
    ) -> (Vec<(Event<'static>, Option<ClientAddress>)>, bool) {
        let mut floods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        floods.retain(|_, flood| {
            let is_due = !(flood.logged_at <= now && now < flood.logged_at.after(PAUSE));
            if is_due && flood.more > 0 {
                lines.push(flood.line());
                *flood = Flood { logged_at: now, more: 0, ..*flood };
                return true;
            }
            !is_due
        });
        let Event { kind, reason, limit, backend, .. } = event;
        let mut id = Id { kind, reason, limit, backend, client: client.map(ClientAddress::network) };
        if floods.len() >= MOST && !floods.contains_key(&id) {
            id.client = None;
        }
        if let Some(flood) = floods.get_mut(&id) {
            *flood = Flood { event, client, more: flood.more + 1, ..*flood };
            (lines, false)
        } else {
            floods.insert(id, Flood { event, client, logged_at: now, more: 0 });
            (lines, true)
        }
    }
}

impl Flood {
    fn line(&self) -> (Event<'static>, Option<ClientAddress>) {
        (self.event.requests(self.more), self.client)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn client(n: u16) -> Option<ClientAddress> {
        let [high, low] = n.to_be_bytes();
        Some(IpAddr::from([198, 51, high, low]).into())
    }

    struct Scene(Floods, Timestamp);

    impl Scene {
        /// The numbers of requests that the lines name after one more, 1 for a line without a number.
        fn lines(&self, limit: &'static str, client: Option<ClientAddress>) -> Vec<u64> {
            let event = Event::from(EventKind::Limited).limit(limit);
            let (due, is_first) = self.0.lines(event, client, self.1);
            let due = due.into_iter().map(|(event, _)| event.requests.unwrap_or(1));
            due.chain(is_first.then_some(1)).collect()
        }
    }

    #[test]
    fn a_client_has_one_line_a_minute_for_each_limit() {
        let mut scene = Scene(Floods::default(), Timestamp::default());
        for n in 0..1000 {
            let expected = if n == 0 { vec![1] } else { Vec::new() };
            assert_eq!(scene.lines("sign_in", client(1)), expected);
            assert_eq!(scene.lines("register", client(1)), expected);
            assert_eq!(scene.lines("sign_in", client(2)), expected);
        }
        scene.1 = scene.1.after(PAUSE);
        // Another client's request brings the lines of all that are due.
        assert_eq!(scene.lines("sign_in", client(3)), [999, 999, 999, 1]);
        assert_eq!(scene.lines("sign_in", client(1)), Vec::<u64>::new());
        scene.1 = scene.1.after(PAUSE);
        assert_eq!(scene.lines("sign_in", client(3)), [1, 1], "with a number, and the first one again");
        scene.1 = scene.1.after(2 * PAUSE);
        assert_eq!(scene.lines("sign_in", client(1)), [1]);
    }

    #[test]
    fn many_clients_share_a_line() {
        let mut scene = Scene(Floods::default(), Timestamp::default());
        let lines = (0..20_000).map(|n| scene.lines("sign_in", client(n)).len()).sum::<usize>();
        assert_eq!(lines, MOST + 1);
        scene.1 = scene.1.after(PAUSE);
        assert_eq!(scene.lines("sign_in", client(0)), [20_000 - MOST as u64 - 1, 1]);
    }
}
