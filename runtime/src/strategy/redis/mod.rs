//! Random tokens in Redis, which forgets them by itself when they expire.

mod index;
mod options;
mod record;
mod tokens;

pub use self::options::RedisSession;

use self::tokens::Tokens;
use super::{Authentication, Context, Grant, Issued, Revoke, Strategy, StrategyError, Work};
use crate::redis::{HasRedis, RedisConnection};
use crate::settings::{Settings, StartError};
use crate::store::Store;

impl RedisSession {
    /// Gives the strategy its own connection, for an app that learns at run time whether it has a Redis.
    #[must_use]
    pub fn with_connection(self, connection: RedisConnection) -> ConnectedRedisSession {
        ConnectedRedisSession { strategy: self, connection }
    }

    fn tokens<'a, S>(&'a self, redis: &'a RedisConnection, context: &'a Context<'a, S>) -> Tokens<'a, S> {
        Tokens { strategy: self, redis, context }
    }
}

impl<S: Store + HasRedis> Strategy<S> for RedisSession {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.lifetime)
    }

    async fn authenticate(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        self.tokens(context.store.redis(), context).authenticate(token).await
    }

    async fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        self.tokens(context.store.redis(), context).issue(grant, work).await
    }

    async fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        self.tokens(context.store.redis(), context).revoke(which, work).await
    }
}

/// [`RedisSession`] with a connection of its own; any app may have it.
#[derive(Clone, Debug)]
pub struct ConnectedRedisSession {
    strategy: RedisSession,
    connection: RedisConnection,
}

#[diagnostic::do_not_recommend]
impl<S: Store> Strategy<S> for ConnectedRedisSession {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.strategy.lifetime)
    }

    async fn authenticate(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        self.strategy.tokens(&self.connection, context).authenticate(token).await
    }

    async fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        self.strategy.tokens(&self.connection, context).issue(grant, work).await
    }

    async fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        self.strategy.tokens(&self.connection, context).revoke(which, work).await
    }
}
