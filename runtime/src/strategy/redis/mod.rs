//! Random tokens in Redis, which forgets them by itself when they expire.

mod index;
mod record;
mod tokens;

use std::time::Duration;

use self::tokens::Tokens;
use super::{Context, Session, Strategy, StrategyError};
use crate::redis::{HasRedis, RedisConnection};
use crate::settings::{Settings, StartError};
use crate::store::Store;
use crate::user::AuthUser;

/// A random token, whose SHA-256 is the key of a record in Redis; under `compat` the key is the token itself.
///
/// The app says where Redis is: `redis: RedisServer` in `auth_app!`. A strategy that is put in at run time says it itself:
/// [`Redis::on`].
#[derive(Clone, Copy, Debug)]
pub struct Redis {
    /// How long a token lives.
    pub lifetime: Duration,
    /// What each key begins with: `axum-users:`. Apps that share a Redis have each their own.
    pub prefix: &'static str,
    /// What the key of a token begins with under `compat`, FastAPI Users' `key_prefix`: `fastapi_users_token:`.
    pub compat_prefix: &'static str,
}

impl Redis {
    const DEFAULT: Self = Self {
        lifetime: Duration::from_secs(3600),
        prefix: "axum-users:",
        compat_prefix: "fastapi_users_token:",
    };

    /// The same strategy with a connection of its own, for an app that learns at run time whether there is a Redis.
    #[must_use]
    pub fn on(self, connection: RedisConnection) -> ConnectedRedis {
        ConnectedRedis { strategy: self, connection }
    }

    fn tokens<'a, S>(&'a self, redis: &'a RedisConnection, context: &'a Context<'a, S>) -> Tokens<'a, S> {
        Tokens { strategy: self, redis, context }
    }
}

impl Default for Redis {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `Redis` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const Redis: Redis = Redis::DEFAULT;

impl<U: AuthUser, S: Store<U> + HasRedis> Strategy<U, S> for Redis {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.lifetime)
    }

    async fn read(&self, token: &str, context: &Context<'_, S>) -> Result<Option<Session<U>>, StrategyError> {
        self.tokens(context.store.redis(), context).read(token).await
    }

    async fn write(&self, user: &U, context: &Context<'_, S>) -> Result<String, StrategyError> {
        self.tokens(context.store.redis(), context).write(user).await
    }

    async fn destroy(&self, token: &str, user: &U, context: &Context<'_, S>) -> Result<(), StrategyError> {
        self.tokens(context.store.redis(), context).destroy(token, user).await
    }

    async fn destroy_all(
        &self,
        user: &U,
        except: Option<&str>,
        context: &Context<'_, S>,
    ) -> Result<(), StrategyError> {
        self.tokens(context.store.redis(), context).destroy_all(user, except).await
    }
}

/// [`Redis`] with a connection of its own; any app may have it.
#[derive(Clone, Debug)]
pub struct ConnectedRedis {
    strategy: Redis,
    connection: RedisConnection,
}

#[diagnostic::do_not_recommend]
impl<U: AuthUser, S: Store<U>> Strategy<U, S> for ConnectedRedis {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.strategy.lifetime)
    }

    async fn read(&self, token: &str, context: &Context<'_, S>) -> Result<Option<Session<U>>, StrategyError> {
        self.strategy.tokens(&self.connection, context).read(token).await
    }

    async fn write(&self, user: &U, context: &Context<'_, S>) -> Result<String, StrategyError> {
        self.strategy.tokens(&self.connection, context).write(user).await
    }

    async fn destroy(&self, token: &str, user: &U, context: &Context<'_, S>) -> Result<(), StrategyError> {
        self.strategy.tokens(&self.connection, context).destroy(token, user).await
    }

    async fn destroy_all(
        &self,
        user: &U,
        except: Option<&str>,
        context: &Context<'_, S>,
    ) -> Result<(), StrategyError> {
        self.strategy.tokens(&self.connection, context).destroy_all(user, except).await
    }
}
