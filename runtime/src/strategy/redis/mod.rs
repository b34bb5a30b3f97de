//! Random tokens in Redis, which forgets them by itself when they expire.

mod index;
mod options;
mod record;
mod tokens;

pub use self::options::Redis;

use self::tokens::Tokens;
use super::{Context, Session, Strategy, StrategyError};
use crate::redis::{HasRedis, RedisConnection};
use crate::settings::{Settings, StartError};
use crate::store::Store;
use crate::user::AuthUser;

impl Redis {
    /// Gives the strategy its own connection, for an app that learns at run time whether it has a Redis.
    #[must_use]
    pub fn on(self, connection: RedisConnection) -> ConnectedRedis {
        ConnectedRedis { strategy: self, connection }
    }

    fn tokens<'a, S>(&'a self, redis: &'a RedisConnection, context: &'a Context<'a, S>) -> Tokens<'a, S> {
        Tokens { strategy: self, redis, context }
    }
}

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
