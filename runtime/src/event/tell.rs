//! Emits events: a line of the log, and with the feature `metrics` a count.

#[cfg(feature = "metrics")]
use super::count::count;
use super::line::write_line;
use super::security_event::Event;
use crate::client::ClientAddress;

/// Emits `event`, which a request of `client` caused; `None` if the client is unknown, or if code of the app caused the
/// event.
pub(crate) fn tell(event: &Event<'_>, client: Option<ClientAddress>) {
    write_line(event, client);
    #[cfg(feature = "metrics")]
    count(event);
}
