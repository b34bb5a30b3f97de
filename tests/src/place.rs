//! The database of the tests' app: whichever the address names, or a store in memory. It hands everything on, unless a
//! test wants it to go wrong.

use std::sync::Arc;

use axum_users::clock::Timestamp;
use axum_users::limit::{Counters, KnownClients};
use axum_users::prelude::Uuid;
use axum_users::secret::HashedPassword;
use axum_users::store::diesel::{AnyConnection, AnyDatabase, AnyStore, AnyTransaction};
use axum_users::store::{
    AccessToken, Compat, Database, Issued, Linked, Report, Store, StoreError, StoredAccount, Tables,
    TokenExpiry, TokenRecord, Transaction,
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

/// `Place` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
pub const Place: Place = Place { databases: AnyDatabase, faults: None };

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
    Any(AnyStore),
    Memory(Memory<User>),
}

/// A transaction of the tests' app, which is also what its hooks get.
#[derive(Debug)]
pub struct PlaceTransaction {
    transaction: Transactions,
    faults: Option<Faults>,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one a request")]
enum Transactions {
    Any(AnyTransaction),
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
            Transactions::Any(transaction) => {
                Transaction::<User>::connection(transaction).expect("it is open")
            }
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
    ($kinds:ident: $value:expr, $faults:expr, $one:ident => $trait:ident::$name:ident($($argument:expr),*)) => {
        call($faults, stringify!($name), async {
            match $value {
                $kinds::Any($one) => $trait::<User>::$name($one $(, $argument)*).await,
                $kinds::Memory($one) => $trait::<User>::$name($one $(, $argument)*).await,
            }
        })
        .await
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

impl Store<User> for PlaceStore {
    type Transaction = PlaceTransaction;

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        match &self.store {
            Stores::Any(store) => Store::<User>::counters(store),
            Stores::Memory(memory) => Store::<User>::counters(memory),
        }
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        match &self.store {
            Stores::Any(store) => Store::<User>::known_clients(store),
            Stores::Memory(memory) => Store::<User>::known_clients(memory),
        }
    }

    async fn begin(&self) -> Result<PlaceTransaction, StoreError> {
        let transaction = call(self.faults.as_ref(), "begin", async {
            Ok(match &self.store {
                Stores::Any(store) => Transactions::Any(Store::<User>::begin(store).await?),
                Stores::Memory(memory) => Transactions::Memory(memory.begin().await?),
            })
        });
        Ok(PlaceTransaction { transaction: transaction.await?, faults: self.faults.clone() })
    }

    async fn user_by_id(&self, id: Uuid) -> Result<Option<User>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::user_by_id(id))
    }

    async fn user_by_email(&self, email: &TypedEmail) -> Result<Option<User>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::user_by_email(email))
    }

    async fn password_hashes(&self, most: u32) -> Result<Vec<HashedPassword>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::password_hashes(most))
    }

    async fn user_unless_ended(
        &self,
        id: Uuid,
        digest: &str,
        issued: Issued,
    ) -> Result<Option<User>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::user_unless_ended(id, digest, issued))
    }

    async fn user_and_generation(&self, id: Uuid) -> Result<Option<(User, Generation)>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::user_and_generation(id))
    }

    async fn active_superusers(&self) -> Result<Vec<Uuid>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::active_superusers())
    }

    async fn user_by_access_token(&self, key: &str) -> Result<Option<(User, AccessToken)>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::user_by_access_token(key))
    }

    async fn user_by_oauth_account(
        &self,
        oauth_name: &str,
        account_id: &str,
    ) -> Result<Option<Linked<User>>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::user_by_oauth_account(oauth_name, account_id))
    }

    async fn oauth_accounts_of(&self, user: Uuid) -> Result<Vec<OAuthAccount<Uuid>>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::oauth_accounts_of(user))
    }

    async fn stored_oauth_account(
        &self,
        id: Uuid,
        user: Uuid,
    ) -> Result<Option<StoredAccount<Uuid>>, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::stored_oauth_account(id, user))
    }

    async fn purge(&self, now: Timestamp, access_tokens_since: Timestamp) -> Result<(), StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::purge(now, access_tokens_since))
    }

    async fn check(&self) -> Result<Report, StoreError> {
        either!(Stores: &self.store, self.faults.as_ref(), one => Store::check())
    }
}

impl Transaction<User> for PlaceTransaction {
    type Connection = Self;

    fn connection(&mut self) -> Result<&mut Self, StoreError> {
        Ok(self)
    }

    async fn commit(self) -> Result<(), StoreError> {
        either!(Transactions: self.transaction, self.faults.as_ref(), one => Transaction::commit())
    }

    async fn lock_users(&mut self, ids: &[Uuid]) -> Result<Vec<User>, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::lock_users(ids))
    }

    async fn is_valid(&mut self, user: Uuid, token: &TokenRecord) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::is_valid(user, token))
    }

    async fn insert_user(&mut self, user: User) -> Result<User, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::insert_user(user))
    }

    async fn update_user(
        &mut self,
        id: Uuid,
        changes: &UserChanges<'_, User>,
    ) -> Result<Option<User>, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::update_user(id, changes))
    }

    async fn delete_user(&mut self, id: Uuid) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::delete_user(id))
    }

    async fn insert_access_token(
        &mut self,
        key: &str,
        user: Uuid,
        token: &AccessToken,
        expected: &HashedPassword,
    ) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::insert_access_token(key, user, token, expected))
    }

    async fn delete_access_token(&mut self, key: &str) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::delete_access_token(key))
    }

    async fn delete_access_tokens_of(&mut self, user: Uuid, except: Option<&str>) -> Result<(), StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::delete_access_tokens_of(user, except))
    }

    async fn restamp_access_tokens_of(&mut self, user: Uuid, from: &str, to: &str) -> Result<(), StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::restamp_access_tokens_of(user, from, to))
    }

    async fn insert_oauth_account(
        &mut self,
        account: OAuthAccount<Uuid>,
    ) -> Result<OAuthAccount<Uuid>, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::insert_oauth_account(account))
    }

    async fn update_oauth_account(
        &mut self,
        account: &OAuthAccount<Uuid>,
        expected: Option<&str>,
    ) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::update_oauth_account(account, expected))
    }

    async fn swap_oauth_expiry(
        &mut self,
        account: &OAuthAccount<Uuid>,
        from: TokenExpiry,
        to: TokenExpiry,
    ) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::swap_oauth_expiry(account, from, to))
    }

    async fn swap_oauth_refresh_token(
        &mut self,
        account: &OAuthAccount<Uuid>,
        expected: &str,
    ) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::swap_oauth_refresh_token(account, expected))
    }

    async fn delete_oauth_account(&mut self, id: Uuid, user: Uuid) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::delete_oauth_account(id, user))
    }

    async fn oauth_accounts_of(&mut self, user: Uuid) -> Result<Vec<OAuthAccount<Uuid>>, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::oauth_accounts_of(user))
    }

    async fn end_token(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::end_token(digest, ended_at, expires_at))
    }

    async fn end_tokens_of(
        &mut self,
        user: Uuid,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        either!(Transactions: &mut self.transaction, self.faults.as_ref(), one => Transaction::end_tokens_of(user, ended_at, expires_at))
    }
}
