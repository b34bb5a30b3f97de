//! What a user is to this crate: six fields, an id, and the three schemas that go over the wire.
//!
//! `#[derive(AuthUser)]` implements everything here. Nothing here knows of HTTP or of a database.

mod account;
mod auth_user;
mod email;
mod expected;
mod id;
mod schema;
mod typed_email;

pub use self::account::{OAuthAccount, Profile};
pub use self::auth_user::{AuthUser, UserChanges};
pub use self::email::{Email, InvalidEmail};
pub use self::expected::Expected;
pub use self::id::UserId;
pub use self::schema::{CreateSchema, Fields, Flags, FromCredentials, Passwords, Schema, UpdateSchema};
pub use self::typed_email::TypedEmail;
