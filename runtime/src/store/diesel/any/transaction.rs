//! A transaction on whichever database it is, and its connection.

use std::fmt;
use std::marker::PhantomData;

#[cfg(feature = "mysql")]
use super::super::mysql::MysqlConnection;
#[cfg(feature = "postgres")]
use super::super::postgres::PostgresConnection;
#[cfg(feature = "sqlite")]
use super::super::sqlite::SqliteConnection;
use super::super::transaction::OpenTransaction;
use super::rows::AnyRow;
use crate::clock::Timestamp;
use crate::secret::HashedPassword;
use crate::store::{
    AccountWrites, IdOf, Issuance, NewSession, RevocationWrites, SessionKey, SessionWrites, Storage,
    StoreError, TokenExpiry, Transaction, UserWrites,
};
use crate::token::Generation;
use crate::user::{OAuthAccount, UserChanges};

/// A transaction on the database that the address named.
pub struct AnyTransaction<U> {
    connection: AnyConnection,
    user: PhantomData<fn() -> U>,
}

impl<U> AnyTransaction<U> {
    pub(super) fn new(transaction: Transactions) -> Self {
        Self { connection: AnyConnection(transaction), user: PhantomData }
    }
}

impl<U> fmt::Debug for AnyTransaction<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connection.fmt(f)
    }
}

/// The connection of a transaction, as a hook gets it: that of the database that the address named.
#[derive(Debug)]
pub struct AnyConnection(pub(super) Transactions);

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a transaction is not copied about, and a box would be one more allocation"
)]
pub(super) enum Transactions {
    #[cfg(feature = "sqlite")]
    Sqlite(OpenTransaction<SqliteConnection>),
    #[cfg(feature = "postgres")]
    Postgres(OpenTransaction<PostgresConnection>),
    #[cfg(feature = "mysql")]
    Mysql(OpenTransaction<MysqlConnection>),
}

#[allow(
    unreachable_patterns,
    clippy::match_wildcard_for_single_variants,
    reason = "how many databases there are is the features' to say"
)]
impl AnyConnection {
    /// The connection, if the database is SQLite.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match &mut self.0 {
            Transactions::Sqlite(transaction) => transaction.open().ok(),
            _ => None,
        }
    }

    /// The connection, if the database is PostgreSQL.
    #[cfg(feature = "postgres")]
    pub fn postgres(&mut self) -> Option<&mut PostgresConnection> {
        match &mut self.0 {
            Transactions::Postgres(transaction) => transaction.open().ok(),
            _ => None,
        }
    }

    /// The connection, if the database is MySQL.
    #[cfg(feature = "mysql")]
    pub fn mysql(&mut self) -> Option<&mut MysqlConnection> {
        match &mut self.0 {
            Transactions::Mysql(transaction) => transaction.open().ok(),
            _ => None,
        }
    }
}

impl<U: AnyRow> Storage for AnyTransaction<U> {
    type User = U;
}

/// What writes has the transaction do it.
macro_rules! writes {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<U: AnyRow> $capability for AnyTransaction<U> {
            $(async fn $method(&mut self, $($argument: $type),*) -> Result<$returned, StoreError> {
                each!(Transactions: &mut self.connection.0, open => open.$method::<U>($($argument),*).await)
            })*
        }
    };
}

__each_writing! { writes () }

impl<U: AnyRow> Transaction for AnyTransaction<U> {
    type Connection = AnyConnection;

    fn connection(&mut self) -> Result<&mut AnyConnection, StoreError> {
        Ok(&mut self.connection)
    }

    async fn commit(self) -> Result<(), StoreError> {
        each!(Transactions: self.connection.0, open => open.finish().await)
    }
}
