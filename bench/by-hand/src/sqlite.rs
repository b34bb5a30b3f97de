//! SQLite: a file, in WAL mode.

use diesel::deserialize::{self, FromSql};
use diesel::dsl::now;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sqlite::{Sqlite as Backend, SqliteValue};
use diesel::{
    ConnectionError, ConnectionResult, ExpressionMethods, OptionalExtension, QueryDsl, SqliteConnection,
    sql_types,
};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::FutureExt;
use time::PrimitiveDateTime;
use uuid::Uuid;

use crate::error::Error;
use crate::user::{AccessToken, Database, User, UserId, refusal};

diesel::table! {
    #[sql_name = "user"]
    users (id) {
        id -> Text,
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
        id -> Text,
        token -> Text,
        user_id -> Text,
        backend -> Text,
        fingerprint -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        expires_at -> Timestamp,
        authenticated_at -> Timestamp,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);

#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: sql_types::Text) -> sql_types::Text;
}

impl ToSql<sql_types::Text, Backend> for UserId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<sql_types::Text, Backend> for UserId {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<sql_types::Text, Backend>>::from_sql(value)?;
        Ok(Self(Uuid::try_parse(&text)?))
    }
}

type Connection = SyncConnectionWrapper<SqliteConnection>;

#[derive(Clone)]
pub(crate) struct Sqlite(Pool<Connection>);

impl Sqlite {
    pub(crate) fn open(path: &str) -> anyhow::Result<Self> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|path| connect(path).boxed());
        let manager = AsyncDieselConnectionManager::new_with_config(path, config);
        let pool = Pool::builder(manager).max_size(4).queue_mode(deadpool::managed::QueueMode::Lifo);
        Ok(Self(pool.build()?))
    }

    async fn connection(&self) -> Result<Object<Connection>, Error> {
        Ok(self.0.get().await?)
    }
}

async fn connect(path: &str) -> ConnectionResult<Connection> {
    let mut connection = Connection::establish(path).await?;
    let setup = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;";
    connection.batch_execute(setup).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

// `get_result` and not `first`: SQLite parses a statement anew whenever a `LIMIT` is bound.
impl Database for Sqlite {
    async fn user_by_id(&self, id: UserId) -> Result<Option<User>, Error> {
        let query = users::table.find(id);
        Ok(query.get_result(&mut self.connection().await?).await.optional()?)
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        let query = users::table.filter(lower(users::email).eq(lower(email)));
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
        // In UTC already.
        let [created_at, expires_at] = [token.created_at, token.expires_at]
            .map(|moment| PrimitiveDateTime::new(moment.date(), moment.time()));
        let row = (
            sessions::id.eq(UserId(Uuid::new_v4())),
            sessions::token.eq(token.digest),
            sessions::user_id.eq(token.user.id),
            sessions::backend.eq("db"),
            sessions::fingerprint.eq(token.fingerprint),
            sessions::created_at.eq(created_at),
            sessions::seen_at.eq(created_at),
            sessions::expires_at.eq(expires_at),
            sessions::authenticated_at.eq(created_at),
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
