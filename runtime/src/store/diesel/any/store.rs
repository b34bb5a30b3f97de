//! The store of whichever database it is.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::super::counters::SqlCounters;
use super::super::database::SqlDatabase;
use super::super::known::SqlKnownClients;
#[cfg(feature = "mysql")]
use super::super::mysql::MysqlConnection;
#[cfg(feature = "postgres")]
use super::super::postgres::PostgresConnection;
#[cfg(feature = "sqlite")]
use super::super::sqlite::SqliteConnection;
use super::rows::AnyRow;
use super::transaction::{AnyTransaction, Transactions};
use crate::clock::Timestamp;
use crate::limit::{Counters, KnownClients};
use crate::secret::HashedPassword;
use crate::store::{
    Accounts, IdOf, Issuance, Linked, Revocations, SchemaReport, Sessions, Storage, Store, StoreError,
    StoredAccount, StoredSession, Tables, Users,
};
use crate::token::Generation;
use crate::user::{OAuthAccount, TypedEmail};

/// Users and tokens in the database that the address named.
pub struct AnyStore<U> {
    databases: Databases,
    user: PhantomData<fn() -> U>,
}

#[derive(Clone, Debug)]
pub(super) enum Databases {
    #[cfg(feature = "sqlite")]
    Sqlite(SqlDatabase<SqliteConnection>),
    #[cfg(feature = "postgres")]
    Postgres(SqlDatabase<PostgresConnection>),
    #[cfg(feature = "mysql")]
    Mysql(SqlDatabase<MysqlConnection>),
}

impl<U> AnyStore<U> {
    pub(super) fn new(databases: Databases) -> Self {
        Self { databases, user: PhantomData }
    }
}

impl<U> Clone for AnyStore<U> {
    fn clone(&self) -> Self {
        Self::new(self.databases.clone())
    }
}

impl<U> fmt::Debug for AnyStore<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.databases.fmt(f)
    }
}

impl<U: AnyRow> Storage for AnyStore<U> {
    type User = U;
}

/// What reads has the database do it.
macro_rules! reads {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<U: AnyRow> $capability for AnyStore<U> {
            $(async fn $method(&self, $($argument: $type),*) -> Result<$returned, StoreError> {
                each!(Databases: &self.databases, database => database.$method::<U>($($argument),*).await)
            })*
        }
    };
}

__each_reading! { reads () }

/// A transaction of each database.
macro_rules! begun {
    ($store:expr, $begin:ident) => {
        match &$store.databases {
            #[cfg(feature = "sqlite")]
            Databases::Sqlite(database) => Transactions::Sqlite(database.$begin().await?),
            #[cfg(feature = "postgres")]
            Databases::Postgres(database) => Transactions::Postgres(database.$begin().await?),
            #[cfg(feature = "mysql")]
            Databases::Mysql(database) => Transactions::Mysql(database.$begin().await?),
        }
    };
}

impl<U: AnyRow> Store for AnyStore<U> {
    type Transaction = AnyTransaction<U>;

    async fn begin(&self) -> Result<AnyTransaction<U>, StoreError> {
        Ok(AnyTransaction::new(begun!(self, write)))
    }

    async fn begin_single(&self) -> Result<AnyTransaction<U>, StoreError> {
        Ok(AnyTransaction::new(begun!(self, single)))
    }

    fn keeps(&self) -> Tables {
        each!(Databases: &self.databases, database => database.keeps())
    }

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        each!(Databases: &self.databases, database => SqlCounters::of(database))
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        each!(Databases: &self.databases, database => SqlKnownClients::of(database))
    }

    async fn purge(&self, expired: Timestamp, sessions_since: Timestamp) -> Result<(), StoreError> {
        each!(Databases: &self.databases, database => database.purge(expired, sessions_since).await)
    }

    async fn check(&self) -> Result<SchemaReport, StoreError> {
        each!(Databases: &self.databases, database => database.report().await)
    }
}
