//! Errors that one client can cause as often as it likes: the first is logged at once, then one a minute with a number.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, SystemClock, Timestamp};

/// The shortest time between two lines about the same.
const PAUSE: Duration = Duration::from_secs(60);

/// An error that does not recur within so long is forgotten, and its number with it.
const KEPT: Duration = Duration::from_secs(600);

/// The most errors that have lines of their own, for each text of a line. The others share one for each text of a line.
const MOST: usize = 100;

/// A line's text, and the outermost text of its error; `None` for errors past the first [`MOST`] of that line, and for those
/// whose text a client can choose.
type Id = (&'static str, Option<String>);

/// When errors were last logged, and the number of requests with the same error since then.
#[derive(Debug, Default)]
struct Repeats(HashMap<Id, (Timestamp, u64)>);

/// Returns whether an error is logged now by the line with this text. `Some` has the number of requests that have failed alike
/// since the last line.
pub(crate) fn is_due(line: &'static str, error: &dyn std::error::Error) -> Option<u64> {
    next((line, Some(error.to_string())))
}

/// The same of an error whose text a client can choose: all errors of the line count as one.
#[cfg(feature = "oauth")]
pub(crate) fn is_line_due(line: &'static str) -> Option<u64> {
    next((line, None))
}

fn next(id: Id) -> Option<u64> {
    static REPEATS: LazyLock<Mutex<Repeats>> = LazyLock::new(Mutex::default);
    let mut repeats = REPEATS.lock().unwrap_or_else(PoisonError::into_inner);
    repeats.next(id, SystemClock.now())
}

impl Repeats {
    fn next(&mut self, id: Id, now: Timestamp) -> Option<u64> {
        let is_within =
            |logged_at: Timestamp, time: Duration| logged_at <= now && now < logged_at.after(time);
        let texts = || self.0.keys().filter(|(line, text)| *line == id.0 && text.is_some()).count();
        let id = if self.0.contains_key(&id) || texts() < MOST { id } else { (id.0, None) };
        match self.0.get_mut(&id) {
            Some((logged_at, more)) if is_within(*logged_at, PAUSE) => {
                *more += 1;
                None
            }
            found => {
                let more = found.map_or(0, |(_, more)| *more);
                self.0.retain(|_, (logged_at, _)| is_within(*logged_at, KEPT));
                self.0.insert(id, (now, 0));
                Some(more)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(repeats: &mut Repeats, error: usize, now: Timestamp) -> Option<u64> {
        repeats.next(("failed", Some(error.to_string())), now)
    }

    #[test]
    fn an_error_has_one_line_a_minute() {
        let (mut repeats, mut now) = (Repeats::default(), Timestamp::default());
        assert_eq!(next(&mut repeats, 1, now), Some(0));
        for _ in 0..9 {
            assert_eq!(next(&mut repeats, 1, now), None);
        }
        assert_eq!(next(&mut repeats, 2, now), Some(0));
        now = now.after(PAUSE);
        assert_eq!(next(&mut repeats, 1, now), Some(9));
        assert_eq!(next(&mut repeats, 1, now), None);
        assert_eq!(next(&mut repeats, 2, now), Some(0));
    }

    #[test]
    fn errors_of_one_line_take_no_room_from_another() {
        let (mut repeats, now) = (Repeats::default(), Timestamp::default());
        for error in 0..1000 {
            next(&mut repeats, error, now);
        }
        for error in 0..MOST {
            let id = ("a hook failed", Some(error.to_string()));
            assert_eq!(repeats.next(id, now), Some(0), "{error}");
        }
    }

    #[test]
    fn many_errors_share_a_line() {
        let (mut repeats, now) = (Repeats::default(), Timestamp::default());
        let lines = (0..1000).filter(|n| next(&mut repeats, *n, now).is_some()).count();
        assert_eq!(lines, MOST + 1);
        assert!(repeats.0.len() <= MOST + 1);
        assert_eq!(next(&mut repeats, 1000, now.after(PAUSE)), Some(1000 - MOST as u64 - 1));
        assert_eq!(next(&mut repeats, 1000, now.after(KEPT + PAUSE)), Some(0));
        assert!(repeats.0.len() <= 2, "errors that do not recur make room");
    }
}
