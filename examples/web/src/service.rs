//! Another service that users may sign in with: any OpenID provider.

use std::fmt;

use axum::Router;
use axum_users::app::{Builder, ProviderName};
use axum_users::prelude::*;

use crate::{Site, Web};

const OIDC: ProviderName = ProviderName::new("oidc");

/// Where a browser goes to sign in with it.
pub(crate) const SIGN_IN: &str = "/auth/oidc/authorize?next=/account&on_error=/sign-in";

/// Where one goes whose user wants to sign in with it from now on, too.
pub(crate) const LINK: &str =
    "/auth/associate/oidc/authorize?next=/account%3Fnotice%3Dlinked&on_error=/account";

/// An OpenID provider, and the app's keys there.
#[derive(Clone)]
pub struct Service {
    issuer: String,
    keys: OAuthCredentials,
    config: OAuthConfig,
}

impl Service {
    /// The provider that is called `issuer`.
    pub fn new(issuer: impl Into<String>, keys: OAuthCredentials, config: OAuthConfig) -> Self {
        Self { issuer: issuer.into(), keys, config }
    }

    /// What users know it by: where it is.
    pub(crate) fn name(&self) -> &str {
        let address = self.issuer.split_once("://").map_or(&*self.issuer, |(_, address)| address);
        address.split('/').next().unwrap_or(address)
    }

    pub(crate) fn add_to(&self, setup: Builder<Web>) -> Builder<Web> {
        let client = Oidc::new(self.issuer.clone()).account_linking(AccountLinking::VerifiedEmail);
        let client = client.with_credentials(self.keys.clone());
        setup.oauth(self.config.clone()).oauth_provider(OIDC, client, [Web::COOKIE])
    }

    /// Where browsers set out to it, and come back.
    pub(crate) fn routes(site: &Site) -> Router<Site> {
        let routes = Router::new()
            .nest("/auth/oidc", site.web.oauth_routes(OIDC, Web::COOKIE, Access::Active))
            .nest("/auth/associate/oidc", site.web.oauth_associate_routes(OIDC, Access::Active));
        if site.service.is_some() { routes } else { Router::new() }
    }
}

/// Without the keys.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a sign-in with it failed, in words for its user.
pub(crate) fn failure(code: &str) -> &'static str {
    match code {
        "OAUTH_REFUSED" => "You did not sign in there.",
        "OAUTH_USER_ALREADY_EXISTS" => {
            "There is an account with your address. Sign in with its password, and link the other one then."
        }
        "OAUTH_ACCOUNT_ALREADY_LINKED" => "That account is linked to another user.",
        "REAUTHENTICATION_REQUIRED" => {
            "You signed in a while ago. Sign out and in again, then link the account."
        }
        "OAUTH_NOT_AVAILABLE_EMAIL" => "We need an address, and you have none there.",
        // It says the same whether or not there is a user with that email.
        "LOGIN_BAD_CREDENTIALS" => {
            "That account can't sign in here. If its email is not verified there, sign up with it here first."
        }
        "OAUTH_INVALID_STATE" | "ACCESS_TOKEN_DECODE_ERROR" | "ACCESS_TOKEN_ALREADY_EXPIRED" => {
            "That took too long, or was begun in another browser. Try it once more."
        }
        "OAUTH_PROVIDER_FAILED" | "OAUTH_INVALID_ID_TOKEN" => {
            "The other service does not answer as it should."
        }
        _ => "That did not work. Try it once more.",
    }
}
