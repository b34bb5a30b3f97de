//! A user, and what is asked of the database.

use axum::Json;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::Queryable;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::Error;

/// A user's id: native on PostgreSQL, text on SQLite.
#[derive(Clone, Copy, Debug, AsExpression, Deserialize, FromSqlRow, Serialize)]
#[cfg_attr(feature = "postgres", diesel(sql_type = diesel::sql_types::Uuid))]
#[cfg_attr(feature = "sqlite", diesel(sql_type = diesel::sql_types::Text))]
pub(crate) struct UserId(pub(crate) Uuid);

/// A row, in the order of its columns.
#[derive(Queryable, Serialize)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) email: String,
    #[serde(skip)]
    pub(crate) hashed_password: String,
    pub(crate) is_active: bool,
    pub(crate) is_superuser: bool,
    pub(crate) is_verified: bool,
}

/// Who has sent a request; each backend extracts it in its own way.
pub(crate) struct SignedIn(pub(crate) User);

impl SignedIn {
    /// The user of a token, where there is one.
    pub(crate) fn active(user: Option<User>) -> Result<Self, Error> {
        user.filter(|user| user.is_active).map(Self).ok_or(Error::Unauthorized)
    }
}

pub(crate) async fn me(SignedIn(user): SignedIn) -> Json<User> {
    Json(user)
}

/// A row of a token that is stored: its digest, whose it is, and until when.
pub(crate) struct AccessToken<'a> {
    pub(crate) digest: &'a str,
    pub(crate) user: &'a User,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    /// Nobody reads it here; the column has to be filled.
    pub(crate) fingerprint: &'a str,
}

/// The statements. They are written once for each database, since Diesel knows a table by the types of its columns.
pub(crate) trait Database: Clone + Send + Sync + 'static {
    fn user_by_id(&self, id: UserId) -> impl Future<Output = Result<Option<User>, Error>> + Send;

    /// Without regard to case.
    fn user_by_email(&self, email: &str) -> impl Future<Output = Result<Option<User>, Error>> + Send;

    /// The user of a token that has not expired.
    fn user_by_token(&self, digest: &str) -> impl Future<Output = Result<Option<User>, Error>> + Send;

    fn insert_user(&self, user: &User) -> impl Future<Output = Result<(), Error>> + Send;

    fn insert_token(&self, token: AccessToken<'_>) -> impl Future<Output = Result<(), Error>> + Send;

    /// Whether there was such a token.
    fn delete_token(&self, digest: &str) -> impl Future<Output = Result<bool, Error>> + Send;
}

/// Why a user was not written.
pub(crate) fn refusal(error: DieselError) -> Error {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Error::EmailTaken,
        error => error.into(),
    }
}
