//! The trait of a user of the app, and a change to one.

use serde::Serialize;

use super::email::Email;
use super::expected::Expected;
use super::id::UserId;
use super::schema::{CreateSchema, Flags, UpdateSchema};
use crate::secret::HashedPassword;

/// A user of the app: the struct with `#[derive(AuthUser)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a user",
    label = "not a user",
    note = "put `#[derive(AuthUser)]` on the struct: `#[derive(Clone, AuthUser)] pub struct User {{ … }}`"
)]
pub trait AuthUser: Clone + Send + Sync + Sized + 'static {
    /// The type of the primary key: `Uuid`, `i32` or `i64`.
    type Id: UserId;
    /// The schema of a user in responses.
    type Read: Serialize + Send + 'static;
    /// The schema of a registration.
    type Create: CreateSchema;
    /// The schema of a change: every field is optional.
    type Update: UpdateSchema;

    /// Whether responses show the provider accounts of a user, as `oauth_accounts`.
    const SHOWS_OAUTH_ACCOUNTS: bool = false;

    /// The primary key.
    fn id(&self) -> Self::Id;
    /// The email, as it is stored.
    fn email(&self) -> &str;
    /// The stored hash of the password.
    fn hashed_password(&self) -> &HashedPassword;
    /// Whether the user may log in.
    fn is_active(&self) -> bool;
    /// Whether the user may manage other users.
    fn is_superuser(&self) -> bool;
    /// Whether the user has verified the email.
    fn is_verified(&self) -> bool;

    /// Creates a user from a registration and the hash of its password.
    ///
    /// The id is new, or a placeholder if the database assigns it.
    fn from_create(create: Self::Create, hashed_password: HashedPassword) -> Self;
    /// Sets the id that the database assigned.
    fn set_id(&mut self, id: Self::Id);
    /// Writes `changes` into this user, as a store writes them into its row.
    fn apply(&mut self, changes: &UserChanges<'_, Self>);
    /// Returns what responses show of this user.
    fn read(&self) -> Self::Read;
}

/// A change to a stored user. A field that is `None` keeps its value.
#[derive(Debug)]
pub struct UserChanges<'a, U: AuthUser> {
    /// A new email.
    pub email: Option<&'a Email>,
    /// The hash of a new password.
    pub hashed_password: Option<&'a HashedPassword>,
    /// New values of the three flags.
    pub flags: Flags,
    /// The own fields of the app, as the update schema holds them.
    pub own: Option<&'a U::Update>,
    /// Conditions that the row must still meet, checked in the same statement.
    pub expected: Expected<'a>,
}

impl<U: AuthUser> Default for UserChanges<'_, U> {
    fn default() -> Self {
        Self {
            email: None,
            hashed_password: None,
            flags: Flags::default(),
            own: None,
            expected: Expected::default(),
        }
    }
}
