//! The second step: a browser comes back from a provider, with a state of ours and the provider's answer.

use super::super::{AuthApp, Manager, ManagerError};
use super::Found;
use super::authorize::Purpose;
use crate::event::{Event, EventKind};
use crate::limit::Tried;
use crate::oauth::{Callback, OAuthError, ProviderName, StateError, StateRead};
use crate::store::RevocationWrites as _;

/// What a browser comes back with.
pub(crate) struct Returned {
    pub(crate) state: String,
    pub(crate) code: Option<String>,
    /// Why there is no code.
    pub(crate) error: Option<String>,
    /// Who the answer says it is from.
    pub(crate) issuer: Option<String>,
    /// What was posted of the user.
    pub(crate) user: Option<String>,
    /// The value of the login's cookie.
    pub(crate) browser: Option<String>,
    /// The path that it came back to.
    pub(crate) callback: String,
}

impl<A: AuthApp> Manager<A> {
    /// Reads the state that a browser comes back with: ours, whoever sent it. `refused` is what is told where it is none.
    pub(crate) fn oauth_state(
        &self,
        refused: EventKind,
        client: ProviderName,
        returned: &Returned,
    ) -> Result<StateRead, ManagerError> {
        let state = self.oauth()?.states.read(&returned.state).map_err(ManagerError::from);
        // The limit of callbacks counts states that can be read.
        self.unlimited_refusal(Event::from(refused).oauth_provider(client.as_str()), &state);
        state
    }

    /// Who has come back. The state is checked and used up first: of many at once, one goes on, and nothing is asked of
    /// the provider for the others.
    pub(super) async fn oauth_found(
        &self,
        client: ProviderName,
        purpose: Purpose<'_, A::User>,
        state: &StateRead,
        returned: &Returned,
    ) -> Result<Found, ManagerError> {
        self.admit(Tried::OAuthCallback).await?;
        let (oauth, now) = (self.oauth()?, self.core().settings.now());
        let chosen = self.client(client)?;
        let browser = returned.browser.as_deref();
        let proof = state.check(&returned.state, browser, &chosen.digest(), &purpose.text(), now)?;
        let mut work = self.single_work();
        let spent = &state.spent;
        if !work.only().await?.end_token(&spent.digest, now, spent.expires_at).await? {
            return Err(StateError::Foreign.into());
        }
        work.commit().await?;
        let code = match (&returned.code, &returned.error) {
            (Some(code), None) => code,
            (_, Some(error)) => return Err(OAuthError::refused(error).into()),
            (None, None) => return Err(OAuthError::refused("no_code").into()),
        };
        let callback = Callback { code, issuer: returned.issuer.as_deref(), user: returned.user.as_deref() };
        let redirect_uri = oauth.address(&returned.callback);
        let (profile, tokens) = oauth.flow(&chosen, now).finish(&callback, &redirect_uri, &proof).await?;
        let account_linking = chosen.provider.account_linking;
        Ok(Found { oauth_name: chosen.oauth_name(), profile, tokens, account_linking })
    }
}
