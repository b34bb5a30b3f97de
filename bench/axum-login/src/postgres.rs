//! PostgreSQL, with as many connections as everywhere else in the comparison.

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tower_sessions_sqlx_store::PostgresStore;
use uuid::Uuid;

use crate::users::{Row, User, Users};

pub(crate) async fn open(url: &str) -> sqlx::Result<PgPool> {
    PgPoolOptions::new().max_connections(10).connect(url).await
}

const BY_ID: &str = r#"SELECT id, email, hashed_password, is_active, is_superuser, is_verified
    FROM "user" WHERE id = $1"#;
/// By the expression that camelot's index is of.
const BY_EMAIL: &str = "SELECT id, email, hashed_password, is_active, is_superuser, is_verified FROM \"user\" \
    WHERE lower(replace(email, '\u{130}', 'i\u{307}')) = lower(replace($1, '\u{130}', 'i\u{307}'))";
const INSERT: &str = r#"INSERT INTO "user" (id, email, hashed_password, is_active, is_superuser, is_verified)
    VALUES ($1, $2, $3, $4, $5, $6)"#;

impl Users for PgPool {
    type Sessions = PostgresStore;

    async fn sessions(&self) -> sqlx::Result<PostgresStore> {
        let store = PostgresStore::new(self.clone());
        store.migrate().await?;
        Ok(store)
    }

    async fn by_id(&self, id: Uuid) -> sqlx::Result<Option<User>> {
        let row: Option<Row<Uuid>> = sqlx::query_as(BY_ID).bind(id).fetch_optional(self).await?;
        Ok(row.map(User::from))
    }

    async fn by_email(&self, email: &str) -> sqlx::Result<Option<User>> {
        let row: Option<Row<Uuid>> = sqlx::query_as(BY_EMAIL).bind(email).fetch_optional(self).await?;
        Ok(row.map(User::from))
    }

    async fn insert(&self, user: &User) -> sqlx::Result<()> {
        sqlx::query(INSERT)
            .bind(user.id)
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
