//! Reads, and the purge of rows that nobody needs any more.

use super::backend::SqlBackend as _;
use super::connection::DatabaseConnection;
use super::database::SqlDatabase;
use super::ended::{all_tokens_of, since, user_and_generation};
use super::queries::account;
use super::row::UserRow;
use super::schema::Before;
use super::session::Session;
use super::statement::{Id, Part, Statement};
use super::value::Value;
use crate::clock::Timestamp;
use crate::secret::HashedPassword;
use crate::store::{Issuance, Linked, OwnSession, StoreError, StoredAccount, StoredSession};
use crate::token::Generation;
use crate::user::{OAuthAccount, TypedEmail};

/// The most rows that one transaction of a purge deletes: requests that write wait for no more than these.
const PURGED_AT_ONCE: i64 = 1000;

impl<C: DatabaseConnection> SqlDatabase<C> {
    /// Deletes rows from before `moment`, some at a time: other writers have their turn in between.
    async fn purge_before(&self, sql: &str, moment: Value<'_>) -> Result<(), StoreError> {
        let most = Value::Number(PURGED_AT_ONCE);
        loop {
            let mut transaction = self.write().await?;
            let (mut session, _) = transaction.session()?;
            let deleted = session.execute(Statement::new(sql, vec![&moment, &most])).await?;
            transaction.finish().await?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }

    async fn user<U: UserRow<C::Backend>>(
        &self,
        sql: &str,
        parts: Vec<&dyn Part<C::Backend>>,
    ) -> Result<Option<U>, StoreError> {
        let mut connection = self.connection().await?;
        Ok(Session::on(&mut connection).first_user(Statement::new(sql, parts)).await?)
    }

    pub(super) async fn user_by_id<U: UserRow<C::Backend>>(
        &self,
        id: U::Id,
    ) -> Result<Option<U>, StoreError> {
        self.user(&self.queries.user_by_id, vec![&Id::<U>(id)]).await
    }

    pub(super) async fn user_by_email<U: UserRow<C::Backend>>(
        &self,
        email: &TypedEmail,
    ) -> Result<Option<U>, StoreError> {
        let [typed, normal] = email.candidates().map(Value::Text);
        let statement = Statement::new(&self.queries.users_by_email, vec![&typed, &normal]);
        let mut connection = self.connection().await?;
        Ok(email.find(Session::on(&mut connection).users::<U>(statement).await?))
    }

    pub(super) async fn user_unless_ended<U: UserRow<C::Backend>>(
        &self,
        id: U::Id,
        digest: &str,
        issued: Issuance,
    ) -> Result<Option<U>, StoreError> {
        let all = all_tokens_of::<U>(id);
        let (id, digest, all) = (Id::<U>(id), Value::Text(digest), Value::Text(&all));
        let queries = &self.queries;
        let (sql, issued) = since(issued, &queries.user_unless_ended, &queries.user_unless_ended_since);
        self.user(sql, vec![&id, &digest, &all, &issued]).await
    }

    pub(super) async fn user_and_generation<U: UserRow<C::Backend>>(
        &self,
        id: U::Id,
    ) -> Result<Option<(U, Generation)>, StoreError> {
        let mut connection = self.connection().await?;
        user_and_generation(Session::on(&mut connection), &self.queries, id).await
    }

    pub(super) async fn active_superusers<U: UserRow<C::Backend>>(&self) -> Result<Vec<U::Id>, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        Ok(session.ids::<U>(Statement::new(&self.queries.active_superusers, vec![])).await?)
    }

    pub(super) async fn session_by_token<U: UserRow<C::Backend>>(
        &self,
        token: &str,
    ) -> Result<Option<(U, StoredSession)>, StoreError> {
        let is_foreign = !self.schema.compat.rules().session_rows_expire;
        let token = Value::Text(token);
        let statement = Statement::new(&self.queries.sessions.by_token, vec![&token]);
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        let found = session.first(statement, |cells| {
            let user = U::from_row(cells)?;
            let created_at = C::Backend::moment(cells)?;
            if is_foreign {
                return Ok((user, StoredSession::foreign(created_at)));
            }
            let own = OwnSession {
                id: C::Backend::uuid(cells)?.into(),
                fingerprint: C::Backend::text(cells)?,
                expires_at: C::Backend::moment(cells)?,
                authenticated_at: C::Backend::moment(cells)?,
            };
            Ok((user, StoredSession { created_at, own: Some(own) }))
        });
        Ok(found.await?)
    }

    pub(super) async fn user_by_oauth_account<U: UserRow<C::Backend>>(
        &self,
        oauth_name: &str,
        account_id: &str,
    ) -> Result<Option<Linked<U>>, StoreError> {
        let (name, id) = (Value::Text(oauth_name), Value::Text(account_id));
        let statement = Statement::new(&self.queries.accounts.user_by_account, vec![&name, &id]);
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        let found = session.first(statement, |cells| Ok((U::from_row(cells)?, account::<_, U, _>(cells)?)));
        // A column's own way of comparing may take `A` for `a`. The unique index goes by the same, and so there is no
        // other row beside such a one.
        let found = found.await?;
        Ok(found.filter(|(_, found)| found.oauth_name == oauth_name && found.account_id == account_id))
    }

    pub(super) async fn oauth_accounts_of<U: UserRow<C::Backend>>(
        &self,
        user: U::Id,
    ) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        Ok(session.accounts_of::<U>(&self.queries.accounts.of_user, user).await?)
    }

    pub(super) async fn stored_oauth_account<U: UserRow<C::Backend>>(
        &self,
        id: U::Id,
        user: U::Id,
    ) -> Result<Option<StoredAccount<U::Id>>, StoreError> {
        let (id, user) = (Id::<U>(id), Id::<U>(user));
        let statement = Statement::new(&self.queries.accounts.by_id, vec![&id, &user]);
        let mut connection = self.connection().await?;
        Ok(Session::on(&mut connection).stored_account::<U>(statement).await?)
    }

    #[expect(clippy::extra_unused_type_parameters, reason = "all statements are called in the same way")]
    pub(super) async fn password_hashes<U: UserRow<C::Backend>>(
        &self,
        most: u32,
    ) -> Result<Vec<HashedPassword>, StoreError> {
        let mut connection = self.connection().await?;
        let most = Value::Number(most.into());
        let mut hashes = Vec::new();
        for sql in &self.queries.password_hashes {
            let mut session = Session::on(&mut connection);
            hashes.extend(session.texts(Statement::new(sql, vec![&most])).await?);
        }
        Ok(hashes.into_iter().map(HashedPassword::new).collect())
    }

    pub(super) async fn purge(&self, now: Timestamp, sessions_since: Timestamp) -> Result<(), StoreError> {
        // Sessions come last: where the app may not delete them, the rest is purged all the same.
        for purge in self.queries.purges.iter().rev() {
            let before = match purge.before {
                Before::Now => Value::Moment(now),
                Before::NowInMicros => Value::Number(now.micros()),
                Before::SessionsSince => Value::Moment(sessions_since),
            };
            self.purge_before(&purge.sql, before).await?;
        }
        Ok(())
    }
}
