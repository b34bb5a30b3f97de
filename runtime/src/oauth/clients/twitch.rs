//! Twitch.

use super::macros::client;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::user::Profile;

client! {
    /// Twitch. It vouches for an address where it says `email_verified`.
    Twitch, scopes: ["openid", "user:read:email"], account_linking {
        /// Where it is.
        issuer: "https://id.twitch.tv/oauth2",
    }
}

/// What the ID token is to say of the user, which is nothing unless it is asked for.
const CLAIMS: &str =
    r#"{"id_token":{"email":null,"email_verified":null,"picture":null,"preferred_username":null}}"#;

impl OAuthProvider for Twitch {
    fn provider(&self) -> ProviderConfig {
        let provider = self.set_up(ProviderConfig::discovered(&*self.issuer));
        provider.parameters(vec![("claims", CLAIMS.to_owned())])
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        session.openid_profile().await
    }

    /// Twitch does not publish the address for it.
    async fn revoke(&self, session: &ProviderSession<'_>) -> Result<(), OAuthError> {
        let form = [("client_id", session.client_id()), ("token", session.access_token())];
        session.post_form(&format!("{}/revoke", self.issuer), &[], &form).await
    }
}
