//! Security events in one form (OWASP ASVS 5.0, V16): each is a line of the log, by `tracing`, and with the feature
//! `metrics` a count. This module contains no rules: its callers decide what happened.

mod cause;
#[cfg(feature = "metrics")]
mod count;
mod flood;
mod happened;
mod kind;
mod line;
mod method;
mod reason;
mod repeats;
mod security_event;
mod tell;

pub(crate) use self::cause::Cause;
#[cfg(feature = "metrics")]
pub(crate) use self::count::Waiting;
pub(crate) use self::flood::{Floods, tell_failure};
pub(crate) use self::happened::Happened;
pub use self::kind::{EventKind, TARGET};
pub(crate) use self::method::Method;
pub use self::reason::Reason;
pub(crate) use self::repeats::is_due;
#[cfg(feature = "oauth")]
pub(crate) use self::repeats::is_line_due;
pub(crate) use self::security_event::Event;
pub(crate) use self::tell::tell;
