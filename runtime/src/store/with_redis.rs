//! A store with a Redis beside it, for strategies that keep their tokens there.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::limit::{Counters, KnownClients, RedisCounters};
use crate::redis::{HasRedis, KEEPS_ALL, RedisAddress, RedisConnection, RedisError, RedisOptions};
use crate::secret::HashedPassword;
use crate::store::{
    Accounts, Database, Finding, IdOf, Issuance, Linked, Revocations, SchemaReport, Sessions, Storage, Store,
    StoreError, StoredAccount, StoredSession, Tables, Users,
};
use crate::token::Generation;
use crate::user::{AuthUser, OAuthAccount, TypedEmail};

/// A database with a Redis beside it: what `redis:` in `auth_app!` makes of `database:`.
#[derive(Clone, Debug)]
pub struct WithRedis<D> {
    database: D,
    redis: RedisOptions,
}

impl<D> WithRedis<D> {
    /// `database` and `redis`.
    pub fn new(database: D, redis: RedisOptions) -> Self {
        Self { database, redis }
    }
}

#[diagnostic::do_not_recommend]
impl<U: AuthUser, D: Database<U>> Database<U> for WithRedis<D> {
    type Config = (D::Config, RedisAddress);
    type Store = WithRedisStore<D::Store>;

    async fn open(
        self,
        config: Self::Config,
        compat: Compat,
        tables: Tables,
    ) -> Result<Self::Store, StoreError> {
        let (database, redis) = config;
        // Redis remembers them.
        let tables = tables.without(Tables::KNOWN_CLIENTS);
        let store = self.database.open(database, compat, tables).await?;
        let redis = self.redis.connect(redis).await?;
        Ok(WithRedisStore { store, redis })
    }
}

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        match error {
            RedisError::Address(_) => Self::Failed(error.into()),
            RedisError::Unavailable(_) => Self::Unavailable(error.into()),
        }
    }
}

/// Redis removes keys by this policy when its memory is full, and sessions with them.
fn evicts(policy: &str) -> Option<Finding> {
    (policy != KEEPS_ALL).then(|| {
        Finding::warning(format!(
            "Redis evicts keys by the policy `{policy}` when its memory is full, and sessions and limits with them: set \
             `maxmemory-policy {KEEPS_ALL}`"
        ))
    })
}

/// A store with a Redis beside it. Users are in the store alone.
#[derive(Clone, Debug)]
pub struct WithRedisStore<S> {
    store: S,
    redis: RedisConnection,
}

impl<S> HasRedis for WithRedisStore<S> {
    fn redis(&self) -> &RedisConnection {
        &self.redis
    }
}

impl<S: Storage> Storage for WithRedisStore<S> {
    type User = S::User;
}

/// What reads has the store do it.
macro_rules! reads {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<S: $capability + Sync> $capability for WithRedisStore<S> {
            $(async fn $method(&self, $($argument: $type),*) -> Result<$returned, StoreError> {
                self.store.$method($($argument),*).await
            })*
        }
    };
}

__each_reading! { reads () }

impl<S: Store> Store for WithRedisStore<S> {
    type Transaction = S::Transaction;

    async fn begin(&self) -> Result<Self::Transaction, StoreError> {
        self.store.begin().await
    }

    async fn begin_single(&self) -> Result<Self::Transaction, StoreError> {
        self.store.begin_single().await
    }

    fn keeps(&self) -> Tables {
        self.store.keeps().with(Tables::KNOWN_CLIENTS)
    }

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        // Where an app wants them in the database, they are there.
        self.store.counters().or_else(|| Some(Arc::new(RedisCounters::new(self.redis.clone()))))
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        Some(Arc::new(RedisCounters::new(self.redis.clone())))
    }

    async fn purge(&self, expired: Timestamp, sessions_since: Timestamp) -> Result<(), StoreError> {
        self.store.purge(expired, sessions_since).await
    }

    async fn check(&self) -> Result<SchemaReport, StoreError> {
        let mut report = self.store.check().await?;
        match self.redis.eviction_policy().await {
            Ok(policy) => report.extend(policy.as_deref().and_then(evicts)),
            // An access list may forbid the question. Nothing depends on the answer.
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(error, "Redis does not say by which policy it evicts keys");
            }
        }
        Ok(report)
    }
}
