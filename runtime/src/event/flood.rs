//! Lines about events that one client can cause as often as it likes: the first at once, then one a minute with a number.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use ipnet::IpNet;

use super::cause::Cause;
#[cfg(feature = "metrics")]
use super::count::count;
use super::kind::EventKind;
use super::line::write_line;
use super::reason::Reason;
use super::security_event::Event;
use crate::client::ClientAddress;
use crate::clock::{Clock, SystemClock, Timestamp};

/// The shortest time between two lines about the same.
const PAUSE: Duration = Duration::from_secs(60);

/// The most floods of one kind of event that have lines of their own. The others of that kind share lines. No kind takes the
/// room of another: requests without a login cause some kinds.
const MOST: usize = 100;

/// Logs events of which one client can cause any number. The metrics count each of them.
#[derive(Debug, Default)]
pub(crate) struct Floods(Mutex<HashMap<Id, Flood>>);

/// Events with the same of all of these are one flood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Id {
    kind: EventKind,
    reason: Option<Reason>,
    limit: Option<&'static str>,
    backend: Option<&'static str>,
    oauth_client: Option<&'static str>,
    /// The cause, besides the route; `None` for floods past the first [`MOST`] of the kind.
    of: Option<Of>,
}

/// The cause of an event, besides the route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Of {
    /// A client, `None` for requests without a client IP, and the users whom it concerns.
    Client { network: Option<IpNet>, user: Option<Written>, by: Option<Written> },
    /// A dependency that fails, by the outermost text of its error: the sources of the error may differ from request to request.
    Failure(Option<String>),
}

/// Something as its line shows it.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Written(String);

#[derive(Clone, Debug)]
struct Flood {
    event: Event<'static>,
    /// The last client.
    client: Option<ClientAddress>,
    /// The last error.
    error: Option<Written>,
    logged_at: Timestamp,
    /// The number of requests since then.
    more: u64,
}

/// A line for several requests.
#[derive(Debug)]
struct Line(Id, Flood);

/// Emits that a dependency fails, for whichever client and app of this process.
pub(crate) fn tell_failure(event: Event<'_>) {
    static FAILURES: LazyLock<Floods> = LazyLock::new(Floods::default);
    let of = Of::Failure(event.error.map(|Cause(error)| error.to_string()));
    FAILURES.tell_of(of, event, None, SystemClock.now());
}

impl Floods {
    /// Logs `event`, now or with others of its kind. A line for several requests leaves out what belongs to one alone, such
    /// as the origin of a cross-site request. Its error is the last one.
    pub(crate) fn tell(&self, event: Event<'_>, client: Option<ClientAddress>, now: Timestamp) {
        let written = |id: &dyn fmt::Debug| Written(format!("{id:?}"));
        let (user, by) = (event.user.map(|id| written(&id)), event.by.map(|id| written(&id)));
        let of = Of::Client { network: client.map(ClientAddress::network), user, by };
        self.tell_of(of, event, client, now);
    }

    fn tell_of(&self, of: Of, event: Event<'_>, client: Option<ClientAddress>, now: Timestamp) {
        #[cfg(feature = "metrics")]
        count(&event);
        let error = event.error.map(|error| Written(format!("{error:?}")));
        let flood = Flood { event: event.of_many(), client, error, logged_at: now, more: 0 };
        let (due, is_first) = self.lines(of, flood);
        due.iter().for_each(Line::log);
        if is_first {
            write_line(&event, client);
        }
    }

    /// Counts an event, as a flood of its own. Returns the lines that are due, and whether the event is the first of its
    /// flood.
    fn lines(&self, of: Of, new: Flood) -> (Vec<Line>, bool) {
        let now = new.logged_at;
        let mut floods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        floods.retain(|id, flood| {
            let is_due = !(flood.logged_at <= now && now < flood.logged_at.after(PAUSE));
            if is_due && flood.more > 0 {
                lines.push(Line(id.clone(), flood.clone()));
                (flood.logged_at, flood.more) = (now, 0);
                return true;
            }
            !is_due
        });
        let Event { kind, reason, limit, backend, oauth_client, .. } = new.event;
        let mut id = Id { kind, reason, limit, backend, oauth_client, of: Some(of) };
        let is_full = || floods.keys().filter(|id| id.kind == kind && id.of.is_some()).count() >= MOST;
        if !floods.contains_key(&id) && is_full() {
            id.of = None;
        }
        if let Some(flood) = floods.get_mut(&id) {
            *flood = Flood { logged_at: flood.logged_at, more: flood.more + 1, ..new };
            (lines, false)
        } else {
            floods.insert(id, new);
            (lines, true)
        }
    }
}

impl Line {
    fn log(&self) {
        let Self(id, flood) = self;
        let mut event = Event { requests: Some(flood.more), ..flood.event };
        if let Some(Of::Client { user, by, .. }) = &id.of {
            event.user = user.as_ref().map(|id| id as _);
            event.by = by.as_ref().map(|id| id as _);
        }
        event.error = flood.error.as_ref().map(|error| Cause(error));
        write_line(&event, flood.client);
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Written {}

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
            self.lines_of(Event::from(EventKind::Limited).limit(limit), client)
        }

        fn lines_of(&self, event: Event<'static>, client: Option<ClientAddress>) -> Vec<u64> {
            let of = Of::Client { network: client.map(ClientAddress::network), user: None, by: None };
            let flood = Flood { event, client, error: None, logged_at: self.1, more: 0 };
            let (due, is_first) = self.0.lines(of, flood);
            let due = due.into_iter().map(|Line(_, flood)| flood.more);
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
    fn a_flood_of_one_kind_takes_no_lines_from_other_kinds() {
        let scene = Scene(Floods::default(), Timestamp::default());
        for n in 0..1000 {
            scene.lines_of(Event::from(EventKind::TokenRefused), client(n));
        }
        for kind in [EventKind::AccessRefused, EventKind::Limited] {
            for n in 0..100 {
                assert_eq!(scene.lines_of(Event::from(kind), client(n)), [1], "{kind:?}");
            }
        }
    }

    #[test]
    fn each_oauth_client_has_a_line() {
        let scene = Scene(Floods::default(), Timestamp::default());
        for name in ["google", "github"] {
            let event = Event { oauth_client: Some(name), ..Event::from(EventKind::SignInRefused) };
            assert_eq!(scene.lines_of(event, client(1)), [1], "{name}");
            assert_eq!(scene.lines_of(event, client(1)), Vec::<u64>::new(), "{name}");
        }
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
