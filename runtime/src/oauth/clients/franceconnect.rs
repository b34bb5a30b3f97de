//! FranceConnect.

use super::macros::client;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::user::Profile;

client! {
    /// FranceConnect, version 2. Addresses are what the user told the identity provider, so it vouches for none.
    FranceConnect, scopes: ["openid", "email"], {
        /// Where it is: [`FranceConnect::PRODUCTION`], or [`FranceConnect::INTEGRATION`].
        issuer: FranceConnect::PRODUCTION,
        /// How sure of the user it has to be (eIDAS).
        acr_values: "eidas1",
    }
}

impl FranceConnect {
    /// Where everybody signs in.
    pub const PRODUCTION: &str = "https://oidc.franceconnect.gouv.fr/api/v2";
    /// Where apps are tried out.
    pub const INTEGRATION: &str = "https://fcp-low.integ01.dev-franceconnect.fr/api/v2";
}

impl OAuthProvider for FranceConnect {
    fn provider(&self) -> ProviderConfig {
        let provider = self.set_up(ProviderConfig::discovered(&*self.issuer));
        // A request with a parameter that it does not know is refused. The nonce stands in for the proof.
        provider.parameters(vec![("acr_values", self.acr_values.to_string())]).pkce(false)
    }

    /// The address comes from the userinfo endpoint, which signs its answer.
    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        Ok(Profile { email_verified: false, ..session.openid_profile().await? })
    }
}
