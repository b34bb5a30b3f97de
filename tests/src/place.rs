//! The database of the tests' app: whichever the address names, or a store in memory. It hands everything on, unless a
//! test wants it to go wrong.

use std::sync::Arc;

use axum_users::clock::Timestamp;
use axum_users::limit::{Counters, KnownClients};
use axum_users::secret::HashedPassword;
use axum_users::store::diesel::{AnyConnection, AnyDatabase, AnyStore, AnyTransaction};
use axum_users::store::{
    AccountWrites, Accounts, Compat, Database, IdOf, Issuance, Linked, NewSession, RevocationWrites,
    Revocations, SchemaReport, SessionKey, SessionWrites, Sessions, Storage, Store, StoreError,
    StoredAccount, StoredSession, Tables, TokenExpiry, Transaction, UserWrites, Users,
};
use axum_users::token::Generation;
use axum_users::user::{OAuthAccount, TypedEmail, UserChanges};

use crate::faults::Faults;
use crate::memory::{InMemory, Memory, MemoryTransaction};
use crate::server::User;

/// `database: Place`.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// How the databases are opened.
    pub databases: AnyDatabase,
    /// What goes wrong.
    pub faults: Option<Faults>,
}

/// Where an app's users lie.
#[derive(Clone, Debug)]
pub enum PlaceConfig {
    /// In the database at this address.
    Address(String),
    /// In memory.
    Memory(Memory<User>),
}

/// The store of the tests' app.
#[derive(Clone, Debug)]
pub struct PlaceStore {
    store: Stores,
    faults: Option<Faults>,
}

#[derive(Clone, Debug)]
enum Stores {
    Any(AnyStore<User>),
    Memory(Memory<User>),
}

/// A transaction of the tests' app, which is also what its hooks get.
#[derive(Debug)]
pub struct PlaceTransaction {
    transaction: Transactions,
    /// Whether its one statement is all of it: then there is no commit that could go wrong.
    is_single: bool,
    faults: Option<Faults>,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one a request")]
enum Transactions {
    Any(AnyTransaction<User>),
    Memory(MemoryTransaction<User>),
}

impl PlaceTransaction {
    /// The connection to a database.
    ///
    /// # Panics
    ///
    /// In memory.
    pub fn any(&mut self) -> &mut AnyConnection {
        match &mut self.transaction {
            Transactions::Any(transaction) => transaction.connection().expect("it is open"),
            Transactions::Memory(_) => panic!("there is no connection to memory"),
        }
    }
}

/// Makes a call, or has it go wrong where a test wants that.
async fn call<T>(
    faults: Option<&Faults>,
    name: &'static str,
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match faults {
        Some(faults) => faults.call(name, call).await,
        None => call.await,
    }
}

/// The same call of either.
macro_rules! either {
    ($kinds:ident: $value:expr, $faults:expr, $one:ident => $method:ident($($argument:expr),*)) => {
        call($faults, stringify!($method), async {
            match $value {
                $kinds::Any($one) => $one.$method($($argument),*).await,
                $kinds::Memory($one) => $one.$method($($argument),*).await,
            }
        })
        .await
    };
}

/// What reads has either store do it.
macro_rules! reads {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl $capability for PlaceStore {
            $(async fn $method(&self, $($argument: $type),*) -> Result<$returned, StoreError> {
                either!(Stores: &self.store, self.faults.as_ref(), one => $method($($argument),*))
            })*
        }
    };
}

/// What writes has either transaction do it.
macro_rules! writes {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl $capability for PlaceTransaction {
            $(async fn $method(&mut self, $($argument: $type),*) -> Result<$returned, StoreError> {
                either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => $method($($argument),*))
            })*
        }
    };
}

impl Database<User> for Place {
    type Config = PlaceConfig;
    type Store = PlaceStore;

    async fn open(
        self,
        config: PlaceConfig,
        compat: Compat,
        tables: Tables,
    ) -> Result<PlaceStore, StoreError> {
        let store = match config {
            PlaceConfig::Address(address) => {
                Stores::Any(Database::<User>::open(self.databases, address.into(), compat, tables).await?)
            }
            PlaceConfig::Memory(memory) => Stores::Memory(InMemory.open(memory, compat, tables).await?),
        };
        Ok(PlaceStore { store, faults: self.faults })
    }
}

impl Storage for PlaceStore {
    type User = User;
}

impl Storage for PlaceTransaction {
    type User = User;
}

__each_reading! { reads () }
__each_writing! { writes () }

impl PlaceStore {
    fn begun(&self, transaction: Transactions, is_single: bool) -> PlaceTransaction {
        PlaceTransaction { transaction, is_single, faults: self.faults.clone() }
    }
}

impl Store for PlaceStore {
    type Transaction = PlaceTransaction;

    async fn begin(&self) -> Result<PlaceTransaction, StoreError> {
        let transaction = call(self.faults.as_ref(), "begin", async {
            Ok(match &self.store {
                Stores::Any(store) => Transactions::Any(store.begin().await?),
                Stores::Memory(memory) => Transactions::Memory(memory.begin().await?),
            })
        });
        Ok(self.begun(transaction.await?, false))
    }

    async fn begin_single(&self) -> Result<PlaceTransaction, StoreError> {
        let transaction = call(self.faults.as_ref(), "begin_single", async {
            Ok(match &self.store {
                Stores::Any(store) => Transactions::Any(store.begin_single().await?),
                Stores::Memory(memory) => Transactions::Memory(memory.begin_single().await?),
            })
        });
        Ok(self.begun(transaction.await?, true))
    }

    fn keeps(&self) -> Tables {
        match &self.store {
            Stores::Any(store) => store.keeps(),
            Stores::Memory(memory) => memory.keeps(),
        }
    }

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        match &self.store {
            Stores::Any(store) => store.counters(),
            Stores::Memory(memory) => memory.counters(),
        }
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        match &self.store {
            Stores::Any(store) => store.known_clients(),
            Stores::Memory(memory) => memory.known_clients(),
        }
    }

    async fn purge(&self, expired: Timestamp, sessions_since: Timestamp) -> Result<(), StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => purge(expired, sessions_since))
    }

    async fn check(&self) -> Result<SchemaReport, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => check())
    }
}

impl Transaction for PlaceTransaction {
    type Connection = Self;

    fn connection(&mut self) -> Result<&mut Self, StoreError> {
        Ok(self)
    }

    async fn commit(self) -> Result<(), StoreError> {
        let faults = self.faults.as_ref().filter(|_| !self.is_single);
        either!(Transactions: self.transaction, faults, one => commit())
    }
}
