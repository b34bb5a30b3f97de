//! A user's sign-in at a provider, as a client's mapping sees it: what the provider said, and a way to ask for more.

use futures_util::future::BoxFuture;
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::account_id::AccountId;
use super::error::refusal;
use super::http::read;
use super::lenient::{filled, is_yes};
use super::{ClientAuth, Http, OAuthCredentials, OAuthError, ProviderTokens};
use crate::user::Profile;

/// A provider that signs what it says.
pub(super) trait Signer: Sync {
    /// The claims of a JWT that the provider has signed with the keys that it publishes. Of them, `iss` alone is checked.
    fn claims<'s>(&'s self, jwt: &'s str) -> BoxFuture<'s, Result<Map<String, Value>, OAuthError>>;
}

/// A user's sign-in at a provider.
#[expect(missing_debug_implementations, reason = "it holds tokens")]
pub struct ProviderSession<'a> {
    pub(super) http: &'a Http,
    pub(super) keys: &'a OAuthCredentials,
    pub(super) client_secret: &'a str,
    pub(super) client_auth: ClientAuth,
    pub(super) tokens: &'a ProviderTokens,
    pub(super) userinfo: Option<&'a str>,
    pub(super) signer: Option<&'a dyn Signer>,
    pub(super) revocation: Option<&'a str>,
    pub(super) id_token: Option<&'a Map<String, Value>>,
    pub(super) posted_user: Option<&'a str>,
}

impl ProviderSession<'_> {
    /// The app's own id at the provider.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.keys.id()
    }

    /// The secret that goes with it. Not for logs.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        self.client_secret
    }

    /// The user's token. Not for logs.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.tokens.access_token
    }

    /// What the ID token claims, all of which has been checked; an error where the provider sent none.
    ///
    /// # Errors
    ///
    /// When there is no ID token.
    pub fn id_token(&self) -> Result<&Map<String, Value>, OAuthError> {
        self.id_token.ok_or_else(|| OAuthError::IdToken("there is none".to_owned()))
    }

    /// What the browser posted of the user beside the code, as Apple has it once, at the first sign-in. The user may
    /// have written it.
    #[must_use]
    pub fn posted_user(&self) -> Option<&str> {
        self.posted_user
    }

    /// Asks with the user's token in `Authorization: Bearer`.
    ///
    /// # Errors
    ///
    /// When the provider refuses, fails, or answers something that is no `T`.
    pub async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, OAuthError> {
        self.call(Method::GET, url, &[]).await
    }

    /// The same, with another method and further headers.
    ///
    /// # Errors
    ///
    /// When the provider refuses, fails, or answers something that is no `T`.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<T, OAuthError> {
        let request = self.http.request(method, url).bearer_auth(&self.tokens.access_token);
        parsed(self.http.json(with(request, headers)).await?)
    }

    /// Asks with no headers but these, where the provider has one of its own for the user's token.
    ///
    /// # Errors
    ///
    /// When the provider refuses, fails, or answers something that is no `T`.
    pub async fn get_with<T: DeserializeOwned>(
        &self,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<T, OAuthError> {
        parsed(self.http.json(with(self.http.request(Method::GET, url), headers)).await?)
    }

    /// Makes a profile of the ID token's standard claims (OpenID Connect Core 1.0, 5.1). The userinfo endpoint, if
    /// there is one, is asked where the token has no `email`, or no `email_verified`.
    ///
    /// The token's email counts as verified by the endpoint only if that names the same email, or none. An endpoint that
    /// refuses to answer (a 4xx) is an error only where the token has no email.
    ///
    /// # Errors
    ///
    /// When there is no ID token, or the endpoint is needed and fails or speaks of somebody else.
    pub async fn openid_profile(&self) -> Result<Profile, OAuthError> {
        let claims = self.id_token()?;
        let account_id: AccountId = parsed(claims.get("sub").cloned().unwrap_or_default())?;
        let in_token = claims.get("email").and_then(filled);
        let is_verified_in = |claims: &Map<String, Value>| claims.get("email_verified").is_some_and(is_yes);
        let is_complete = in_token.is_some() && claims.get("email_verified").is_some_and(|v| !v.is_null());
        let info = match self.userinfo {
            Some(_) if !is_complete => match self.userinfo().await {
                Err(OAuthError::Refused(code)) if in_token.is_some() => {
                    tracing::debug!(code, "userinfo was refused; the email counts as not verified");
                    Map::new()
                }
                info => info?,
            },
            Some(_) | None => Map::new(),
        };
        let in_info = info.get("email").and_then(filled);
        let (email, email_verified) = match in_token {
            Some(email) if is_complete => (Some(email), is_verified_in(claims)),
            Some(email) => (Some(email), in_info.is_none_or(|other| other == email) && is_verified_in(&info)),
            None => (in_info, is_verified_in(&info)),
        };
        let text = |name| [claims, &info].into_iter().find_map(|source| source.get(name).and_then(filled));
        Ok(Profile {
            issuer: claims.get("iss").and_then(Value::as_str).unwrap_or_default().to_owned(),
            account_id: account_id.into(),
            email: email.map(str::to_owned),
            email_verified,
            name: text("name").or(text("preferred_username")).map(str::to_owned),
            picture: text("picture").map(str::to_owned),
        })
    }

    /// Sends JSON with the app's own keys in `Authorization: Basic`, and takes any answer of a 2xx for a yes.
    ///
    /// # Errors
    ///
    /// When the provider refuses or fails.
    pub async fn send_json(&self, method: Method, url: &str, body: &Value) -> Result<(), OAuthError> {
        let request = self.http.request(method, url);
        self.accepted(request.basic_auth(self.keys.id(), Some(self.client_secret)).json(body)).await
    }

    /// Sends a form, and takes any answer of a 2xx for a yes.
    ///
    /// # Errors
    ///
    /// When the provider refuses or fails.
    pub async fn post_form(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        form: &[(&str, &str)],
    ) -> Result<(), OAuthError> {
        self.accepted(with(self.http.request(Method::POST, url).form(form), headers)).await
    }

    /// What the provider's userinfo endpoint says of the user (OpenID Connect Core 1.0, 5.3), signed or not: of the
    /// same user as the ID token, or it is refused.
    ///
    /// # Errors
    ///
    /// When there is no such endpoint, it fails, or it speaks of somebody else.
    pub async fn userinfo(&self) -> Result<Map<String, Value>, OAuthError> {
        let url =
            self.userinfo.ok_or_else(|| OAuthError::Failed("there is no userinfo endpoint".to_owned()))?;
        let request = self.http.request(Method::GET, url).bearer_auth(&self.tokens.access_token);
        let (status, body) = self.http.answer(request).await?;
        let info = match compact_jwt(&body).filter(|_| status.is_success()) {
            Some(jwt) => self.signed_userinfo(jwt).await?,
            None => parsed(read(status, &body)?)?,
        };
        // Slack reports an error with a 200.
        if info.contains_key("error") {
            return Err(refusal(&Value::Object(info), status));
        }
        if info.get("sub") != self.id_token()?.get("sub") {
            return Err(OAuthError::IdToken("userinfo speaks of somebody else".to_owned()));
        }
        Ok(info)
    }

    /// The claims of a signed answer (OpenID Connect Core 1.0, 5.3.2): from whom the ID token is, and for this app.
    async fn signed_userinfo(&self, jwt: &str) -> Result<Map<String, Value>, OAuthError> {
        let signer = self
            .signer
            .ok_or_else(|| OAuthError::Failed("there are no keys for a signed userinfo".to_owned()))?;
        let info = signer.claims(jwt).await?;
        let is_ours = match info.get("aud") {
            Some(Value::Array(audiences)) => audiences.iter().any(|audience| *audience == self.keys.id()),
            audience => audience.is_some_and(|audience| *audience == self.keys.id()),
        };
        if !is_ours || info.get("iss") != self.id_token()?.get("iss") {
            return Err(OAuthError::IdToken("a signed userinfo that is another's".to_owned()));
        }
        Ok(info)
    }

    /// Revokes the user's tokens (RFC 7009): the one that renews, and with it the other, or else the other alone.
    /// Nothing, where the provider has no address for it.
    ///
    /// # Errors
    ///
    /// When the provider refuses or fails.
    pub async fn revoke(&self) -> Result<(), OAuthError> {
        let Some(url) = self.revocation else { return Ok(()) };
        let (token, hint) = match &self.tokens.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&self.tokens.access_token, "access_token"),
        };
        let form = [("token", token.as_str()), ("token_type_hint", hint)];
        let request = self.http.request(Method::POST, url);
        self.accepted(authenticated(request, &form, self.client_auth, self.keys.id(), self.client_secret))
            .await
    }

    async fn accepted(&self, request: RequestBuilder) -> Result<(), OAuthError> {
        let (status, body) = self.http.answer(request).await?;
        match status {
            status if status.is_client_error() => {
                Err(refusal(&serde_json::from_slice(&body).unwrap_or_default(), status))
            }
            status if !status.is_success() => Err(OAuthError::Failed(format!("an answer of {status}"))),
            // Some report an error with a 200.
            _ => match serde_json::from_slice::<Value>(&body) {
                Ok(body) if body.get("error").is_some() => Err(refusal(&body, status)),
                Ok(_) | Err(_) => Ok(()),
            },
        }
    }
}

/// A form for an endpoint that asks who sends it.
pub(super) fn authenticated(
    request: RequestBuilder,
    form: &[(&str, &str)],
    auth: ClientAuth,
    id: &str,
    secret: &str,
) -> RequestBuilder {
    let mut form = form.to_vec();
    match auth {
        // RFC 6749, 2.3.1: each is form-encoded first.
        ClientAuth::Basic => {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            request.basic_auth(encode(id), Some(encode(secret))).form(&form)
        }
        ClientAuth::Post => {
            form.extend([("client_id", id), ("client_secret", secret)]);
            request.form(&form)
        }
    }
}

fn with(request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, OAuthError> {
    serde_json::from_value(value).map_err(|_| OAuthError::Failed("an answer of another form".to_owned()))
}

/// A body that is a JWT and nothing else.
fn compact_jwt(body: &[u8]) -> Option<&str> {
    let jwt = std::str::from_utf8(body).ok()?.trim();
    let is_base64 = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (jwt.split('.').count() == 3 && jwt.split('.').all(is_base64)).then_some(jwt)
}
