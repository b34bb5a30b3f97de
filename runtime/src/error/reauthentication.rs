//! What a user must do again whose login is too old.

use std::time::Duration;

/// Why a request was not done: the user signed in too long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reauthentication {
    /// How old the login may be.
    pub max_age: Duration,
    /// How the user can sign in: `password`, and `provider:` with the name of an OAuth client.
    pub methods: Vec<String>,
    /// The challenge of the backend that knows the session.
    pub challenge: &'static str,
}
