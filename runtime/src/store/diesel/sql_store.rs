//! The store on Diesel, whichever the database: reads, and how a transaction begins.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::AsyncConnectionCore;
use tokio::sync::Semaphore;

use super::backend::SqlBackend;
use super::catalog::{self, unique_indexes, unique_indexes_on};
use super::check::{address_indexes, refuse_encoding};
use super::connection::DatabaseConnection;
use super::counters::SqlCounters;
use super::known::SqlKnownClients;
use super::pool::{Pool, Pooled, take};
use super::queries::{Queries, account};
use super::row::UserRow;
use super::schema::SchemaSql;
use super::session::Session;
use super::statement::{Id, Part, Statement, Value};
use super::transaction::SqlTransaction;
use crate::clock::Timestamp;
use crate::limit::{Counters, KnownClients};
use crate::secret::HashedPassword;
use crate::store::{AccessToken, Issued, Linked, Report, Store, StoreError, StoredAccount};
use crate::token::Generation;
use crate::user::{AuthUser, OAuthAccount, TypedEmail};

/// Users and tokens in a database that is reached over connections of the type `C`.
pub struct SqlStore<C: DatabaseConnection> {
    pool: Pool<C>,
    /// Where there is one writer at a time, those who wait for their turn hold no connection, so that reads go on.
    writer: Option<Writer>,
    pub(super) queries: Arc<Queries>,
    pub(super) schema: Arc<SchemaSql>,
}

/// What fills the gaps of a statement.
pub(super) type Parts<'p, C> = Vec<&'p dyn Part<<C as AsyncConnectionCore>::Backend>>;

/// The turn to write, where a database has one writer at a time.
#[derive(Clone)]
pub(super) struct Writer {
    turn: Arc<Semaphore>,
    wait_timeout: Duration,
}

#[cfg(feature = "sqlite")]
impl Writer {
    pub(super) fn new(wait_timeout: Duration) -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), wait_timeout }
    }
}

impl<C: DatabaseConnection> Clone for SqlStore<C> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            writer: self.writer.clone(),
            queries: Arc::clone(&self.queries),
            schema: Arc::clone(&self.schema),
        }
    }
}

impl<C: DatabaseConnection> std::fmt::Debug for SqlStore<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlStore").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

/// The most rows that one transaction of a clean-up deletes: requests that write wait for no more than these.
const PURGED_AT_ONCE: i64 = 1000;

impl<C: DatabaseConnection> SqlStore<C> {
    /// The store, with all that its schema lacks where `migrate` says so.
    pub(super) async fn open(
        pool: Pool<C>,
        writer: Option<Writer>,
        schema: SchemaSql,
        migrate: bool,
    ) -> Result<Self, StoreError> {
        let queries = Arc::new(Queries::new(&schema, &[], &[]));
        let mut store = Self { pool, writer, queries, schema: Arc::new(schema) };
        refuse_encoding(&catalog::server(&mut **store.connection().await?).await?)?;
        if migrate {
            store.migrate().await?;
        }
        store.queries = Arc::new(store.queries_for_live_indexes().await?);
        Ok(store)
    }

    /// The statements, which know the unique indexes by the names that they have.
    async fn queries_for_live_indexes(&self) -> Result<Queries, StoreError> {
        let connection = &mut **self.connection().await?;
        let unique = unique_indexes(connection, self.schema.user).await?;
        let on_the_address = address_indexes(&self.schema, &unique).map(|index| index.name);
        let on_the_account =
            unique_indexes_on(connection, SchemaSql::OAUTH_ACCOUNT, SchemaSql::ACCOUNT_KEY).await?;
        let on_the_account = on_the_account.iter().map(String::as_str);
        Ok(Queries::new(
            &self.schema,
            &on_the_address.collect::<Vec<_>>(),
            &on_the_account.collect::<Vec<_>>(),
        ))
    }

    pub(super) async fn connection(&self) -> Result<Pooled<C>, StoreError> {
        take(&self.pool).await
    }

    pub(super) async fn write(&self) -> Result<SqlTransaction<C>, StoreError> {
        let turn = match &self.writer {
            Some(Writer { turn, wait_timeout }) => {
                let turn = tokio::time::timeout(*wait_timeout, Arc::clone(turn).acquire_owned()).await;
                let turn = turn.map_err(|elapsed| StoreError::Unavailable(elapsed.into()))?;
                Some(turn.map_err(|closed| StoreError::Failed(closed.into()))?)
            }
            None => None,
        };
        let connection = self.connection().await?;
        let mut transaction = SqlTransaction {
            open: Some((connection, turn)),
            is_ending: false,
            queries: Arc::clone(&self.queries),
            compat: self.schema.compat,
        };
        // Only now does it begin: whoever stops waiting for it leaves nothing behind.
        transaction.session()?.0.begin().await?;
        Ok(transaction)
    }

    /// Deletes what is of before `moment`, a few rows at a time: between them others have their turn.
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

    /// Runs a statement that is a transaction by itself.
    pub(super) async fn execute_alone(&self, sql: &str, parts: Parts<'_, C>) -> Result<usize, StoreError> {
        let statement = Statement::new(sql, parts);
        if self.writer.is_none() {
            let mut connection = self.connection().await?;
            return Ok(Session::on(&mut connection).execute(statement).await?);
        }
        let mut transaction = self.write().await?;
        let (mut session, _) = transaction.session()?;
        let count = session.execute(statement).await?;
        transaction.finish().await?;
        Ok(count)
    }

    /// The number that a statement selects.
    pub(super) async fn number(&self, sql: &str, parts: Parts<'_, C>) -> Result<Option<i64>, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        #[expect(clippy::redundant_closure, reason = "the function itself is one for each lifetime")]
        let found = session.first(Statement::new(sql, parts), |cells| C::Backend::nullable_number(cells));
        Ok(found.await?.flatten())
    }

    async fn user<U: UserRow<C::Backend>>(
        &self,
        sql: &str,
        parts: Vec<&dyn Part<C::Backend>>,
    ) -> Result<Option<U>, StoreError> {
        let mut connection = self.connection().await?;
        Ok(Session::on(&mut connection).first_user(Statement::new(sql, parts)).await?)
    }
}

impl<C: DatabaseConnection, U: UserRow<C::Backend>> Store<U> for SqlStore<C> {
    type Transaction = SqlTransaction<C>;

    async fn begin(&self) -> Result<SqlTransaction<C>, StoreError> {
        self.write().await
    }

    async fn user_by_id(&self, id: U::Id) -> Result<Option<U>, StoreError> {
        self.user(&self.queries.user_by_id, vec![&Id::<U>(id)]).await
    }

    async fn user_by_email(&self, email: &TypedEmail) -> Result<Option<U>, StoreError> {
        let [typed, normal] = email.candidates().map(Value::Text);
        let statement = Statement::new(&self.queries.users_by_email, vec![&typed, &normal]);
        let mut connection = self.connection().await?;
        Ok(email.find(Session::on(&mut connection).users::<U>(statement).await?))
    }

    async fn user_unless_ended(
        &self,
        id: U::Id,
        digest: &str,
        issued: Issued,
    ) -> Result<Option<U>, StoreError> {
        let all = all_tokens_of::<U>(id);
        let (id, digest, all) = (Id::<U>(id), Value::Text(digest), Value::Text(&all));
        let queries = &self.queries;
        let (sql, issued) = since(issued, &queries.user_unless_ended, &queries.user_unless_ended_since);
        self.user(sql, vec![&id, &digest, &all, &issued]).await
    }

    async fn user_and_generation(&self, id: U::Id) -> Result<Option<(U, Generation)>, StoreError> {
        let all = all_tokens_of::<U>(id);
        let (all, id) = (Value::Text(&all), Id::<U>(id));
        let statement = Statement::new(&self.queries.user_and_generation, vec![&all, &id]);
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        let found = session.first(statement, |cells| {
            let user = U::from_row(cells)?;
            let generation = C::Backend::nullable_number(cells)?;
            Ok((user, generation.map(Generation::new).unwrap_or_default()))
        });
        Ok(found.await?)
    }

    async fn active_superusers(&self) -> Result<Vec<U::Id>, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        Ok(session.ids::<U>(Statement::new(&self.queries.active_superusers, vec![])).await?)
    }

    async fn user_by_access_token(&self, key: &str) -> Result<Option<(U, AccessToken)>, StoreError> {
        let rules = self.schema.compat.rules();
        let key = Value::Text(key);
        let statement = Statement::new(&self.queries.user_by_access_token, vec![&key]);
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        let found = session.first(statement, |cells| {
            let user = U::from_row(cells)?;
            let moment = C::Backend::moment(cells)?;
            let token = if rules.token_rows_expire {
                AccessToken::Own {
                    expires_at: moment,
                    created_at: C::Backend::moment(cells)?,
                    fingerprint: C::Backend::text(cells)?,
                }
            } else {
                AccessToken::FastApiUsers { created_at: moment }
            };
            Ok((user, token))
        });
        Ok(found.await?)
    }

    async fn user_by_oauth_account(
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

    async fn oauth_accounts_of(&self, user: U::Id) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        Ok(session.accounts_of::<U>(&self.queries.accounts.of_user, user).await?)
    }

    async fn stored_oauth_account(
        &self,
        id: U::Id,
        user: U::Id,
    ) -> Result<Option<StoredAccount<U::Id>>, StoreError> {
        let (id, user) = (Id::<U>(id), Id::<U>(user));
        let statement = Statement::new(&self.queries.accounts.by_id, vec![&id, &user]);
        let mut connection = self.connection().await?;
        Ok(Session::on(&mut connection).stored_account::<U>(statement).await?)
    }

    async fn password_hashes(&self, most: u32) -> Result<Vec<HashedPassword>, StoreError> {
        let mut connection = self.connection().await?;
        let most = Value::Number(most.into());
        let mut hashes = Vec::new();
        for sql in &self.queries.password_hashes {
            let mut session = Session::on(&mut connection);
            hashes.extend(session.texts(Statement::new(sql, vec![&most])).await?);
        }
        Ok(hashes.into_iter().map(HashedPassword::new).collect())
    }

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        self.schema.has_counters.then(|| Arc::new(SqlCounters(self.clone())) as Arc<dyn Counters>)
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        let has_table = self.schema.has_known_clients;
        has_table.then(|| Arc::new(SqlKnownClients(self.clone())) as Arc<dyn KnownClients>)
    }

    async fn purge(&self, now: Timestamp, access_tokens_since: Timestamp) -> Result<(), StoreError> {
        self.purge_before(&self.queries.purge_ended_tokens, Value::Moment(now)).await?;
        if let Some(counters) = &self.queries.counters {
            self.purge_before(&counters.purge, Value::Number(now.micros())).await?;
        }
        if let Some(known_clients) = &self.queries.known_clients {
            self.purge_before(&known_clients.purge, Value::Number(now.micros())).await?;
        }
        let rows_expire = self.schema.compat.rules().token_rows_expire;
        let access_tokens_before = if rows_expire { now } else { access_tokens_since };
        self.purge_before(&self.queries.purge_access_tokens, Value::Moment(access_tokens_before)).await
    }

    async fn check(&self) -> Result<Report, StoreError> {
        self.report().await
    }
}

/// The key under which all of a user's tokens are ended.
pub(super) fn all_tokens_of<U: AuthUser>(id: U::Id) -> String {
    format!("user:{id}")
}

/// The statement that goes with how a token tells when it was issued, and the value for it.
pub(super) fn since<'q>(issued: Issued, generation: &'q str, time: &'q str) -> (&'q str, Value<'q>) {
    match issued {
        Issued::In(of) => (generation, Value::Number(of.number())),
        Issued::At(at) => (time, Value::Moment(at)),
    }
}
