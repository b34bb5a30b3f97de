//! The users of a store, and their ids.

use crate::user::{AuthUser, OAuthAccount};

/// A store, or a transaction in one: both keep users.
pub trait Storage: Send {
    /// The users.
    type User: AuthUser;
}

/// The id of the users that `S` keeps.
pub type IdOf<S> = <<S as Storage>::User as AuthUser>::Id;

/// A user, and an OAuth account that is linked to it.
pub type Linked<U> = (U, OAuthAccount<<U as AuthUser>::Id>);
