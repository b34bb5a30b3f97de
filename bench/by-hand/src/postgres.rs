//! PostgreSQL, over the network.

use diesel::deserialize::{self, FromSql};
use diesel::dsl::now;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::{ExpressionMethods, IntoSql, OptionalExtension, QueryDsl, sql_types};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::error::Error;
use crate::user::{AccessToken, Database, User, UserId, refusal};

diesel::table! {
    #[sql_name = "user"]
    users (id) {
        id -> Uuid,
        email -> Text,
        hashed_password -> Text,
        is_active -> Bool,
        is_superuser -> Bool,
        is_verified -> Bool,
    }
}

diesel::table! {
    #[sql_name = "session"]
    sessions (id) {
        id -> Uuid,
        token -> Text,
        user_id -> Uuid,
        backend -> Text,
        fingerprint -> Text,
        created_at -> Timestamptz,
        seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        authenticated_at -> Timestamptz,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);

// Together they are `lower(replace(…, 'İ', 'i̇'))`, which the index on the address is of: it serves no other text, and no
// bound values.
diesel::prefix_operator!(Lower, "lower(replace(", sql_types::Text, backend: Pg);
diesel::postfix_operator!(WithoutDottedI, ", '\u{130}', 'i\u{307}'))", sql_types::Text, backend: Pg);

impl ToSql<sql_types::Uuid, Pg> for UserId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Uuid, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<sql_types::Uuid, Pg> for UserId {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Uuid::from_sql(value).map(Self)
    }
}

#[derive(Clone)]
pub(crate) struct Postgres(Pool<AsyncPgConnection>);

impl Postgres {
    pub(crate) fn open(url: &str) -> anyhow::Result<Self> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = Pool::builder(manager).max_size(10).queue_mode(deadpool::managed::QueueMode::Lifo);
        Ok(Self(pool.build()?))
    }

    async fn connection(&self) -> Result<Object<AsyncPgConnection>, Error> {
        Ok(self.0.get().await?)
    }
}

impl Database for Postgres {
    async fn user_by_id(&self, id: UserId) -> Result<Option<User>, Error> {
        let query = users::table.find(id);
        Ok(query.get_result(&mut self.connection().await?).await.optional()?)
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        let stored = Lower::new(WithoutDottedI::new(users::email));
        let given = Lower::new(WithoutDottedI::new(email.into_sql::<sql_types::Text>()));
        let query = users::table.filter(stored.eq(given));
        Ok(query.get_result(&mut self.connection().await?).await.optional()?)
    }

    async fn user_by_token(&self, digest: &str) -> Result<Option<User>, Error> {
        let query = sessions::table
            .inner_join(users::table)
            .filter(sessions::token.eq(digest))
            .filter(sessions::expires_at.gt(now))
            .select(users::all_columns);
        Ok(query.get_result(&mut self.connection().await?).await.optional()?)
    }

    async fn insert_user(&self, user: &User) -> Result<(), Error> {
        let row = (
            users::id.eq(user.id),
            users::email.eq(&user.email),
            users::hashed_password.eq(&user.hashed_password),
            users::is_active.eq(user.is_active),
            users::is_superuser.eq(user.is_superuser),
            users::is_verified.eq(user.is_verified),
        );
        let insert = diesel::insert_into(users::table).values(row);
        insert.execute(&mut self.connection().await?).await.map_err(refusal)?;
        Ok(())
    }

    async fn insert_token(&self, token: AccessToken<'_>) -> Result<(), Error> {
        let row = (
            sessions::id.eq(UserId(Uuid::new_v4())),
            sessions::token.eq(token.digest),
            sessions::user_id.eq(token.user.id),
            sessions::backend.eq("db"),
            sessions::fingerprint.eq(token.fingerprint),
            sessions::created_at.eq(token.created_at),
            sessions::seen_at.eq(token.created_at),
            sessions::expires_at.eq(token.expires_at),
            sessions::authenticated_at.eq(token.created_at),
        );
        let insert = diesel::insert_into(sessions::table).values(row);
        insert.execute(&mut self.connection().await?).await?;
        Ok(())
    }

    async fn delete_token(&self, digest: &str) -> Result<bool, Error> {
        let delete = diesel::delete(sessions::table.filter(sessions::token.eq(digest)));
        Ok(delete.execute(&mut self.connection().await?).await? == 1)
    }
}
