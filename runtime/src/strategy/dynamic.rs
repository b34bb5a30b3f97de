//! A strategy behind a pointer, so that an app's backends make a list.

use std::future::Future;
use std::pin::Pin;

use super::{Context, Session, SessionClaims, Strategy, StrategyError};
use crate::settings::{Settings, StartError};
use crate::store::Store;
use crate::user::AuthUser;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StrategyError>> + Send + 'a>>;

/// [`Strategy`] with boxed futures.
pub(crate) trait DynStrategy<U, S>: Send + Sync {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError>;
    fn read<'a>(&'a self, token: &'a str, context: &'a Context<'a, S>) -> Answer<'a, Option<Session<U>>>;
    fn write<'a>(&'a self, user: &'a U, context: &'a Context<'a, S>) -> Answer<'a, String>;
    fn destroy<'a>(&'a self, token: &'a str, user: &'a U, context: &'a Context<'a, S>) -> Answer<'a, ()>;
    fn destroy_all<'a>(
        &'a self,
        user: &'a U,
        except: Option<&'a str>,
        context: &'a Context<'a, S>,
    ) -> Answer<'a, ()>;
    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims>;
    #[cfg(feature = "openapi")]
    fn has_claims(&self) -> bool;
}

impl<U: AuthUser, S: Store<U>, T: Strategy<U, S>> DynStrategy<U, S> for T {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        Strategy::prepare(self, settings)
    }

    fn read<'a>(&'a self, token: &'a str, context: &'a Context<'a, S>) -> Answer<'a, Option<Session<U>>> {
        Box::pin(Strategy::read(self, token, context))
    }

    fn write<'a>(&'a self, user: &'a U, context: &'a Context<'a, S>) -> Answer<'a, String> {
        Box::pin(Strategy::write(self, user, context))
    }

    fn destroy<'a>(&'a self, token: &'a str, user: &'a U, context: &'a Context<'a, S>) -> Answer<'a, ()> {
        Box::pin(Strategy::destroy(self, token, user, context))
    }

    fn destroy_all<'a>(
        &'a self,
        user: &'a U,
        except: Option<&'a str>,
        context: &'a Context<'a, S>,
    ) -> Answer<'a, ()> {
        Box::pin(Strategy::destroy_all(self, user, except, context))
    }

    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        Strategy::claims(self, token, context)
    }

    #[cfg(feature = "openapi")]
    fn has_claims(&self) -> bool {
        Strategy::has_claims(self)
    }
}
