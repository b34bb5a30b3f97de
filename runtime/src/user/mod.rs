//! What a user is to this crate: six fields, an id, and the three schemas that go over the wire.
//!
//! `#[derive(AuthUser)]` implements everything here. Nothing here knows of HTTP or of a database.

mod account;
mod changes;
mod email;
mod id;
mod schema;
mod typed_email;

pub use self::account::{OAuthAccount, Profile};
pub use self::changes::{Expected, UserChanges};
pub use self::email::{Email, InvalidEmail};
pub use self::id::UserId;
pub use self::schema::{CreateSchema, Fields, Flags, Passwords, Schema, UpdateSchema};
pub use self::typed_email::TypedEmail;

use serde::Serialize;

use crate::secret::HashedPassword;

/// A user of the app: the struct that `#[derive(AuthUser)]` stands on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a user",
    label = "not a user",
    note = "put `#[derive(AuthUser)]` on the struct: `#[derive(Clone, AuthUser)] pub struct User {{ … }}`"
)]
pub trait AuthUser: Clone + Send + Sync + Sized + 'static {
    /// The type of the primary key: `Uuid`, `i32` or `i64`.
    type Id: UserId;
    /// What an answer shows of a user.
    type Read: Serialize + Send + 'static;
    /// What a registration sends.
    type Create: CreateSchema;
    /// What a change sends: every field is optional.
    type Update: UpdateSchema;

    /// Whether answers show a user's accounts at other services, as `oauth_accounts`.
    const SHOWS_OAUTH_ACCOUNTS: bool = false;

    /// The primary key.
    fn id(&self) -> Self::Id;
    /// The address, as it is stored.
    fn email(&self) -> &str;
    /// The stored hash of the password.
    fn hashed_password(&self) -> &HashedPassword;
    /// Whether the user may sign in at all.
    fn is_active(&self) -> bool;
    /// Whether the user may manage the others.
    fn is_superuser(&self) -> bool;
    /// Whether the user has proven to own the address.
    fn is_verified(&self) -> bool;

    /// A new user, made of what a registration sent and the hash of its password.
    ///
    /// The id is a fresh one, or a placeholder where the database gives it.
    fn create(create: Self::Create, hashed_password: HashedPassword) -> Self;
    /// Sets the id that the database gave.
    fn set_id(&mut self, id: Self::Id);
    /// Writes `changes` into this user, as a store writes them into its row.
    fn apply(&mut self, changes: &UserChanges<'_, Self>);
    /// What an answer shows of this user.
    fn read(&self) -> Self::Read;
}
