//! A function of the request as a strategy: FastAPI Users' `get_strategy` as a callable dependency.
//!
//! It is called anew for every request, and its strategy is prepared then: keys that take long to read are better made before.

use super::{Authentication, Context, Grant, Issued, Revoke, SessionClaims, Strategy, StrategyError, Work};
use crate::actor::RequestInfo;
use crate::store::Store;

/// Returns what `choose` makes of this request, ready for use.
fn chosen<S: Store, T: Strategy<S>>(
    choose: &impl Fn(&RequestInfo) -> T,
    context: &Context<'_, S>,
) -> Result<T, StrategyError> {
    let mut strategy = choose(context.request());
    strategy.prepare(context.settings).map_err(StrategyError::Settings)?;
    Ok(strategy)
}

impl<S, F, T> Strategy<S> for F
where
    S: Store,
    F: Fn(&RequestInfo) -> T + Send + Sync + 'static,
    T: Strategy<S>,
{
    async fn authenticate(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        chosen(self, context)?.authenticate(token, context).await
    }

    async fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        chosen(self, context)?.issue(grant, context, work).await
    }

    async fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        chosen(self, context)?.revoke(which, context, work).await
    }

    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        chosen(self, context).ok()?.claims(token, context)
    }

    /// No request says it for all.
    fn has_claims(&self) -> bool {
        true
    }
}
