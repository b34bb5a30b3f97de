//! SQLite, set up as everywhere else in the comparison.

use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tower_sessions_sqlx_store::SqliteStore;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::users::{Row, User, Users};

pub(crate) async fn open(path: &str) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(10))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true);
    SqlitePoolOptions::new().max_connections(4).connect_with(options).await
}

const BY_ID: &str = r#"SELECT id, email, hashed_password, is_active, is_superuser, is_verified
    FROM "user" WHERE id = ?"#;
const BY_EMAIL: &str = r#"SELECT id, email, hashed_password, is_active, is_superuser, is_verified
    FROM "user" WHERE lower(email) = lower(?)"#;
const INSERT: &str = r#"INSERT INTO "user" (id, email, hashed_password, is_active, is_superuser, is_verified)
    VALUES (?, ?, ?, ?, ?, ?)"#;

impl Users for SqlitePool {
    type Sessions = SqliteStore;

    async fn sessions(&self) -> sqlx::Result<SqliteStore> {
        let store = SqliteStore::new(self.clone());
        store.migrate().await?;
        Ok(store)
    }

    async fn by_id(&self, id: Uuid) -> sqlx::Result<Option<User>> {
        let row: Option<Row<Hyphenated>> =
            sqlx::query_as(BY_ID).bind(id.hyphenated()).fetch_optional(self).await?;
        Ok(row.map(User::from))
    }

    async fn by_email(&self, email: &str) -> sqlx::Result<Option<User>> {
        let row: Option<Row<Hyphenated>> = sqlx::query_as(BY_EMAIL).bind(email).fetch_optional(self).await?;
        Ok(row.map(User::from))
    }

    async fn insert(&self, user: &User) -> sqlx::Result<()> {
        sqlx::query(INSERT)
            .bind(user.id.hyphenated())
            .bind(&user.email)
            .bind(&user.hashed_password)
            .bind(user.is_active)
            .bind(user.is_superuser)
            .bind(user.is_verified)
            .execute(self)
            .await?;
        Ok(())
    }
}
