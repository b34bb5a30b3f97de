//! Apple.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

use super::macros::client;
use crate::clock::Timestamp;
use crate::oauth::{OAuthCredentials, OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::token::install_provider;
use crate::user::Profile;

client! {
    /// Apple: `Apple::new(team_id, key_id)`.
    ///
    /// The client secret is the PEM-encoded private key from a `.p8` file. It is validated when the app starts. All
    /// emails that Apple returns count as verified; many are private relay addresses. Apple sends the name only at the
    /// first login, next to the authorization code, and the user may have entered any text as the name.
    Apple {
        /// The id of the developer team.
        team_id,
        /// The id of the key.
        key_id,
    }, scopes: ["openid", "name", "email"], account_linking {
        /// Where it is.
        issuer: "https://appleid.apple.com",
    }
}

/// How long a signed secret is good for: one request, and a clock that is slow.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// What the signed secret says.
#[derive(Serialize)]
struct Secret<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
    aud: &'a str,
    sub: &'a str,
}

/// What the browser posts at the first sign-in.
#[derive(Deserialize)]
struct PostedUser {
    name: PostedName,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostedName {
    first_name: Option<String>,
    last_name: Option<String>,
}

impl OAuthProvider for Apple {
    fn provider(&self) -> ProviderConfig {
        let provider = self.set_up(ProviderConfig::discovered(&*self.issuer));
        // Apple asks for this as soon as there is a scope.
        let parameters = vec![("response_mode", "form_post".to_owned())];
        provider.parameters(parameters).form_post(true)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let profile = session.openid_profile().await?;
        Ok(Profile { name: session.posted_user().and_then(posted_name), ..profile })
    }

    /// A JWT that the private key signs.
    fn client_secret(&self, keys: &OAuthCredentials, now: Timestamp) -> Result<String, OAuthError> {
        let unusable = |what: &str| OAuthError::Setting(what.to_owned());
        if self.team_id.is_empty() || self.key_id.is_empty() {
            return Err(unusable("Apple has to be told `team_id` and `key_id`"));
        }
        install_provider();
        let key = EncodingKey::from_ec_pem(keys.expose().as_bytes())
            .map_err(|_| unusable("the secret for Apple is no key in PEM"))?;
        let header = Header { kid: Some(self.key_id.to_string()), ..Header::new(Algorithm::ES256) };
        let secret = Secret {
            iss: &self.team_id,
            iat: now.seconds(),
            exp: now.after(LIFETIME).seconds(),
            aud: &self.issuer,
            sub: keys.id(),
        };
        jsonwebtoken::encode(&header, &secret, &key).map_err(|_| unusable("the key for Apple signs nothing"))
    }
}

fn posted_name(user: &str) -> Option<String> {
    let PostedUser { name } = serde_json::from_str(user).ok()?;
    let parts = [name.first_name, name.last_name].into_iter().flatten().collect::<Vec<_>>();
    Some(parts.join(" ").trim().to_owned()).filter(|name| !name.is_empty())
}
