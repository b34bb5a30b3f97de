//! The store on Diesel: a database and the type of its users. All that it does is in [`SqlDatabase`], which is compiled once for
//! each type of connection.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::connection::DatabaseConnection;
use super::counters::SqlCounters;
use super::database::SqlDatabase;
use super::known::SqlKnownClients;
use super::row::UserRow;
use super::transaction::OpenTransaction;
use crate::clock::Timestamp;
use crate::limit::{Counters, KnownClients};
use crate::secret::HashedPassword;
use crate::store::{
    AccountWrites, Accounts, IdOf, Issuance, Linked, NewSession, RevocationWrites, Revocations, SchemaReport,
    SessionKey, SessionWrites, Sessions, Storage, Store, StoreError, StoredAccount, StoredSession, Tables,
    TokenExpiry, Transaction, UserWrites, Users,
};
use crate::token::Generation;
use crate::user::{OAuthAccount, TypedEmail, UserChanges};

/// Users of the type `U` and their tokens, in a database that is reached over connections of the type `C`.
pub struct SqlStore<C: DatabaseConnection, U> {
    database: SqlDatabase<C>,
    user: PhantomData<fn() -> U>,
}

/// A transaction on a connection of the type `C`. Dropped without a commit, it is undone.
pub struct SqlTransaction<C: DatabaseConnection, U> {
    transaction: OpenTransaction<C>,
    user: PhantomData<fn() -> U>,
}

impl<C: DatabaseConnection, U> SqlStore<C, U> {
    pub(super) fn new(database: SqlDatabase<C>) -> Self {
        Self { database, user: PhantomData }
    }
}

impl<C: DatabaseConnection, U> SqlTransaction<C, U> {
    fn new(transaction: OpenTransaction<C>) -> Self {
        Self { transaction, user: PhantomData }
    }
}

impl<C: DatabaseConnection, U> Clone for SqlStore<C, U> {
    fn clone(&self) -> Self {
        Self::new(self.database.clone())
    }
}

impl<C: DatabaseConnection, U> fmt::Debug for SqlStore<C, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.database.fmt(f)
    }
}

impl<C: DatabaseConnection, U> fmt::Debug for SqlTransaction<C, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt(f)
    }
}

impl<C: DatabaseConnection, U: UserRow<C::Backend>> Storage for SqlStore<C, U> {
    type User = U;
}

impl<C: DatabaseConnection, U: UserRow<C::Backend>> Storage for SqlTransaction<C, U> {
    type User = U;
}

/// What reads has the database do it.
macro_rules! reads {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<C: DatabaseConnection, U: UserRow<C::Backend>> $capability for SqlStore<C, U> {
            $(async fn $method(&self, $($argument: $type),*) -> Result<$returned, StoreError> {
                self.database.$method::<U>($($argument),*).await
            })*
        }
    };
}

/// What writes has the transaction do it.
macro_rules! writes {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<C: DatabaseConnection, U: UserRow<C::Backend>> $capability for SqlTransaction<C, U> {
            $(async fn $method(&mut self, $($argument: $type),*) -> Result<$returned, StoreError> {
                self.transaction.$method::<U>($($argument),*).await
            })*
        }
    };
}

__each_reading! { reads () }
__each_writing! { writes () }

impl<C: DatabaseConnection, U: UserRow<C::Backend>> Store for SqlStore<C, U> {
    type Transaction = SqlTransaction<C, U>;

    async fn begin(&self) -> Result<SqlTransaction<C, U>, StoreError> {
        Ok(SqlTransaction::new(self.database.write().await?))
    }

    async fn begin_single(&self) -> Result<SqlTransaction<C, U>, StoreError> {
        Ok(SqlTransaction::new(self.database.single().await?))
    }

    fn keeps(&self) -> Tables {
        self.database.keeps()
    }

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        SqlCounters::of(&self.database)
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        SqlKnownClients::of(&self.database)
    }

    async fn purge(&self, expired: Timestamp, sessions_since: Timestamp) -> Result<(), StoreError> {
        self.database.purge(expired, sessions_since).await
    }

    async fn check(&self) -> Result<SchemaReport, StoreError> {
        self.database.report().await
    }
}

impl<C: DatabaseConnection, U: UserRow<C::Backend>> Transaction for SqlTransaction<C, U> {
    type Connection = C;

    fn connection(&mut self) -> Result<&mut C, StoreError> {
        self.transaction.open()
    }

    async fn commit(self) -> Result<(), StoreError> {
        self.transaction.finish().await
    }
}
