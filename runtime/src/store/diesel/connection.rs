//! Connections: what the store asks of one beyond Diesel.

use std::pin::{Pin, pin};

use diesel::QueryResult;
use diesel::result::Error;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncConnectionCore, TransactionManager};
use futures_util::{StreamExt, TryStreamExt};

use super::backend::SqlBackend;
use super::cells::Cells;
use super::statement::Statement;

/// What ends a statement on the server.
pub(super) type Cancel = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A connection to a database that users lie in: Diesel's own, with what differs between databases.
pub trait DatabaseConnection: PoolableConnection<Backend: SqlBackend> + 'static {
    /// Whether another connection may do better where one fails, and finds all that this one has.
    const IS_REPLACEABLE: bool = true;

    /// Opens a transaction that will write.
    fn begin(&mut self) -> impl Future<Output = QueryResult<()>> + Send {
        Self::TransactionManager::begin_transaction(self)
    }

    /// Whether nothing can be asked on it any more, where neither Diesel nor a rollback would notice.
    fn is_lost(&mut self) -> bool {
        false
    }

    /// Returns what ends the statement that the server is still running for this connection, or `None` if there is none,
    /// or if the server ends it by itself once the connection is closed. It runs after the connection has been closed.
    fn cancel(&mut self) -> Option<Cancel> {
        None
    }

    /// Whether the server has ended the connection with its last answer, where the answer alone would not tell.
    fn has_hung_up(&mut self) -> impl Future<Output = bool> + Send {
        std::future::ready(false)
    }
}

/// The row that a connection hands out.
pub(super) type RowOf<'a, C> = <C as AsyncConnectionCore>::Row<'a, 'a>;

/// The first row of an answer, as `read` sees it.
pub(super) async fn first<'a, C: DatabaseConnection, T: Send>(
    connection: &'a mut C,
    statement: Statement<'a, C::Backend>,
    mut read: impl FnMut(&mut Cells<'_, RowOf<'a, C>, C::Backend>) -> diesel::deserialize::Result<T> + Send,
) -> QueryResult<Option<T>> {
    let rows = connection.load(statement).await?;
    let found = rows.map(|row| read(&mut Cells::new(&row?)).map_err(Error::DeserializationError));
    let mut found = pin!(found.fuse());
    let first = found.next().await.transpose()?;
    // What is left unread, the next statement would have to clear away.
    while found.next().await.transpose()?.is_some() {}
    Ok(first)
}

/// All rows of an answer, as `read` sees them.
pub(super) async fn all<'a, C: DatabaseConnection, T: Send>(
    connection: &'a mut C,
    statement: Statement<'a, C::Backend>,
    mut read: impl FnMut(&mut Cells<'_, RowOf<'a, C>, C::Backend>) -> diesel::deserialize::Result<T> + Send,
) -> QueryResult<Vec<T>> {
    let rows = connection.load(statement).await?;
    rows.map(|row| read(&mut Cells::new(&row?)).map_err(Error::DeserializationError)).try_collect().await
}
