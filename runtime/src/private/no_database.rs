//! The database of an app whose `database:` has a mistake, so that nothing else fails in its wake. It never opens a store.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::secret::HashedPassword;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use crate::store::diesel::DatabaseUrl;
use crate::store::{
    AccountWrites, Accounts, Database, IdOf, Issuance, Linked, NewSession, RevocationWrites, Revocations,
    SessionKey, SessionWrites, Sessions, Storage, Store, StoreError, StoredAccount, StoredSession, Tables,
    TokenExpiry, Transaction, UserWrites, Users,
};
use crate::token::Generation;
use crate::user::{AuthUser, OAuthAccount, TypedEmail, UserChanges};

/// Stands for a database.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDatabase;

impl<U: AuthUser> Database<U> for NoDatabase {
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    type Config = DatabaseUrl;
    #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
    type Config = String;
    type Store = NoStore<U>;

    async fn open(self, _: Self::Config, _: Compat, _: Tables) -> Result<NoStore<U>, StoreError> {
        unreachable!("the program has a mistake, which the macro has reported")
    }
}

/// A store that can't be made, and a transaction in it.
pub struct NoStore<U> {
    never: Infallible,
    user: PhantomData<fn() -> U>,
}

impl<U> Clone for NoStore<U> {
    fn clone(&self) -> Self {
        match self.never {}
    }
}

impl<U> fmt::Debug for NoStore<U> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.never {}
    }
}

impl<U: AuthUser> Storage for NoStore<U> {
    type User = U;
}

macro_rules! reads {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<U: AuthUser> $capability for NoStore<U> {
            $(async fn $method(&self, $(_: $type),*) -> Result<$returned, StoreError> {
                match self.never {}
            })*
        }
    };
}

macro_rules! writes {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<U: AuthUser> $capability for NoStore<U> {
            $(async fn $method(&mut self, $(_: $type),*) -> Result<$returned, StoreError> {
                match self.never {}
            })*
        }
    };
}

__each_reading! { reads () }
__each_writing! { writes () }

impl<U: AuthUser> Store for NoStore<U> {
    type Transaction = Self;

    async fn begin(&self) -> Result<Self, StoreError> {
        match self.never {}
    }

    fn keeps(&self) -> Tables {
        match self.never {}
    }

    async fn purge(&self, _: Timestamp, _: Timestamp) -> Result<(), StoreError> {
        match self.never {}
    }
}

impl<U: AuthUser> Transaction for NoStore<U> {
    type Connection = ();

    fn connection(&mut self) -> Result<&mut (), StoreError> {
        match self.never {}
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self.never {}
    }
}
