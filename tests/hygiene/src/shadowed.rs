//! Names that a careless expansion would take for the standard ones.
#![allow(dead_code, non_camel_case_types, reason = "they stand in the way, that is all")]

use renamed::AuthUser;
use renamed::secret::HashedPassword;

struct Option;
struct Some;
struct None;
struct Ok;
struct Err;
struct Result;
struct Vec;
struct Default;
struct From;
struct Into;
struct Clone;
struct Self_;
mod std {}
mod core {}
mod serde {}
mod diesel {}
mod axum_users {}

/// A user among strangers.
#[derive(::std::clone::Clone, Debug, AuthUser)]
#[auth_user(crate = renamed)]
pub struct User {
    /// The primary key.
    pub id: i32,
    /// The address.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the user may manage the others.
    pub is_superuser: bool,
    /// Whether the user has proven to own the address.
    pub is_verified: bool,
    /// What stands between.
    #[auth_user(read, create, update)]
    pub r#type: String,
}

renamed::auth_app! {
    /// Who may enter.
    pub struct Castle {
        user: User,
        database: renamed::store::diesel::Sqlite,
        backends: { jwt: renamed::transport::Bearer + renamed::strategy::Jwt },
    }
}
