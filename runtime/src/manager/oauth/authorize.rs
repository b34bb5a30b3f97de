//! The first step: a browser is sent to a provider.

use super::super::{AuthApp, Authenticated, Failure, Manager, ManagerError};
use crate::backend::BackendName;
use crate::error::Refusal;
use crate::event::{Event, EventKind};
use crate::limit::Tried;
use crate::oauth::{Intent, Pages, ProviderConfig, ProviderName};
use crate::user::AuthUser;

/// What a browser is sent to a provider for.
pub(crate) enum Purpose<'a, U> {
    /// To sign in at a backend.
    SignIn(BackendName),
    /// To give an account to the user of a session.
    Associate(&'a Authenticated<U>),
}

impl<U: AuthUser> Purpose<'_, U> {
    pub(super) fn text(&self) -> String {
        match self {
            Self::SignIn(backend) => format!("sign-in:{backend}"),
            Self::Associate(session) => format!("associate:{}", session.user.id()),
        }
    }
}

/// What is asked of the first step.
pub(crate) struct Asked {
    /// In place of the client's own scopes, where there are any.
    pub(crate) scopes: Vec<String>,
    /// Where a browser goes that is led by redirects.
    pub(crate) led: Option<Pages>,
    /// The path that the provider sends the browser back to.
    pub(crate) callback: String,
}

/// Where a browser goes, and what it takes along.
pub(crate) struct Sent {
    pub(crate) authorization_url: String,
    /// What tells this login from the browser's others.
    pub(crate) mark: String,
    /// What only the browser may know: the value of this login's cookie.
    pub(crate) browser: String,
}

impl<A: AuthApp> Manager<A> {
    pub(crate) async fn oauth_authorize(
        &self,
        client: ProviderName,
        purpose: Purpose<'_, A::User>,
        asked: Asked,
    ) -> Result<Sent, ManagerError> {
        self.admit(Tried::OAuthAuthorize).await?;
        if let Purpose::Associate(session) = &purpose {
            let recent = self.require_recent_login(session).await;
            let id = session.user.id();
            let refused = Event::from(EventKind::AccountLinkRefused).to(&id).oauth_provider(client.as_str());
            self.refusal(refused, &recent);
            recent?;
        }
        let (oauth, now) = (self.oauth()?, self.core().settings.now());
        let chosen = self.client(client)?;
        let scopes = scopes(&chosen.provider, asked.scopes)?;
        let intent = Intent { client: chosen.digest(), purpose: purpose.text(), led: asked.led };
        let started = oauth.states.start(intent, now).map_err(Failure::Token)?;
        let redirect_uri = oauth.address(&asked.callback);
        let flow = oauth.flow(&chosen, now);
        let url = flow.authorization_url(&scopes, &redirect_uri, &started.state, &started.proof).await?;
        let event = Event::from(EventKind::OAuthStarted).oauth_provider(client.as_str());
        match &purpose {
            Purpose::SignIn(backend) => self.tell(event.at(backend.as_str())),
            Purpose::Associate(session) => self.tell(event.to(&session.user.id())),
        }
        Ok(Sent { authorization_url: url, mark: started.mark, browser: started.browser })
    }
}

/// The scopes that are asked for: the client's own, or those of the request, if the client allows each.
fn scopes(provider: &ProviderConfig, asked: Vec<String>) -> Result<Vec<String>, ManagerError> {
    let own = || provider.scopes.iter().copied();
    if asked.is_empty() {
        return Ok(own().map(str::to_owned).collect());
    }
    let is_allowed =
        |scope: &String| own().chain(provider.optional_scopes.iter().copied()).any(|known| known == scope);
    if !asked.iter().all(is_allowed) {
        return Err(Refusal::ForbiddenScope.into());
    }
    // Without it, an OpenID provider gives no ID token.
    let openid =
        own().find(|scope| *scope == "openid").filter(|openid| !asked.iter().any(|scope| scope == openid));
    Ok(openid.map(str::to_owned).into_iter().chain(asked).collect())
}
