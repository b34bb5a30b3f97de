//! Several writes on SQLite, made together or not at all.

use std::sync::Arc;

use diesel::result::Error;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite as Backend;
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncConnection, TransactionManager};
use tokio::sync::OwnedSemaphorePermit;

use super::{SqliteConnection, all_tokens_of, execute, first_user};
use crate::clock::Timestamp;
use crate::layout::Layout;
use crate::secret::HashedPassword;
use crate::store::diesel::queries::Queries;
use crate::store::diesel::row::UserRow;
use crate::store::diesel::sql_types::Moment;
use crate::store::diesel::statement::{Id, Part, Row, Set, Statement, bind};
use crate::store::{AccessToken, StoreError, Transaction};
use crate::user::{UserChanges, UserId};

/// A transaction on SQLite. Dropped without a commit, it is undone.
pub struct SqliteTransaction {
    /// The connection and the turn to write, until the transaction ends.
    pub(super) open: Option<(Object<SqliteConnection>, OwnedSemaphorePermit)>,
    pub(super) queries: Arc<Queries>,
    pub(super) layout: Layout,
}

impl std::fmt::Debug for SqliteTransaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteTransaction").finish_non_exhaustive()
    }
}

type Manager = <SqliteConnection as AsyncConnection>::TransactionManager;

impl SqliteTransaction {
    pub(super) fn open(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.parts().map(|(connection, _)| connection)
    }

    fn parts(&mut self) -> Result<(&mut SqliteConnection, &Queries), StoreError> {
        let open = self.open.as_mut();
        let (connection, _) = open.ok_or_else(|| StoreError::Failed("the transaction has ended".into()))?;
        Ok((connection, &self.queries))
    }

    pub(super) async fn finish(mut self) -> Result<(), StoreError> {
        let connection = self.open()?;
        // What a hook opened and left open would be all that a commit ends; the rest would be lost with a 200.
        let depth = Manager::transaction_manager_status_mut(connection).transaction_depth()?;
        if depth.is_some_and(|depth| depth.get() > 1) {
            return Err(StoreError::Failed("a hook left a transaction of its own open".into()));
        }
        Manager::commit_transaction(connection).await?;
        self.open = None;
        Ok(())
    }
}

impl Drop for SqliteTransaction {
    /// An idle connection with an open transaction would keep every other writer waiting.
    fn drop(&mut self) {
        let Some((mut connection, turn)) = self.open.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            // Nothing can be undone here, but what is closed is undone: the connection leaves the pool for that.
            drop((Object::take(connection), turn));
            return;
        };
        runtime.spawn(async move {
            // A hook may have opened transactions within this one, and left them open.
            let end = loop {
                if let Err(error) = Manager::rollback_transaction(&mut *connection).await {
                    break error;
                }
            };
            if matches!(end, Error::NotInTransaction) {
                drop((connection, turn));
            } else {
                tracing::debug!(error = %end, "a transaction could not be undone");
                drop((Object::take(connection), turn));
            }
        });
    }
}

impl<U: UserRow<Backend>> Transaction<U> for SqliteTransaction {
    type Connection = SqliteConnection;

    fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.open()
    }

    async fn commit(self) -> Result<(), StoreError> {
        self.finish().await
    }

    async fn insert_user(&mut self, user: U) -> Result<U, StoreError> {
        let (connection, queries) = self.parts()?;
        let insert =
            if user.id().is_generated() { &queries.insert_user } else { &queries.insert_user_without_id };
        let sql = format!("{insert}{}", queries.returning);
        first_user(connection, Statement::new(&sql, vec![&Row(&user)]))
            .await
            .map_err(|error| queries.refusal(error))?
            .ok_or_else(|| StoreError::Failed("an INSERT returned no row".into()))
    }

    async fn update_user(
        &mut self,
        id: U::Id,
        changes: &UserChanges<'_, U>,
    ) -> Result<Option<U>, StoreError> {
        let (connection, queries) = self.parts()?;
        let set = Set { changes, idle: queries.id };
        let id = Id::<U>(id);
        let expected = &changes.expected;
        let password = expected.hashed_password.map(bind::<Text, HashedPassword>);
        let email = expected.email.map(bind::<Text, str>);
        let is_verified = expected.is_verified.as_ref().map(bind::<Bool, bool>);
        let mut sql = queries.update_user.clone();
        let mut parts: Vec<&dyn Part<Backend>> = vec![&set, &id];
        if let Some(password) = &password {
            sql.push_str(&queries.and_hashed_password);
            parts.push(password);
        }
        if let Some(email) = &email {
            sql.push_str(&queries.and_email);
            parts.push(email);
        }
        if let Some(is_verified) = &is_verified {
            sql.push_str(&queries.and_is_verified);
            parts.push(is_verified);
        }
        sql.push_str(&queries.returning);
        first_user(connection, Statement::new(&sql, parts)).await.map_err(|error| queries.refusal(error))
    }

    async fn delete_user(&mut self, id: U::Id) -> Result<bool, StoreError> {
        let (connection, queries) = self.parts()?;
        let deleted = execute(connection, Statement::new(&queries.delete_user, vec![&Id::<U>(id)])).await?;
        Ok(deleted > 0)
    }

    async fn insert_access_token(
        &mut self,
        key: &str,
        user: U::Id,
        token: &AccessToken,
        expected: &HashedPassword,
    ) -> Result<bool, StoreError> {
        let layout = self.layout;
        let (connection, queries) = self.parts()?;
        let (key, id, password) = (bind::<Text, _>(key), Id::<U>(user), bind::<Text, _>(expected));
        let (moment, fingerprint) = match (token, layout) {
            (AccessToken::Own { expires_at, fingerprint }, Layout::Own) => (expires_at, Some(fingerprint)),
            (AccessToken::FastApiUsers { created_at }, Layout::FastApiUsers) => (created_at, None),
            _ => return Err(StoreError::Failed("an access token of another layout".into())),
        };
        let (moment, fingerprint) =
            (bind::<Moment, _>(moment), fingerprint.map(|fingerprint| bind::<Text, str>(fingerprint)));
        let mut parts: Vec<&dyn Part<Backend>> = vec![&key, &moment];
        if let Some(fingerprint) = &fingerprint {
            parts.push(fingerprint);
        }
        parts.extend([&id as &dyn Part<Backend>, &password]);
        Ok(execute(connection, Statement::new(&queries.insert_access_token, parts)).await? > 0)
    }

    async fn delete_access_token(&mut self, key: &str) -> Result<bool, StoreError> {
        let (connection, queries) = self.parts()?;
        let key = bind::<Text, _>(key);
        Ok(execute(connection, Statement::new(&queries.delete_access_token, vec![&key])).await? > 0)
    }

    async fn delete_access_tokens_of(&mut self, user: U::Id, except: Option<&str>) -> Result<(), StoreError> {
        let (connection, queries) = self.parts()?;
        let (id, except) = (Id::<U>(user), bind::<Text, _>(except.unwrap_or_default()));
        let statement = Statement::new(&queries.delete_access_tokens_of, vec![&id, &except]);
        execute(connection, statement).await?;
        Ok(())
    }

    async fn restamp_access_tokens_of(
        &mut self,
        user: U::Id,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        let layout = self.layout;
        let (connection, queries) = self.parts()?;
        if layout == Layout::FastApiUsers {
            return Ok(());
        }
        let (id, from, to) = (Id::<U>(user), bind::<Text, _>(from), bind::<Text, _>(to));
        let statement = Statement::new(&queries.restamp_access_tokens_of, vec![&to, &id, &from]);
        execute(connection, statement).await?;
        Ok(())
    }

    async fn end_token(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (connection, queries) = self.parts()?;
        let (digest, ended_at) = (bind::<Text, _>(digest), bind::<Moment, _>(&ended_at));
        let expires_at = bind::<Moment, _>(&expires_at);
        let statement = Statement::new(&queries.end_token, vec![&digest, &ended_at, &expires_at]);
        Ok(execute(connection, statement).await? > 0)
    }

    async fn end_tokens_of(
        &mut self,
        user: U::Id,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (connection, queries) = self.parts()?;
        let key = all_tokens_of::<U>(user);
        let (key, ended_at) = (bind::<Text, _>(&*key), bind::<Moment, _>(&ended_at));
        let expires_at = bind::<Moment, _>(&expires_at);
        let statement = Statement::new(&queries.end_tokens_of, vec![&key, &ended_at, &expires_at]);
        execute(connection, statement).await?;
        Ok(())
    }
}
