//! A connection in use: each answer comes within its time, and one that does not is the end of the connection.

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::TransactionManager;

use super::backend::SqlBackend as _;
use super::cells::Cells;
use super::connection::{DatabaseConnection, RowOf, all, first};
use super::error::{calls_for_another, is_conflict};
use super::patience::{NoAnswer, Patience};
use super::pool::Connected;
use super::queries::{account, stored_account};
use super::row::UserRow;
use super::statement::{Id, Part, Statement};
use crate::store::StoredAccount;
use crate::user::OAuthAccount;

/// A connection in use.
pub(super) struct Session<'c, C> {
    connection: &'c mut C,
    patience: &'c mut Patience,
}

impl<'c, C: DatabaseConnection> Session<'c, C> {
    pub(super) fn on(Connected { connection, patience }: &'c mut Connected<C>) -> Self {
        Self { connection, patience }
    }

    pub(super) async fn begin(&mut self) -> QueryResult<()> {
        let answer = self.patience.within(self.connection.begin()).await;
        self.settle(answer).await
    }

    pub(super) async fn commit(&mut self) -> QueryResult<()> {
        let commit = C::TransactionManager::commit_transaction(self.connection);
        let answer = self.patience.within(commit).await;
        self.settle(answer).await
    }

    /// Undoes all that is open, transactions within the transaction, too.
    pub(super) async fn rollback(&mut self) -> QueryResult<()> {
        loop {
            let rollback = C::TransactionManager::rollback_transaction(self.connection);
            let answer = self.patience.within(rollback).await;
            match self.settle(answer).await {
                Ok(()) => {}
                Err(Error::NotInTransaction) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) async fn execute(&mut self, statement: Statement<'_, C::Backend>) -> QueryResult<usize> {
        let answer = self.patience.within(self.connection.execute_returning_count(statement)).await;
        self.settle(answer).await
    }

    /// Executes a statement without a transaction around it, and once more if it was undone in favor of another one.
    pub(super) async fn execute_alone(
        &mut self,
        sql: &str,
        parts: &[&dyn Part<C::Backend>],
    ) -> QueryResult<usize> {
        match self.execute(Statement::new(sql, parts.to_vec())).await {
            Err(error) if is_conflict(&error) => self.execute(Statement::new(sql, parts.to_vec())).await,
            result => result,
        }
    }

    /// The first row of an answer, as `read` sees it.
    pub(super) async fn first<'s, T: Send>(
        &'s mut self,
        statement: Statement<'s, C::Backend>,
        read: impl FnMut(&mut Cells<'_, RowOf<'_, C>, C::Backend>) -> diesel::deserialize::Result<T> + Send,
    ) -> QueryResult<Option<T>> {
        let answer = self.patience.within(first(&mut *self.connection, statement, read)).await;
        self.settle(answer).await
    }

    pub(super) async fn first_user<U: UserRow<C::Backend>>(
        &mut self,
        statement: Statement<'_, C::Backend>,
    ) -> QueryResult<Option<U>> {
        let answer = self.patience.within(first(&mut *self.connection, statement, U::from_row)).await;
        self.settle(answer).await
    }

    pub(super) async fn users<U: UserRow<C::Backend>>(
        &mut self,
        statement: Statement<'_, C::Backend>,
    ) -> QueryResult<Vec<U>> {
        let answer = self.patience.within(all(&mut *self.connection, statement, U::from_row)).await;
        self.settle(answer).await
    }

    /// The text in the first column of each row.
    pub(super) async fn texts(&mut self, statement: Statement<'_, C::Backend>) -> QueryResult<Vec<String>> {
        #[expect(clippy::redundant_closure, reason = "the function itself is one for each lifetime")]
        let rows = all(&mut *self.connection, statement, |cells| C::Backend::text(cells));
        let answer = self.patience.within(rows).await;
        self.settle(answer).await
    }

    pub(super) async fn ids<U: UserRow<C::Backend>>(
        &mut self,
        statement: Statement<'_, C::Backend>,
    ) -> QueryResult<Vec<U::Id>> {
        let answer = self.patience.within(all(&mut *self.connection, statement, U::id_from_row)).await;
        self.settle(answer).await
    }

    pub(super) async fn first_id<U: UserRow<C::Backend>>(
        &mut self,
        statement: Statement<'_, C::Backend>,
    ) -> QueryResult<Option<U::Id>> {
        let answer = self.patience.within(first(&mut *self.connection, statement, U::id_from_row)).await;
        self.settle(answer).await
    }

    /// The account that a statement selects, as it is stored.
    pub(super) async fn stored_account<U: UserRow<C::Backend>>(
        &mut self,
        statement: Statement<'_, C::Backend>,
    ) -> QueryResult<Option<StoredAccount<U::Id>>> {
        let found = first(&mut *self.connection, statement, stored_account::<_, U, _>);
        let answer = self.patience.within(found).await;
        self.settle(answer).await
    }

    /// The accounts of a user at other services, which `sql` selects by the user's id.
    pub(super) async fn accounts_of<U: UserRow<C::Backend>>(
        &mut self,
        sql: &str,
        user: U::Id,
    ) -> QueryResult<Vec<OAuthAccount<U::Id>>> {
        let user = Id::<U>(user);
        let statement = Statement::new(sql, vec![&user]);
        let answer = self.patience.within(all(&mut *self.connection, statement, account::<_, U, _>)).await;
        let mut accounts = self.settle(answer).await?;
        // Here, since each database has an order of its own for text.
        accounts.sort_by(|a, b| (&a.oauth_name, &a.account_id).cmp(&(&b.oauth_name, &b.account_id)));
        Ok(accounts)
    }

    async fn settle<T>(&mut self, answer: Result<QueryResult<T>, NoAnswer>) -> QueryResult<T> {
        let error = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(too_late) => {
                self.give_up();
                return Err(closed(too_late.to_string()));
            }
        };
        let Error::DatabaseError(DatabaseErrorKind::Unknown, information) = &error else { return Err(error) };
        // Whatever the words were, and whatever their language: they may have been the last.
        if self.patience.within(self.connection.has_hung_up()).await.unwrap_or(true) {
            self.give_up();
            return Err(closed(information.message().to_owned()));
        }
        if C::IS_REPLACEABLE && calls_for_another(&error) {
            self.give_up();
        }
        Err(error)
    }

    /// Has its pool let go of the connection.
    fn give_up(&mut self) {
        C::TransactionManager::transaction_manager_status_mut(self.connection).set_in_error();
    }
}

fn closed(why: String) -> Error {
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(why))
}
