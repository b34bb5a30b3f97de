//! A transaction on Diesel, whichever the database, and its statements, a file for each subject.

mod accounts;
mod revocations;
mod sessions;
mod users;

use std::sync::Arc;
use std::time::Duration;

use diesel_async::TransactionManager;
use tokio::sync::OwnedSemaphorePermit;

use super::connection::DatabaseConnection;
use super::pool::Pooled;
use super::queries::Queries;
use super::session::Session;
use super::statement::{Part, Statement};
use crate::compat::Compat;
use crate::store::StoreError;

/// How long a rollback may take. After that, closing the connection ends the transaction.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(1);

/// A transaction on a connection of the type `C`. Dropped without a commit, it is undone.
pub(super) struct OpenTransaction<C: DatabaseConnection> {
    /// The connection, and the turn to write where there are turns, until the transaction ends.
    pub(super) open: Option<(Pooled<C>, Option<OwnedSemaphorePermit>)>,
    /// `true` if its one statement is a transaction by itself, so that there is nothing to commit.
    pub(super) is_single: bool,
    /// `true` once it has been asked to commit: what is not answered then can't be undone.
    pub(super) is_ending: bool,
    pub(super) queries: Arc<Queries>,
    pub(super) compat: Compat,
}

impl<C: DatabaseConnection> std::fmt::Debug for OpenTransaction<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenTransaction").finish_non_exhaustive()
    }
}

impl<C: DatabaseConnection> OpenTransaction<C> {
    pub(super) fn open(&mut self) -> Result<&mut C, StoreError> {
        let (connection, _) = self.open.as_mut().ok_or_else(ended)?;
        Ok(connection)
    }

    pub(super) fn session(&mut self) -> Result<(Session<'_, C>, &Queries), StoreError> {
        let (connection, _) = self.open.as_mut().ok_or_else(ended)?;
        Ok((Session::on(connection), &self.queries))
    }

    /// Executes a statement, of which `sql` is chosen from the queries.
    async fn execute(
        &mut self,
        sql: impl Fn(&Queries) -> &str,
        parts: &[&dyn Part<C::Backend>],
    ) -> Result<usize, StoreError> {
        let is_single = self.is_single;
        let (mut session, queries) = self.session()?;
        let sql = sql(queries);
        Ok(match is_single {
            true => session.execute_alone(sql, parts).await?,
            false => session.execute(Statement::new(sql, parts.to_vec())).await?,
        })
    }

    pub(super) async fn finish(mut self) -> Result<(), StoreError> {
        if self.is_single {
            // The statement was all of it, and said itself whether it was done.
            self.open = None;
            return Ok(());
        }
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

impl<C: DatabaseConnection> Drop for OpenTransaction<C> {
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
