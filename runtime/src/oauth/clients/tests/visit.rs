//! A sign-in at a provider, as the flow leaves it to a client's mapping.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::service::{Answer, Asked, Service};
use crate::oauth::{
    ClientAuth, Http, OAuthCredentials, OAuthError, OAuthProvider, ProviderSession, ProviderTokens,
};
use crate::user::Profile;

/// The user's token.
pub(super) const TOKEN: &str = "excalibur";

/// Where a profile says it is from, in place of the service's address.
pub(super) const BASE: &str = "https://provider.example";

/// One for all: it reads the machine's certificates, which takes its time.
static HTTP: LazyLock<Http> = LazyLock::new(|| Http::new(std::time::Duration::from_secs(10)).expect("TLS"));

/// All that a session borrows.
pub(super) struct Visit {
    pub(super) http: Http,
    pub(super) keys: OAuthCredentials,
    pub(super) tokens: ProviderTokens,
    pub(super) client_auth: ClientAuth,
    pub(super) userinfo: Option<String>,
    pub(super) revocation: Option<String>,
    pub(super) id_token: Option<Map<String, Value>>,
    pub(super) posted_user: Option<&'static str>,
}

impl Visit {
    pub(super) fn new() -> Self {
        Self {
            http: HTTP.clone(),
            keys: OAuthCredentials::new("client", "s:cret"),
            tokens: ProviderTokens::new(TOKEN.to_owned(), None, None),
            client_auth: ClientAuth::Post,
            userinfo: None,
            revocation: None,
            id_token: None,
            posted_user: None,
        }
    }

    /// With what the ID token claims.
    pub(super) fn claiming(claims: &str) -> Self {
        Self { id_token: Some(serde_json::from_str(claims).expect("claims")), ..Self::new() }
    }

    /// With a token that renews the other.
    pub(super) fn renewable() -> Self {
        let tokens = ProviderTokens::new(TOKEN.to_owned(), Some("scabbard".to_owned()), None);
        Self { tokens, ..Self::new() }
    }

    pub(super) fn session(&self) -> ProviderSession<'_> {
        ProviderSession {
            http: &self.http,
            keys: &self.keys,
            client_secret: self.keys.expose(),
            client_auth: self.client_auth,
            tokens: &self.tokens,
            userinfo: self.userinfo.as_deref(),
            signer: None,
            revocation: self.revocation.as_deref(),
            id_token: self.id_token.as_ref(),
            posted_user: self.posted_user,
        }
    }
}

/// What a client says after all its calls, and the calls.
pub(super) async fn told<C: OAuthProvider>(
    client: impl Fn(Cow<'static, str>) -> C,
    answers: &[Answer],
) -> (Result<Profile, OAuthError>, Vec<Asked>) {
    let service = Service::answering(answers).await;
    let visit = Visit::new();
    let profile = client(service.address.clone().into()).profile(&visit.session()).await;
    let profile = profile.map(|p| Profile { issuer: p.issuer.replace(&service.address, BASE), ..p });
    (profile, service.asked())
}
