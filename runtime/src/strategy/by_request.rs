//! A function of the request as a strategy: FastAPI Users' `get_strategy` as a callable dependency.
//!
//! It is asked and prepared anew for every request: keys that take long to read are better made before.

use super::{Context, Session, SessionClaims, Strategy, StrategyError};
use crate::actor::RequestInfo;
use crate::store::Store;
use crate::user::AuthUser;

/// What `choose` makes of this request, ready for use.
fn chosen<U: AuthUser, S: Store<U>, T: Strategy<U, S>>(
    choose: &impl Fn(&RequestInfo) -> T,
    context: &Context<'_, S>,
) -> Result<T, StrategyError> {
    let mut strategy = choose(context.request());
    strategy.prepare(context.settings).map_err(StrategyError::Settings)?;
    Ok(strategy)
}

impl<U, S, F, T> Strategy<U, S> for F
where
    U: AuthUser,
    S: Store<U>,
    F: Fn(&RequestInfo) -> T + Send + Sync + 'static,
    T: Strategy<U, S>,
{
    async fn read(&self, token: &str, context: &Context<'_, S>) -> Result<Option<Session<U>>, StrategyError> {
        chosen(self, context)?.read(token, context).await
    }

    async fn write(&self, user: &U, context: &Context<'_, S>) -> Result<String, StrategyError> {
        chosen(self, context)?.write(user, context).await
    }

    async fn destroy(&self, token: &str, user: &U, context: &Context<'_, S>) -> Result<(), StrategyError> {
        chosen(self, context)?.destroy(token, user, context).await
    }

    async fn destroy_all(
        &self,
        user: &U,
        except: Option<&str>,
        context: &Context<'_, S>,
    ) -> Result<(), StrategyError> {
        chosen(self, context)?.destroy_all(user, except, context).await
    }

    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        chosen(self, context).ok()?.claims(token, context)
    }

    /// No request says it for all.
    fn has_claims(&self) -> bool {
        true
    }
}
