//! Any OpenID provider, by discovery.

use serde_json::Value;

use super::macros::client;
use crate::oauth::oidc::TENANT;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::user::Profile;

client! {
    /// Any OpenID provider (OpenID Connect Core 1.0): `Oidc::new("https://id.example")`.
    ///
    /// An email counts as verified where the provider says `email_verified`.
    ///
    /// Where the issuer differs from the URL of the metadata by design, both are set:
    ///
    /// | provider | `issuer` | `discovery_url` |
    /// | --- | --- | --- |
    /// | Microsoft Entra, several tenants | `https://login.microsoftonline.com/{tenantid}/v2.0`, as it is | `https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration` |
    /// | Azure AD B2C | `https://camelot.b2clogin.com/` and the tenant's id, `/v2.0/` | `https://camelot.b2clogin.com/camelot.onmicrosoft.com/B2C_1_login/v2.0/.well-known/openid-configuration` |
    ///
    /// With `{tenantid}`, an account's id is the tenant's id, a slash, and `sub`, and no email counts as
    /// verified: the administrators of a tenant write its users' emails.
    Oidc {
        /// The provider's issuer, as it writes it itself.
        issuer,
    }, scopes: ["openid", "email"], account_linking {
        /// The URL of its metadata, where that is not `{issuer}/.well-known/openid-configuration`.
        discovery_url: "",
    } parameters {
        /// What the user is asked: `login`, `consent` or `select_account`. The scope `offline_access`, for a token that
        /// renews the other, takes `consent`.
        prompt,
    }
}

impl OAuthProvider for Oidc {
    fn provider(&self) -> ProviderConfig {
        let provider = match &*self.discovery_url {
            "" => ProviderConfig::discovered(&*self.issuer),
            url => ProviderConfig::discovered_at(&*self.issuer, url),
        };
        self.set_up(provider).parameters(self.parameters())
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let profile = session.openid_profile().await?;
        if !self.issuer.contains(TENANT) {
            return Ok(profile);
        }
        let tenant = session.id_token()?.get("tid").and_then(Value::as_str);
        let tenant = tenant.ok_or_else(|| OAuthError::IdToken("it names no tenant".to_owned()))?;
        let account_id = format!("{tenant}/{}", profile.account_id);
        Ok(Profile { account_id, email_verified: false, ..profile })
    }
}
