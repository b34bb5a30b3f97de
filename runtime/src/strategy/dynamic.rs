//! A strategy behind a pointer, so that an app's backends make a list.

use std::future::Future;
use std::pin::Pin;

use super::{Authentication, Context, Grant, Issued, Revoke, SessionClaims, Strategy, StrategyError, Work};
use crate::settings::{Settings, StartError};
use crate::store::Store;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StrategyError>> + Send + 'a>>;

/// [`Strategy`] with boxed futures.
pub(crate) trait DynStrategy<S: Store>: Send + Sync {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError>;
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
        context: &'a Context<'a, S>,
    ) -> Answer<'a, Authentication<S::User>>;
    fn issue<'a, 'w: 'a>(
        &'a self,
        grant: &'a Grant<'a, S::User>,
        context: &'a Context<'a, S>,
        work: &'a mut Work<'w, S>,
    ) -> Answer<'a, Issued>;
    fn revoke<'a, 'w: 'a>(
        &'a self,
        which: Revoke<'a, S::User>,
        context: &'a Context<'a, S>,
        work: &'a mut Work<'w, S>,
    ) -> Answer<'a, ()>;
    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims>;
    #[cfg(feature = "openapi")]
    fn has_claims(&self) -> bool;
}

impl<S: Store, T: Strategy<S>> DynStrategy<S> for T {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        Strategy::prepare(self, settings)
    }

    fn authenticate<'a>(
        &'a self,
        token: &'a str,
        context: &'a Context<'a, S>,
    ) -> Answer<'a, Authentication<S::User>> {
        Box::pin(Strategy::authenticate(self, token, context))
    }

    fn issue<'a, 'w: 'a>(
        &'a self,
        grant: &'a Grant<'a, S::User>,
        context: &'a Context<'a, S>,
        work: &'a mut Work<'w, S>,
    ) -> Answer<'a, Issued> {
        Box::pin(Strategy::issue(self, grant, context, work))
    }

    fn revoke<'a, 'w: 'a>(
        &'a self,
        which: Revoke<'a, S::User>,
        context: &'a Context<'a, S>,
        work: &'a mut Work<'w, S>,
    ) -> Answer<'a, ()> {
        Box::pin(Strategy::revoke(self, which, context, work))
    }

    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        Strategy::claims(self, token, context)
    }

    #[cfg(feature = "openapi")]
    fn has_claims(&self) -> bool {
        Strategy::has_claims(self)
    }
}
