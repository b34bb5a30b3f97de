//! Several writes on Diesel, made together or not at all, whichever the database.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::TransactionManager;
use tokio::sync::OwnedSemaphorePermit;

use super::connection::DatabaseConnection;
use super::ended::{all_tokens_of, since};
use super::pool::Pooled;
use super::queries::Queries;
use super::row::UserRow;
use super::session::Session;
use super::statement::{Id, Ids, Part, Row, Set, Statement};
use super::value::Value;
use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::secret::HashedPassword;
use crate::store::{AccessToken, StoreError, TokenExpiry, TokenRecord, Transaction};
use crate::user::{OAuthAccount, UserChanges, UserId};

/// How long a rollback may take. After that, closing the connection ends the transaction.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(1);

/// A transaction on a connection of the type `C`. Dropped without a commit, it is undone.
pub struct SqlTransaction<C: DatabaseConnection> {
    /// The connection, and the turn to write where there are turns, until the transaction ends.
    pub(super) open: Option<(Pooled<C>, Option<OwnedSemaphorePermit>)>,
    /// Whether it has been asked to commit: what is not answered then can't be undone.
    pub(super) is_ending: bool,
    pub(super) queries: Arc<Queries>,
    pub(super) compat: Compat,
}

impl<C: DatabaseConnection> std::fmt::Debug for SqlTransaction<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlTransaction").finish_non_exhaustive()
    }
}

impl<C: DatabaseConnection> SqlTransaction<C> {
    pub(super) fn open(&mut self) -> Result<&mut C, StoreError> {
        let (connection, _) = self.open.as_mut().ok_or_else(ended)?;
        Ok(connection)
    }

    pub(super) fn session(&mut self) -> Result<(Session<'_, C>, &Queries), StoreError> {
        let (connection, _) = self.open.as_mut().ok_or_else(ended)?;
        Ok((Session::on(connection), &self.queries))
    }

    pub(super) async fn finish(mut self) -> Result<(), StoreError> {
        let connection = self.open()?;
        // What a hook opened and left open would be all that a commit ends; the rest would be lost with a 200.
        let depth = C::TransactionManager::transaction_manager_status_mut(connection).transaction_depth()?;
        if depth.is_some_and(|depth| depth.get() > 1) {
            return Err(StoreError::Failed("a hook left a transaction of its own open".into()));
        }
        // What the server answered would be to something else than this commit.
        if connection.is_lost() {
            return Err(StoreError::Unavailable(
                "the connection was lost, or a hook gave up a statement".into(),
            ));
        }
        self.is_ending = true;
        self.session()?.0.commit().await?;
        // Back to the pool, and the turn to the next one.
        self.open = None;
        Ok(())
    }
}

fn ended() -> StoreError {
    StoreError::Failed("the transaction has ended".into())
}

impl<C: DatabaseConnection> Drop for SqlTransaction<C> {
    /// An idle connection with an open transaction would keep every other writer waiting.
    fn drop(&mut self) {
        let Some((mut connection, turn)) = self.open.take() else { return };
        // Where nothing can be undone, the connection leaves the pool: what is closed is undone, or done already.
        let runtime = match tokio::runtime::Handle::try_current() {
            Ok(runtime) if !self.is_ending => runtime,
            _ => {
                drop((Pooled::take(connection), turn));
                return;
            }
        };
        if connection.is_lost() {
            // The server may go on running a statement that was given up, and hold its locks.
            let cancel = connection.cancel();
            drop((Pooled::take(connection), turn));
            if let Some(cancel) = cancel {
                runtime.spawn(cancel);
            }
            return;
        }
        runtime.spawn(async move {
            match tokio::time::timeout(ROLLBACK_TIMEOUT, Session::on(&mut connection).rollback()).await {
                Ok(Ok(())) => return drop((connection, turn)),
                Ok(Err(error)) => {
                    tracing::debug!(error = ?crate::event::Cause(&error), "a transaction could not be undone");
                }
                // A statement that was given up may still be running in front of it.
                Err(_) => tracing::debug!("a rollback took too long, and its connection is closed"),
            }
            drop((Pooled::take(connection), turn));
        });
    }
}

impl<C: DatabaseConnection, U: UserRow<C::Backend>> Transaction<U> for SqlTransaction<C> {
    type Connection = C;

    fn connection(&mut self) -> Result<&mut C, StoreError> {
        self.open()
    }

    async fn commit(self) -> Result<(), StoreError> {
        self.finish().await
    }

    async fn lock_users(&mut self, ids: &[U::Id]) -> Result<Vec<U>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (mut session, queries) = self.session()?;
        Ok(session.users(Statement::new(&queries.lock_users, vec![&Ids::<U>(ids)])).await?)
    }

    async fn is_valid(&mut self, user: U::Id, token: &TokenRecord) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        match token {
            TokenRecord::Stored(key) => {
                let (key, user) = (Value::Text(key), Id::<U>(user));
                let statement = Statement::new(&queries.is_stored, vec![&key, &user]);
                Ok(session.first(statement, |_| Ok(())).await?.is_some())
            }
            TokenRecord::Revocable { digest, issued } => {
                let all = all_tokens_of::<U>(user);
                let (digest, all) = (Value::Text(digest), Value::Text(&all));
                let (sql, issued) = since(*issued, &queries.is_ended, &queries.is_ended_since);
                let statement = Statement::new(sql, vec![&digest, &all, &issued]);
                Ok(session.first(statement, |_| Ok(())).await?.is_none())
            }
            TokenRecord::Elsewhere => Ok(true),
        }
    }

    async fn insert_user(&mut self, user: U) -> Result<U, StoreError> {
        let (mut session, queries) = self.session()?;
        let (row, has_id) = (Row(&user), user.id().is_generated());
        let insert = if has_id { &queries.insert_user } else { &queries.insert_user_without_id };
        let sql = format!("{insert}{}", queries.returning);
        let statement = Statement::new(&sql, vec![&row]);
        let inserted = if queries.dialect.has_returning() {
            session.first_user(statement).await.map_err(|error| queries.refusal(error))?
        } else {
            session.execute(statement).await.map_err(|error| queries.refusal(error))?;
            let id = Id::<U>(user.id());
            let statement = match has_id {
                true => Statement::new(&queries.user_by_id, vec![&id]),
                false => Statement::new(&queries.user_just_inserted, vec![]),
            };
            session.first_user(statement).await?
        };
        inserted.ok_or_else(|| StoreError::Failed("an INSERT left no row".into()))
    }

    async fn update_user(
        &mut self,
        id: U::Id,
        changes: &UserChanges<'_, U>,
    ) -> Result<Option<U>, StoreError> {
        let (mut session, queries) = self.session()?;
        let set = Set { changes, idle: queries.id };
        let id = Id::<U>(id);
        let expected = &changes.expected;
        let password = expected.hashed_password.map(|hash| Value::Text(hash.expose()));
        let email = expected.email.map(Value::Text);
        let is_verified = expected.is_verified.map(Value::Flag);
        let mut sql = queries.update_user.clone();
        let mut parts: Vec<&dyn Part<C::Backend>> = vec![&set, &id];
        for (expected, condition) in [
            (&password, &queries.and_hashed_password),
            (&email, &queries.and_email),
            (&is_verified, &queries.and_is_verified),
        ] {
            if let Some(expected) = expected {
                sql.push_str(condition);
                parts.push(expected);
            }
        }
        sql.push_str(&queries.returning);
        let statement = Statement::new(&sql, parts);
        if queries.dialect.has_returning() {
            return session.first_user(statement).await.map_err(|error| queries.refusal(error));
        }
        let updated = session.execute(statement).await.map_err(|error| queries.refusal(error))?;
        if updated == 0 {
            return Ok(None);
        }
        Ok(session.first_user(Statement::new(&queries.user_by_id, vec![&id])).await?)
    }

    async fn delete_user(&mut self, id: U::Id) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let deleted = session.execute(Statement::new(&queries.delete_user, vec![&Id::<U>(id)])).await?;
        Ok(deleted > 0)
    }

    async fn insert_access_token(
        &mut self,
        key: &str,
        user: U::Id,
        token: &AccessToken,
        expected: &HashedPassword,
    ) -> Result<bool, StoreError> {
        let rows_expire = self.compat.rules().token_rows_expire;
        let (mut session, queries) = self.session()?;
        let (key, id, password) = (Value::Text(key), Id::<U>(user), Value::Text(expected.expose()));
        let (moment, own) = match token {
            AccessToken::Own { created_at, expires_at, fingerprint } if rows_expire => {
                (expires_at, Some((created_at, fingerprint)))
            }
            AccessToken::FastApiUsers { created_at } if !rows_expire => (created_at, None),
            AccessToken::Own { .. } | AccessToken::FastApiUsers { .. } => {
                return Err(StoreError::Failed("this access token does not fit the table".into()));
            }
        };
        let moment = Value::Moment(*moment);
        let own = own.map(|(created_at, fingerprint)| (Value::Moment(*created_at), Value::Text(fingerprint)));
        let mut parts: Vec<&dyn Part<C::Backend>> = vec![&key, &moment];
        if let Some((created_at, fingerprint)) = &own {
            parts.extend([created_at as &dyn Part<C::Backend>, fingerprint]);
        }
        parts.extend([&id as &dyn Part<C::Backend>, &password]);
        Ok(session.execute(Statement::new(&queries.insert_access_token, parts)).await? > 0)
    }

    async fn delete_access_token(&mut self, key: &str) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let key = Value::Text(key);
        Ok(session.execute(Statement::new(&queries.delete_access_token, vec![&key])).await? > 0)
    }

    async fn delete_access_tokens_of(&mut self, user: U::Id, except: Option<&str>) -> Result<(), StoreError> {
        let (mut session, queries) = self.session()?;
        let (id, except) = (Id::<U>(user), Value::Text(except.unwrap_or_default()));
        let statement = Statement::new(&queries.delete_access_tokens_of, vec![&id, &except]);
        session.execute(statement).await?;
        Ok(())
    }

    async fn restamp_access_tokens_of(
        &mut self,
        user: U::Id,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        if !self.compat.rules().token_rows_expire {
            return Ok(());
        }
        let (mut session, queries) = self.session()?;
        let (id, from, to) = (Id::<U>(user), Value::Text(from), Value::Text(to));
        let statement = Statement::new(&queries.restamp_access_tokens_of, vec![&to, &id, &from]);
        session.execute(statement).await?;
        Ok(())
    }

    async fn insert_oauth_account(
        &mut self,
        account: OAuthAccount<U::Id>,
    ) -> Result<OAuthAccount<U::Id>, StoreError> {
        let (mut session, queries) = self.session()?;
        let statements = &queries.accounts;
        let (id, user) = (Id::<U>(account.id), Id::<U>(account.user_id));
        let [name, account_id] = [&account.oauth_name, &account.account_id].map(|text| Value::Text(text));
        let [email, token, expires_at, refresh_token] = kept_of(&account);
        let mut parts: Vec<&dyn Part<C::Backend>> =
            vec![&user, &name, &account_id, &email, &token, &expires_at, &refresh_token];
        if account.id.is_generated() {
            parts.push(&id);
            let statement = Statement::new(&statements.insert, parts);
            session.execute(statement).await.map_err(|error| queries.refusal(error))?;
            return Ok(account);
        }
        let statement = Statement::new(&statements.insert_without_id, parts);
        let id = if queries.dialect.has_returning() {
            session.first_id::<U>(statement).await.map_err(|error| queries.refusal(error))?
        } else {
            session.execute(statement).await.map_err(|error| queries.refusal(error))?;
            session.first_id::<U>(Statement::new(&statements.id_just_given, vec![])).await?
        };
        let id = id.ok_or_else(|| StoreError::Failed("an INSERT left no row".into()))?;
        Ok(OAuthAccount { id, ..account })
    }

    async fn update_oauth_account(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: Option<&str>,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let statements = &queries.accounts;
        let [email, token, expires_at, refresh_token] = kept_of(account);
        let (id, user) = (Id::<U>(account.id), Id::<U>(account.user_id));
        let expected = expected.map(Value::Text);
        let mut sql = statements.update.clone();
        let mut parts: Vec<&dyn Part<C::Backend>> =
            vec![&email, &token, &expires_at, &refresh_token, &id, &user];
        if let Some(expected) = &expected {
            sql.push_str(&statements.and_access_token);
            parts.push(expected);
        }
        Ok(session.execute(Statement::new(&sql, parts)).await? > 0)
    }

    async fn swap_oauth_expiry(
        &mut self,
        account: &OAuthAccount<U::Id>,
        from: TokenExpiry,
        to: TokenExpiry,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let (id, user) = (Id::<U>(account.id), Id::<U>(account.user_id));
        let [from, to] = [from, to].map(|expiry| Value::Number(expiry.column()));
        let token = Value::Text(&account.access_token);
        let parts: Vec<&dyn Part<C::Backend>> = vec![&to, &id, &user, &token, &from];
        Ok(session.execute(Statement::new(&queries.accounts.swap_expiry, parts)).await? > 0)
    }

    async fn swap_oauth_refresh_token(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: &str,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let [_, _, _, refresh_token] = kept_of(account);
        let (id, user, expected) = (Id::<U>(account.id), Id::<U>(account.user_id), Value::Text(expected));
        let parts: Vec<&dyn Part<C::Backend>> = vec![&refresh_token, &id, &user, &expected];
        Ok(session.execute(Statement::new(&queries.accounts.swap_refresh_token, parts)).await? > 0)
    }

    async fn delete_oauth_account(&mut self, id: U::Id, user: U::Id) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let (id, user) = (Id::<U>(id), Id::<U>(user));
        Ok(session.execute(Statement::new(&queries.accounts.delete, vec![&id, &user])).await? > 0)
    }

    async fn oauth_accounts_of(&mut self, user: U::Id) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        let (mut session, queries) = self.session()?;
        Ok(session.accounts_of::<U>(&queries.accounts.of_user_to_change, user).await?)
    }

    async fn end_token(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let (digest, ended_at) = (Value::Text(digest), Value::Moment(ended_at));
        let expires_at = Value::Moment(expires_at);
        let statement = Statement::new(&queries.end_token, vec![&digest, &ended_at, &expires_at]);
        Ok(session.execute(statement).await? > 0)
    }

    async fn end_tokens_of(
        &mut self,
        user: U::Id,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (mut session, queries) = self.session()?;
        let key = all_tokens_of::<U>(user);
        let (key, ended_at) = (Value::Text(&key), Value::Moment(ended_at));
        let expires_at = Value::Moment(expires_at);
        let statement = Statement::new(&queries.end_tokens_of, vec![&key, &ended_at, &expires_at]);
        session.execute(statement).await?;
        Ok(())
    }
}

/// What is kept of an account and may change: its address, its tokens and their end.
fn kept_of<Id>(account: &OAuthAccount<Id>) -> [Value<'_>; 4] {
    [
        Value::Text(&account.account_email),
        Value::Text(&account.access_token),
        Value::NullableNumber(account.expires_at),
        Value::NullableText(account.refresh_token.as_deref()),
    ]
}
