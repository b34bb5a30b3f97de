//! What the macros expand to and nobody else should name.

mod by_default;
mod disabled_databases;
mod no_database;
mod no_user;

pub use axum_users_macros::__auth_app;
#[cfg(feature = "diesel")]
pub use diesel;
pub use serde;

#[cfg(feature = "diesel")]
pub use crate::store::diesel::{ByColumnType, ByNobody, Inferred, no_table};

pub use self::by_default::ByDefault;
pub use self::disabled_databases::*;
pub use self::no_database::{NoDatabase, NoStore};
pub use self::no_user::NoUser;
use crate::secret::HashedPassword;

/// Stands for a value that has a mistake. It never runs, since its program does not compile.
#[must_use]
pub fn mistake<T>() -> T {
    unreachable!("the program has a mistake, which the macro has reported")
}

/// Stands for a value of a feature that is off, which the macro has reported.
#[derive(Clone, Debug, Default)]
pub struct Absent;

impl Absent {
    /// Takes what the constructors of the feature take.
    #[must_use]
    pub fn new<A, B>(_: A, _: B) -> Self {
        Self
    }
}

impl From<&str> for Absent {
    fn from(_: &str) -> Self {
        Self
    }
}

impl From<String> for Absent {
    fn from(_: String) -> Self {
        Self
    }
}

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
