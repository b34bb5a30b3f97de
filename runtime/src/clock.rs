//! Time, which tests may hold in their hands.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// A moment: microseconds since 1970 in UTC.
///
/// The default is the start of 1970. In JSON it is text as in RFC 3339: `2024-05-01T12:00:00.000000Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "diesel", derive(diesel::deserialize::FromSqlRow))]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `micros` microseconds after the start of 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the start of 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the start of 1970, as a JWT counts them.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Whether it has a date of four digits for the year, as it is written in storage and in JSON.
    #[must_use]
    pub fn has_date(self) -> bool {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .is_ok_and(|time| (0..=9999).contains(&time.year()))
    }

    /// This moment and `duration` more.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0).try_into().unwrap_or(0))
    }

    /// `duration` before this moment.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }
}

/// Always six digits, so that text compares as time.
const WRITTEN: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.has_date() {
            return Err(S::Error::custom("a moment without a date of four digits for the year"));
        }
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000);
        let text = time.map_err(S::Error::custom)?.format(WRITTEN).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let time = OffsetDateTime::parse(&text, &Rfc3339).map_err(D::Error::custom)?;
        i64::try_from(time.unix_timestamp_nanos().div_euclid(1000)).map(Self).map_err(D::Error::custom)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, micros))
    }
}

/// Where the time comes from.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The moment that it is.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }
}

/// A clock that stands still until it is moved; its clones move with it.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.micros())))
    }

    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.0.fetch_add(micros(duration), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new(SystemClock.now())
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first moment of the year 0 and the last one of the year 9999.
    const START: i64 = -62_167_219_200_000_000;
    const END: i64 = 253_402_300_799_999_999;

    #[test]
    fn what_is_written_is_read() {
        for (micros, text) in [
            (START, r#""0000-01-01T00:00:00.000000Z""#),
            (0, r#""1970-01-01T00:00:00.000000Z""#),
            (-1, r#""1969-12-31T23:59:59.999999Z""#),
            (1_714_564_800_000_001, r#""2024-05-01T12:00:00.000001Z""#),
            (END, r#""9999-12-31T23:59:59.999999Z""#),
        ] {
            let moment = Timestamp::from_micros(micros);
            assert_eq!(serde_json::to_string(&moment).expect("text"), text);
            assert_eq!(serde_json::from_str::<Timestamp>(text).expect("a moment"), moment);
        }
        assert_eq!(Timestamp::default().micros(), 0);
    }

    #[test]
    fn other_spellings_are_read() {
        let noon = Timestamp::from_micros(1_714_564_800_000_000);
        for text in ["2024-05-01T12:00:00Z", "2024-05-01T14:00:00.0+02:00", "2024-05-01T12:00:00.0000009Z"] {
            assert_eq!(serde_json::from_value::<Timestamp>(text.into()).expect("a moment"), noon, "{text}");
        }
        for text in ["", "noon", "2024-05-01", "1714564800"] {
            assert!(serde_json::from_value::<Timestamp>(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_lies_past_all_dates_is_not_written() {
        for micros in [i64::MAX, i64::MIN, END + 1, START - 1] {
            let moment = Timestamp::from_micros(micros);
            assert!(!moment.has_date() && serde_json::to_string(&moment).is_err(), "{micros}");
        }
    }
}
