//! What the macros expand to and nobody else should name.

pub use axum_users_macros::__auth_app;
#[cfg(feature = "diesel")]
pub use diesel;
pub use serde;

#[cfg(feature = "diesel")]
pub use crate::store::diesel::no_table;

use crate::secret::HashedPassword;

/// Holds an e-mail address.
#[diagnostic::on_unimplemented(
    message = "a user's e-mail address is a `String`, not `{Self}`",
    label = "write `String`"
)]
pub trait EmailField {}
impl EmailField for String {}

/// Holds a flag.
#[diagnostic::on_unimplemented(
    message = "this flag of a user is a `bool`, not `{Self}`",
    label = "write `bool`"
)]
pub trait FlagField {}
impl FlagField for bool {}

/// Holds the hash of a password.
#[diagnostic::on_unimplemented(
    message = "a user's password is kept as a `HashedPassword`, not `{Self}`",
    label = "write `HashedPassword`",
    note = "it is in the prelude, and in `axum_users::secret`"
)]
pub trait HashedPasswordField {}
impl HashedPasswordField for HashedPassword {}
