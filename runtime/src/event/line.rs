//! The line of the log for an event.

use super::kind::{EventKind, TARGET, each_kind};
use super::method::Method;
use super::reason::Reason;
use super::security_event::Event;
use crate::client::ClientAddress;

/// Writes the line for `event`; `client` is `None` if the client is unknown, or if code of the app caused the event.
pub(super) fn write_line(event: &Event<'_>, client: Option<ClientAddress>) {
    /// One arm for each kind: `tracing` needs the name and the level as constants.
    macro_rules! write_line_of_kind {
        ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal, $level:ident;)+) => {
            match event.kind {
                $(EventKind::$kind => tracing::event!(
                    name: $name,
                    target: TARGET,
                    tracing::Level::$level,
                    reason = event.reason.map(Reason::word),
                    user = event.user.map(tracing::field::debug),
                    by = event.by.map(tracing::field::debug),
                    client = client.map(tracing::field::display),
                    backend = event.backend,
                    method = event.method.map(Method::word),
                    limit = event.limit,
                    requests = event.requests,
                    oauth_client = event.oauth_client,
                    oauth_name = event.oauth_name.map(tracing::field::debug),
                    email_digest = event.email_digest,
                    origin = event.origin().map(tracing::field::debug),
                    host = event.host().map(tracing::field::debug),
                    setting = event.setting(),
                    error = event.error.map(tracing::field::debug),
                    $name
                ),)+
            }
        };
    }

    each_kind!(write_line_of_kind)
}
