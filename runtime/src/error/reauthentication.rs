//! The error for a login that is too old: the user must log in again.

use std::time::Duration;

/// The reason why a request was rejected: the user logged in too long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reauthentication {
    /// How old the login may be.
    pub max_age: Duration,
    /// How the user can sign in: `password`, and `provider:` with the name of an OAuth client.
    pub methods: Vec<String>,
    /// The challenge of the backend that knows the session.
    pub challenge: &'static str,
}
