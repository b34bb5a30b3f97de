//! The store of whichever database it is.

use std::sync::Arc;

#[cfg(feature = "mysql")]
use super::super::mysql::MysqlStore;
#[cfg(feature = "postgres")]
use super::super::postgres::PostgresStore;
#[cfg(feature = "sqlite")]
use super::super::sqlite::SqliteStore;
use super::rows::AnyRow;
use super::transaction::{AnyConnection, AnyTransaction, Transactions};
use crate::clock::Timestamp;
use crate::limit::{Counters, KnownClients};
use crate::secret::HashedPassword;
use crate::store::{AccessToken, Issued, Linked, Report, Store, StoreError, StoredAccount};
use crate::token::Generation;
use crate::user::{OAuthAccount, TypedEmail};

/// Users and tokens in the database that the address named.
#[derive(Clone, Debug)]
pub struct AnyStore(pub(super) Stores);

#[derive(Clone, Debug)]
pub(super) enum Stores {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteStore),
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
    #[cfg(feature = "mysql")]
    Mysql(MysqlStore),
}

impl<U: AnyRow> Store<U> for AnyStore {
    type Transaction = AnyTransaction;

    async fn begin(&self) -> Result<AnyTransaction, StoreError> {
        let transaction = match &self.0 {
            #[cfg(feature = "sqlite")]
            Stores::Sqlite(store) => Transactions::Sqlite(store.write().await?),
            #[cfg(feature = "postgres")]
            Stores::Postgres(store) => Transactions::Postgres(store.write().await?),
            #[cfg(feature = "mysql")]
            Stores::Mysql(store) => Transactions::Mysql(store.write().await?),
        };
        Ok(AnyTransaction(AnyConnection(transaction)))
    }

    async fn user_by_id(&self, id: U::Id) -> Result<Option<U>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_id(store, id).await)
    }

    async fn password_hashes(&self, most: u32) -> Result<Vec<HashedPassword>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::password_hashes(store, most).await)
    }

    async fn user_by_email(&self, email: &TypedEmail) -> Result<Option<U>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_email(store, email).await)
    }

    async fn user_unless_ended(
        &self,
        id: U::Id,
        digest: &str,
        issued: Issued,
    ) -> Result<Option<U>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_unless_ended(store, id, digest, issued).await)
    }

    async fn user_and_generation(&self, id: U::Id) -> Result<Option<(U, Generation)>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_and_generation(store, id).await)
    }

    async fn active_superusers(&self) -> Result<Vec<U::Id>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::active_superusers(store).await)
    }

    async fn user_by_access_token(&self, key: &str) -> Result<Option<(U, AccessToken)>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_access_token(store, key).await)
    }

    async fn user_by_oauth_account(
        &self,
        oauth_name: &str,
        account_id: &str,
    ) -> Result<Option<Linked<U>>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_oauth_account(store, oauth_name, account_id).await)
    }

    async fn oauth_accounts_of(&self, user: U::Id) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::oauth_accounts_of(store, user).await)
    }

    async fn stored_oauth_account(
        &self,
        id: U::Id,
        user: U::Id,
    ) -> Result<Option<StoredAccount<U::Id>>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::stored_oauth_account(store, id, user).await)
    }

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        each!(Stores: &self.0, store => Store::<U>::counters(store))
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        each!(Stores: &self.0, store => Store::<U>::known_clients(store))
    }

    async fn purge(&self, now: Timestamp, access_tokens_since: Timestamp) -> Result<(), StoreError> {
        each!(Stores: &self.0, store => Store::<U>::purge(store, now, access_tokens_since).await)
    }

    async fn check(&self) -> Result<Report, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::check(store).await)
    }
}
