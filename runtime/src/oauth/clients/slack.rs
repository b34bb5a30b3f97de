//! Slack.

use serde_json::Value;

use super::macros::client;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::user::Profile;

client! {
    /// Slack. Whoever runs a workspace writes its members' addresses, anybody's among them, so it vouches for none.
    ///
    /// An account's id is the workspace's, a slash, and the member's, which is not Slack's alone.
    Slack, scopes: ["openid", "profile", "email"], {
        /// Where it is.
        issuer: "https://slack.com",
    }
}

/// The claim that holds the workspace's id.
const TEAM: &str = "https://slack.com/team_id";

impl OAuthProvider for Slack {
    fn provider(&self) -> ProviderConfig {
        let provider = self.set_up(ProviderConfig::discovered(&*self.issuer));
        // A code verifier beside a client secret is refused. The nonce stands in for the proof.
        provider.pkce(false)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let team = session.id_token()?.get(TEAM).and_then(Value::as_str).filter(|team| !team.is_empty());
        let team = team.ok_or_else(|| OAuthError::Failed("an ID token without a workspace".to_owned()))?;
        let profile = session.openid_profile().await?;
        let account_id = format!("{team}/{}", profile.account_id);
        Ok(Profile { account_id, email_verified: false, ..profile })
    }
}
