//! A user's sign-in at a provider, as a client's mapping sees it: what the provider said, and a way to ask for more.

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{ClientAuth, ClientKeys, Http, OAuthError, ProviderTokens};
use crate::user::Profile;

/// A user's sign-in at a provider.
#[expect(missing_debug_implementations, reason = "it holds tokens")]
pub struct ProviderSession<'a> {
    pub(super) http: &'a Http,
    pub(super) keys: &'a ClientKeys,
    pub(super) client_secret: &'a str,
    pub(super) client_auth: ClientAuth,
    pub(super) tokens: &'a ProviderTokens,
    pub(super) userinfo: Option<&'a str>,
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

    /// The same, with another method and further headers; one that is called `authorization` stands in place of ours.
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
        let mut request = self.http.request(method, url);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
            request = request.bearer_auth(&self.tokens.access_token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let value = self.http.json(request).await?;
        serde_json::from_value(value).map_err(|_| unreadable())
    }

    /// What the ID token says of the user by the standard claims (OpenID Connect Core 1.0, 5.1), and the userinfo
    /// endpoint where that leaves the address out.
    ///
    /// # Errors
    ///
    /// When there is no ID token, or the endpoint fails.
    pub async fn openid_profile(&self) -> Result<Profile, OAuthError> {
        let claims = self.id_token()?;
        let info = match (claims.get("email"), self.userinfo) {
            (None, Some(_)) => self.userinfo().await?,
            _ => claims.clone(),
        };
        let text = |name: &str| info.get(name).and_then(Value::as_str).map(str::to_owned);
        let said = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Profile {
            issuer: said("iss").unwrap_or_default(),
            account_id: said("sub").unwrap_or_default(),
            email: text("email"),
            // Some write it as text.
            email_verified: info.get("email_verified").is_some_and(|v| *v == true || *v == "true"),
            name: text("name"),
            picture: text("picture"),
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
        let request = self.http.request(Method::POST, url).form(form);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.accepted(request).await
    }

    /// What the provider's userinfo endpoint says of the user (OpenID Connect Core 1.0, 5.3): of the same user as the
    /// ID token, or it is refused.
    ///
    /// # Errors
    ///
    /// When there is no such endpoint, it fails, or it speaks of somebody else.
    pub async fn userinfo(&self) -> Result<Map<String, Value>, OAuthError> {
        let url =
            self.userinfo.ok_or_else(|| OAuthError::Failed("there is no userinfo endpoint".to_owned()))?;
        let info: Map<String, Value> = self.get(url).await?;
        if info.get("sub") != self.id_token()?.get("sub") {
            return Err(OAuthError::IdToken("userinfo speaks of somebody else".to_owned()));
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

    async fn accepted(&self, request: reqwest::RequestBuilder) -> Result<(), OAuthError> {
        let (status, _) = self.http.answer(request).await?;
        match status {
            status if status.is_success() => Ok(()),
            status if status.is_client_error() => Err(OAuthError::Refused(status.as_str().to_owned())),
            status => Err(OAuthError::Failed(format!("an answer of {status}"))),
        }
    }
}

/// A form for an endpoint that asks who sends it.
pub(super) fn authenticated(
    request: reqwest::RequestBuilder,
    form: &[(&str, &str)],
    auth: ClientAuth,
    id: &str,
    secret: &str,
) -> reqwest::RequestBuilder {
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

fn unreadable() -> OAuthError {
    OAuthError::Failed("an answer of another form".to_owned())
}
