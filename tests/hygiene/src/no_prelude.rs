//! Without the prelude, nothing is in scope but what is named in full.
#![no_implicit_prelude]

use ::renamed::strategy::{DatabaseSession, Jwt};
use ::renamed::transport::{Bearer, Cookie};

/// A user whose fields have names of their own.
#[derive(::std::clone::Clone, ::renamed::AuthUser)]
#[auth_user(crate = ::renamed, table = "knights")]
#[allow(missing_debug_implementations)]
pub struct Knight {
    /// The primary key.
    #[auth_user(id)]
    pub number: i64,
    /// The address.
    #[auth_user(email)]
    pub mail: ::std::string::String,
    /// The hash of the password.
    #[auth_user(hashed_password)]
    pub secret: ::renamed::secret::HashedPassword,
    /// Whether the user may sign in.
    #[auth_user(is_active)]
    pub enabled: bool,
    /// Whether the user may manage the others.
    #[auth_user(is_superuser)]
    pub king: bool,
    /// Whether the user has proven to own the address.
    #[auth_user(is_verified)]
    pub proven: bool,
    /// What the user wants to be called.
    #[auth_user(read, create, update)]
    pub name: ::std::option::Option<::std::string::String>,
    /// What the user may spend.
    #[auth_user(read, create(superuser), update(superuser), default = 3)]
    pub credits: i32,
    /// What was said of the user.
    #[auth_user(private)]
    pub notes: ::std::string::String,
}

::renamed::auth_app! {
    /// Who may enter.
    pub struct Camelot {
        user: Knight,
        database: ::renamed::store::diesel::Sqlite { connections: 2 },
        backends: {
            jwt: Bearer + Jwt,
            cookie: Cookie { secure: false } + DatabaseSession,
        },
    }
}
