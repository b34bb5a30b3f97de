//! On SQLite: ids, ranks and documents are text.

#[allow(missing_docs, unreachable_pub, reason = "the Diesel CLI prints it so")]
mod schema;

use axum::Router;
use axum_users::clock::Timestamp;
use axum_users::error::{FieldError, Rejection};
use axum_users::prelude::*;
use axum_users::store::diesel::SqliteConnection;
use axum_users_tests::CHEAP;
use diesel::ExpressionMethods;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite as Backend;
use diesel_async::RunQueryDsl;

use self::schema::horses;
use crate::arms::{Arms, Rank};
use crate::court::config;

#[derive(Clone, Debug, AuthUser)]
#[auth_user(table = crate::sqlite::schema::knights)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
struct Knight {
    #[diesel(column_name = knight_id)]
    id: Uuid,
    #[diesel(column_name = mail)]
    email: String,
    #[diesel(column_name = password_hash)]
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    #[auth_user(read, create, update)]
    handle: String,
    #[auth_user(read, create, update, default)]
    rank: Rank,
    #[auth_user(read, create, update, default)]
    arms: Arms,
    #[auth_user(read, update(superuser))]
    knighted_at: Option<Timestamp>,
    #[auth_user(read, update(superuser))]
    sworn_at: Option<Timestamp>,
    #[auth_user(read, create, update)]
    banner: Option<i32>,
}

auth_app! {
    /// The knights in SQLite.
    struct Table {
        user: Knight,
        transaction_hooks: Stable,
        database: Sqlite,
        backends: {
            jwt: Bearer + Jwt,
            db: Bearer + DatabaseSession,
        },
        hasher: CHEAP,
    }
}

/// Gives every new knight a horse, and then thinks about it.
struct Stable;

impl TransactionHooks<Knight, SqliteConnection> for Stable {
    async fn on_register(
        &self,
        knight: &Knight,
        _: &RequestInfo,
        connection: &mut SqliteConnection,
    ) -> HookResult {
        diesel::insert_into(horses::table)
            .values((horses::name.eq("Hengroen"), horses::rider.eq(knight.id.to_string())))
            .execute(connection)
            .await?;
        match &*knight.handle {
            "thief" => Err("the horse is gone".into()),
            "rebel" => {
                Err(Rejection::ValidationFailed(vec![FieldError::value("handle", "No horse for a rebel")])
                    .into())
            }
            _ => Ok(()),
        }
    }
}

pub(crate) async fn routes(address: String) -> Router {
    Table::start(config!(TableConfig, address)).await.expect("the app starts").routes()
}

impl ToSql<Text, Backend> for Rank {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        out.set_value(self.as_str());
        Ok(IsNull::No)
    }
}

impl FromSql<Text, Backend> for Rank {
    fn from_sql(value: <Backend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::parse(<String as FromSql<Text, Backend>>::from_sql(value)?.as_bytes())
    }
}

impl ToSql<Text, Backend> for Arms {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        out.set_value(serde_json::to_string(self)?);
        Ok(IsNull::No)
    }
}

impl FromSql<Text, Backend> for Arms {
    fn from_sql(value: <Backend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&<String as FromSql<Text, Backend>>::from_sql(value)?)?)
    }
}
