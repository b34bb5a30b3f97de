//! The database of the tests' app: whichever the address names, or a store in memory. It hands everything on.

use axum_users::clock::Timestamp;
use axum_users::prelude::Uuid;
use axum_users::secret::HashedPassword;
use axum_users::store::diesel::{AnyConnection, AnyDatabase, AnyStore, AnyTransaction};
use axum_users::store::{
    AccessToken, Accounts, Database, Layout, Linked, Report, Store, StoreError, Transaction,
};
use axum_users::user::{Email, OAuthAccount, UserChanges};

use crate::memory::{InMemory, Memory, MemoryTransaction};
use crate::server::User;

/// `database: Place`.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// How the databases are opened.
    pub databases: AnyDatabase,
}

/// `Place` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
pub const Place: Place = Place { databases: AnyDatabase };

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
pub enum PlaceStore {
    /// A database.
    Any(AnyStore),
    /// Memory.
    Memory(Memory<User>),
}

/// A transaction of the tests' app, which is also what its hooks get.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one a request")]
pub enum PlaceTransaction {
    /// On a database.
    Any(AnyTransaction),
    /// In memory.
    Memory(MemoryTransaction<User>),
}

impl PlaceTransaction {
    /// The connection to a database.
    ///
    /// # Panics
    ///
    /// In memory.
    pub fn any(&mut self) -> &mut AnyConnection {
        match self {
            Self::Any(transaction) => Transaction::<User>::connection(transaction).expect("it is open"),
            Self::Memory(_) => panic!("there is no connection to memory"),
        }
    }
}

/// The same for either.
macro_rules! either {
    ($value:expr, $one:ident => $body:expr) => {
        match $value {
            Self::Any($one) => $body,
            Self::Memory($one) => $body,
        }
    };
}

impl Database<User> for Place {
    type Config = PlaceConfig;
    type Store = PlaceStore;

    async fn open(
        self,
        config: PlaceConfig,
        layout: Layout,
        accounts: Accounts,
    ) -> Result<PlaceStore, StoreError> {
        Ok(match config {
            PlaceConfig::Address(address) => {
                PlaceStore::Any(Database::<User>::open(self.databases, address, layout, accounts).await?)
            }
            PlaceConfig::Memory(memory) => PlaceStore::Memory(InMemory.open(memory, layout, accounts).await?),
        })
    }
}

impl Store<User> for PlaceStore {
    type Transaction = PlaceTransaction;

    async fn begin(&self) -> Result<PlaceTransaction, StoreError> {
        Ok(match self {
            Self::Any(store) => PlaceTransaction::Any(Store::<User>::begin(store).await?),
            Self::Memory(memory) => PlaceTransaction::Memory(memory.begin().await?),
        })
    }

    async fn user_by_id(&self, id: Uuid) -> Result<Option<User>, StoreError> {
        either!(self, store => store.user_by_id(id).await)
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        either!(self, store => store.user_by_email(email).await)
    }

    async fn user_unless_ended(
        &self,
        id: Uuid,
        digest: &str,
        issued_at: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        either!(self, store => store.user_unless_ended(id, digest, issued_at).await)
    }

    async fn user_by_access_token(&self, key: &str) -> Result<Option<(User, AccessToken)>, StoreError> {
        either!(self, store => store.user_by_access_token(key).await)
    }

    async fn user_by_oauth_account(
        &self,
        oauth_name: &str,
        account_id: &str,
    ) -> Result<Option<Linked<User>>, StoreError> {
        either!(self, store => store.user_by_oauth_account(oauth_name, account_id).await)
    }

    async fn oauth_accounts_of(&self, user: Uuid) -> Result<Vec<OAuthAccount<Uuid>>, StoreError> {
        either!(self, store => Store::<User>::oauth_accounts_of(store, user).await)
    }

    async fn purge(&self, now: Timestamp, access_tokens_since: Timestamp) -> Result<(), StoreError> {
        either!(self, store => Store::<User>::purge(store, now, access_tokens_since).await)
    }

    async fn check(&self) -> Result<Report, StoreError> {
        either!(self, store => Store::<User>::check(store).await)
    }
}

impl Transaction<User> for PlaceTransaction {
    type Connection = Self;

    fn connection(&mut self) -> Result<&mut Self, StoreError> {
        Ok(self)
    }

    async fn commit(self) -> Result<(), StoreError> {
        either!(self, it => Transaction::<User>::commit(it).await)
    }

    async fn insert_user(&mut self, user: User) -> Result<User, StoreError> {
        either!(self, it => it.insert_user(user).await)
    }

    async fn update_user(
        &mut self,
        id: Uuid,
        changes: &UserChanges<'_, User>,
    ) -> Result<Option<User>, StoreError> {
        either!(self, it => it.update_user(id, changes).await)
    }

    async fn delete_user(&mut self, id: Uuid) -> Result<bool, StoreError> {
        either!(self, it => Transaction::<User>::delete_user(it, id).await)
    }

    async fn insert_access_token(
        &mut self,
        key: &str,
        user: Uuid,
        token: &AccessToken,
        expected: &HashedPassword,
    ) -> Result<bool, StoreError> {
        either!(self, it => Transaction::<User>::insert_access_token(it, key, user, token, expected).await)
    }

    async fn delete_access_token(&mut self, key: &str) -> Result<bool, StoreError> {
        either!(self, it => Transaction::<User>::delete_access_token(it, key).await)
    }

    async fn delete_access_tokens_of(&mut self, user: Uuid, except: Option<&str>) -> Result<(), StoreError> {
        either!(self, it => Transaction::<User>::delete_access_tokens_of(it, user, except).await)
    }

    async fn restamp_access_tokens_of(&mut self, user: Uuid, from: &str, to: &str) -> Result<(), StoreError> {
        either!(self, it => Transaction::<User>::restamp_access_tokens_of(it, user, from, to).await)
    }

    async fn insert_oauth_account(
        &mut self,
        account: OAuthAccount<Uuid>,
    ) -> Result<OAuthAccount<Uuid>, StoreError> {
        either!(self, it => Transaction::<User>::insert_oauth_account(it, account).await)
    }

    async fn update_oauth_account(
        &mut self,
        account: &OAuthAccount<Uuid>,
        expected: Option<&str>,
    ) -> Result<bool, StoreError> {
        either!(self, it => Transaction::<User>::update_oauth_account(it, account, expected).await)
    }

    async fn delete_oauth_account(&mut self, id: Uuid, user: Uuid) -> Result<bool, StoreError> {
        either!(self, it => Transaction::<User>::delete_oauth_account(it, id, user).await)
    }

    async fn oauth_accounts_of(&mut self, user: Uuid) -> Result<Vec<OAuthAccount<Uuid>>, StoreError> {
        either!(self, it => Transaction::<User>::oauth_accounts_of(it, user).await)
    }

    async fn end_token(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        either!(self, it => Transaction::<User>::end_token(it, digest, ended_at, expires_at).await)
    }

    async fn end_tokens_of(
        &mut self,
        user: Uuid,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        either!(self, it => Transaction::<User>::end_tokens_of(it, user, ended_at, expires_at).await)
    }
}
