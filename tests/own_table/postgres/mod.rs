//! On PostgreSQL: its own UUIDs, enums and documents.

#[allow(missing_debug_implementations, missing_docs, unreachable_pub, reason = "the Diesel CLI prints it so")]
mod schema;

use std::io::Write;

use axum::Router;
use axum_users::clock::Timestamp;
use axum_users::error::{FieldError, Rejection};
use axum_users::prelude::*;
use axum_users::store::diesel::{Postgres, PostgresConnection};
use axum_users_tests::CHEAP;
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Jsonb;
use diesel::{ExpressionMethods, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;

use self::schema::sql_types::KnightRank;
use self::schema::{horses, knights};
use crate::arms::{Arms, Rank};
use crate::court::config;

/// Diesel reads it by itself, too.
#[derive(Clone, Debug, AuthUser, Queryable, Selectable)]
#[auth_user(table = crate::postgres::schema::knights)]
#[diesel(table_name = knights, check_for_backend(Pg))]
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
    /// The knights in PostgreSQL.
    struct Table {
        user: Knight,
        transaction_hooks: Stable,
        database: Postgres,
        backends: {
            jwt: Bearer + Jwt,
            db: Bearer + DatabaseSession,
        },
        hasher: CHEAP,
    }
}

/// Gives every new knight a horse, and then thinks about it.
struct Stable;

impl TransactionHooks<Knight, PostgresConnection> for Stable {
    async fn on_register(
        &self,
        knight: &Knight,
        _: &RequestInfo,
        connection: &mut PostgresConnection,
    ) -> HookResult {
        diesel::insert_into(horses::table)
            .values((horses::name.eq("Hengroen"), horses::rider.eq(knight.id)))
            .execute(connection)
            .await?;
        let stored: Knight =
            knights::table.find(knight.id).select(Knight::as_select()).first(connection).await?;
        assert_eq!((stored.handle, stored.arms), (knight.handle.clone(), knight.arms.clone()));
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

impl ToSql<KnightRank, Pg> for Rank {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.as_str().as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<KnightRank, Pg> for Rank {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Self::parse(value.as_bytes())
    }
}

impl ToSql<Jsonb, Pg> for Arms {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let value = serde_json::to_value(self)?;
        ToSql::<Jsonb, Pg>::to_sql(&value, &mut out.reborrow())
    }
}

impl FromSql<Jsonb, Pg> for Arms {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let value = <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?;
        Ok(serde_json::from_value(value)?)
    }
}
