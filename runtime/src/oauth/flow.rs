//! The flow, written once for all clients: to the provider and back (RFC 6749, 4.1, with PKCE), and what follows.

use futures_util::future::BoxFuture;
use std::sync::Arc;

use reqwest::Method;
use serde_json::{Map, Value};
use url::Url;

use super::oidc::{Expected, Metadata, OpenIdProviders, Place, may_name};
use super::session::{Signer, authenticated};
use super::source::DynClient;
use super::state::Proof;
use super::{
    ClientAuth, Endpoints, Http, OAuthCredentials, OAuthError, ProviderConfig, ProviderSession,
    ProviderTokens,
};
use crate::clock::Timestamp;
use crate::user::Profile;

/// A client for one request, with all that it needs to call its provider.
pub(crate) struct Flow<'a> {
    pub(super) client: &'a dyn DynClient,
    pub(super) provider: &'a ProviderConfig,
    pub(super) keys: &'a OAuthCredentials,
    pub(super) http: &'a Http,
    pub(super) oidc: &'a OpenIdProviders,
    pub(super) now: Timestamp,
}

/// What comes back from the provider by way of the browser.
pub(crate) struct Callback<'a> {
    pub(crate) code: &'a str,
    /// Who the answer says it is from (RFC 9207).
    pub(crate) issuer: Option<&'a str>,
    /// What was posted of the user beside the code.
    pub(crate) user: Option<&'a str>,
}

/// Where this provider is asked what.
struct Addresses {
    authorize: String,
    token: String,
    revocation: Option<String>,
    client_auth: ClientAuth,
    /// Of an OpenID provider.
    metadata: Option<Arc<Metadata>>,
}

/// An OpenID provider, as the one who signs what it says of a user.
struct Signs<'a> {
    flow: &'a Flow<'a>,
    place: Place<'a>,
    metadata: &'a Metadata,
}

impl Signer for Signs<'_> {
    fn claims<'s>(&'s self, jwt: &'s str) -> BoxFuture<'s, Result<Map<String, Value>, OAuthError>> {
        let Flow { http, oidc, now, .. } = *self.flow;
        Box::pin(oidc.signed_claims(http, self.place, self.metadata, jwt, now))
    }
}

impl Addresses {
    fn userinfo(&self) -> Option<&str> {
        self.metadata.as_ref()?.userinfo_endpoint.as_ref().map(Url::as_str)
    }
}

impl Flow<'_> {
    /// Where the browser goes to sign in.
    pub(crate) async fn authorization_url(
        &self,
        scopes: &[String],
        redirect_uri: &str,
        state: &str,
        proof: &Proof,
    ) -> Result<String, OAuthError> {
        let addresses = self.addresses().await?;
        let url = Url::parse(&addresses.authorize);
        let mut url = url.map_err(|_| OAuthError::Setting("its address is none".to_owned()))?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.keys.id())
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state);
        if self.provider.pkce {
            query
                .append_pair("code_challenge", &proof.challenge())
                .append_pair("code_challenge_method", "S256");
        }
        if !scopes.is_empty() {
            query.append_pair("scope", &scopes.join(" "));
        }
        if addresses.metadata.is_some() {
            query.append_pair("nonce", &proof.nonce);
        }
        for (name, value) in &self.provider.parameters {
            query.append_pair(name, value);
        }
        drop(query);
        Ok(url.into())
    }

    /// Takes the provider's answer for tokens, and these for who has signed in.
    pub(crate) async fn finish(
        &self,
        callback: &Callback<'_>,
        redirect_uri: &str,
        proof: &Proof,
    ) -> Result<(Profile, ProviderTokens), OAuthError> {
        // Before anything is asked of anyone.
        check_issuer(&self.provider.endpoints, callback.issuer)?;
        let addresses = self.addresses().await?;
        if let Some(metadata) = &addresses.metadata {
            check_named_issuer(metadata, callback.issuer)?;
        }
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", callback.code),
            ("redirect_uri", redirect_uri),
        ];
        if self.provider.pkce {
            form.push(("code_verifier", &proof.verifier));
        }
        let secret = self.client.client_secret(self.keys, self.now)?;
        let tokens = self.tokens(&addresses, &secret, &form).await?;
        let claims = self.id_token(&addresses, &tokens, proof).await?;
        let signs = match (&addresses.metadata, self.place()) {
            (Some(metadata), Some(place)) => Some(Signs { flow: self, place, metadata }),
            _ => None,
        };
        let session = ProviderSession {
            signer: signs.as_ref().map(|signs| signs as &dyn Signer),
            posted_user: callback.user,
            ..self.session(&addresses, &secret, &tokens, claims.as_ref())
        };
        let profile = self.client.profile(&session).await?;
        let is_id = |id: &str| !id.is_empty() && id.chars().count() <= 320 && !id.contains('\0');
        if !is_id(&profile.account_id) {
            return Err(OAuthError::Failed("an account without an id".to_owned()));
        }
        Ok((profile, tokens))
    }

    /// Renews an access token. A provider that gives no new token for the next time keeps the one that it gave.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Result<ProviderTokens, OAuthError> {
        let addresses = self.addresses().await?;
        let secret = self.client.client_secret(self.keys, self.now)?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let mut tokens = self.tokens(&addresses, &secret, &form).await?;
        tokens.refresh_token.get_or_insert_with(|| refresh_token.to_owned());
        Ok(tokens)
    }

    /// Has the provider forget the sign-in.
    pub(crate) async fn revoke(&self, tokens: &ProviderTokens) -> Result<(), OAuthError> {
        let addresses = self.addresses().await?;
        let secret = self.client.client_secret(self.keys, self.now)?;
        self.client.revoke(&self.session(&addresses, &secret, tokens, None)).await
    }

    fn session<'s>(
        &'s self,
        addresses: &'s Addresses,
        client_secret: &'s str,
        tokens: &'s ProviderTokens,
        id_token: Option<&'s Map<String, Value>>,
    ) -> ProviderSession<'s> {
        ProviderSession {
            http: self.http,
            keys: self.keys,
            client_secret,
            client_auth: addresses.client_auth,
            tokens,
            userinfo: addresses.userinfo(),
            signer: None,
            revocation: addresses.revocation.as_deref(),
            id_token,
            posted_user: None,
        }
    }

    async fn tokens(
        &self,
        addresses: &Addresses,
        secret: &str,
        form: &[(&str, &str)],
    ) -> Result<ProviderTokens, OAuthError> {
        let request = self.http.request(Method::POST, &addresses.token);
        let request = authenticated(request, form, addresses.client_auth, self.keys.id(), secret);
        let answer = self.http.object(request).await;
        answer.and_then(|answer| ProviderTokens::read(&answer, self.now)).map_err(or_rejected_app)
    }

    /// What an OpenID provider's token claims; `None` of another provider.
    async fn id_token(
        &self,
        addresses: &Addresses,
        tokens: &ProviderTokens,
        proof: &Proof,
    ) -> Result<Option<Map<String, Value>>, OAuthError> {
        let (Some(metadata), Some(place)) = (&addresses.metadata, self.place()) else { return Ok(None) };
        let token = tokens.id_token.as_deref();
        let token = token.ok_or_else(|| OAuthError::IdToken("there is none".to_owned()))?;
        let expected =
            Expected { client_id: self.keys.id(), nonce: &proof.nonce, access_token: &tokens.access_token };
        self.oidc.verify(self.http, place, metadata, token, &expected, self.now).await.map(Some)
    }

    /// Where an OpenID provider is found; `None` of another provider.
    fn place(&self) -> Option<Place<'_>> {
        match &self.provider.endpoints {
            Endpoints::Known { .. } => None,
            Endpoints::Discovered { issuer, discovery_url } => {
                Some(Place { issuer, discovery_url: discovery_url.as_deref() })
            }
        }
    }

    async fn addresses(&self) -> Result<Addresses, OAuthError> {
        match &self.provider.endpoints {
            Endpoints::Known { authorize, token, revoke, .. } => Ok(Addresses {
                authorize: authorize.clone(),
                token: token.clone(),
                revocation: revoke.clone(),
                client_auth: self.provider.client_auth,
                metadata: None,
            }),
            Endpoints::Discovered { issuer, discovery_url } => {
                let place = Place { issuer, discovery_url: discovery_url.as_deref() };
                let metadata = self.oidc.metadata(self.http, place, self.now).await?;
                Ok(Addresses {
                    authorize: metadata.authorization_endpoint.to_string(),
                    token: metadata.token_endpoint.to_string(),
                    revocation: metadata.revocation_endpoint.as_ref().map(Url::to_string),
                    client_auth: metadata.client_auth(self.provider.client_auth),
                    metadata: Some(metadata),
                })
            }
        }
    }
}

/// Refuses an answer of another provider than the one that was asked (RFC 9207), by what the app configures.
fn check_issuer(endpoints: &Endpoints, said: Option<&str>) -> Result<(), OAuthError> {
    let is_known = match (endpoints, said) {
        (Endpoints::Known { issuer: Some(issuer), .. }, Some(said)) => issuer == said,
        (Endpoints::Discovered { issuer, .. }, Some(said)) => may_name(issuer, said),
        (Endpoints::Known { issuer: None, .. }, _) | (_, None) => true,
    };
    if is_known { Ok(()) } else { Err(of_another_provider()) }
}

/// The same by what an OpenID provider publishes, which may also promise that each answer names the issuer.
fn check_named_issuer(metadata: &Metadata, said: Option<&str>) -> Result<(), OAuthError> {
    match said {
        Some(said) if !metadata.names.include(said) => Err(of_another_provider()),
        None if metadata.answers_have_issuer => {
            Err(OAuthError::Refused("the answer does not say who it is from".to_owned()))
        }
        Some(_) | None => Ok(()),
    }
}

fn of_another_provider() -> OAuthError {
    OAuthError::Refused("the answer is another provider's".to_owned())
}

/// A plain 401 of a token endpoint is about the app's keys and no user's code or token (RFC 6749, 5.2).
fn or_rejected_app(error: OAuthError) -> OAuthError {
    match error {
        OAuthError::Refused(code) if code == "401" => OAuthError::rejects_app(&code),
        error => error,
    }
}
