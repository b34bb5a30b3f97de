//! What a client is: data on its provider, and how the provider's answer becomes a profile.

use std::future::Future;

use super::{OAuthCredentials, OAuthError, ProviderConfig, ProviderSession};
use crate::clock::Timestamp;
use crate::user::Profile;

/// A client of a provider: `google: Google => cookie` in `auth_app!`.
///
/// An app's own is a struct that says where its provider is, and who the provider says it is:
///
/// ```
/// use axum_users::oauth::{OAuthProvider, OAuthError, Profile, ProviderConfig, ProviderSession};
///
/// struct RoundTable;
///
/// #[derive(serde::Deserialize)]
/// struct Knight {
///     id: u64,
///     mail: Option<String>,
/// }
///
/// impl OAuthProvider for RoundTable {
///     fn provider(&self) -> ProviderConfig {
///         let provider = ProviderConfig::new("https://table.example/authorize", "https://table.example/token");
///         provider.scopes(&["profile"])
///     }
///
///     async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
///         let knight: Knight = session.get("https://table.example/me").await?;
///         let issuer = "https://table.example".to_owned();
///         Ok(Profile::new(issuer, knight.id.to_string()).email(knight.mail))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no OAuth client",
    label = "not a client",
    note = "`google: Google => cookie` is one; a client of your own implements `axum_users::oauth::OAuthProvider`"
)]
pub trait OAuthProvider: Send + Sync + 'static {
    /// What is known of the provider.
    fn provider(&self) -> ProviderConfig;

    /// Who has signed in there.
    fn profile(
        &self,
        session: &ProviderSession<'_>,
    ) -> impl Future<Output = Result<Profile, OAuthError>> + Send;

    /// Has the provider forget the sign-in: by RFC 7009, where the provider has an address for it.
    fn revoke(&self, session: &ProviderSession<'_>) -> impl Future<Output = Result<(), OAuthError>> + Send {
        session.revoke()
    }

    /// The secret that the token endpoint is sent. Apple's is signed anew each time.
    ///
    /// # Errors
    ///
    /// When it can't be made of `keys`.
    fn client_secret(&self, keys: &OAuthCredentials, now: Timestamp) -> Result<String, OAuthError> {
        let _ = now;
        Ok(keys.expose().to_owned())
    }

    /// The app's own keys, where they are not those of the app's configuration.
    fn keys(&self) -> Option<&OAuthCredentials> {
        None
    }

    /// This client with keys of its own.
    fn with_credentials(self, keys: OAuthCredentials) -> Keyed<Self>
    where
        Self: Sized,
    {
        Keyed::new(self, keys)
    }
}

/// A client with keys of its own: for functions of the request, and for clients that are added at run time.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct Keyed<C> {
    client: C,
    keys: OAuthCredentials,
    account_namespace: Option<String>,
}

impl<C: OAuthProvider> Keyed<C> {
    fn new(client: C, keys: OAuthCredentials) -> Self {
        Self { client, keys, account_namespace: None }
    }

    /// Sets the name under which accounts are stored: [`ProviderConfig::account_namespace`].
    #[must_use]
    pub fn account_namespace(mut self, name: impl Into<String>) -> Self {
        self.account_namespace = Some(name.into());
        self
    }
}

impl<C: OAuthProvider> OAuthProvider for Keyed<C> {
    fn provider(&self) -> ProviderConfig {
        let provider = self.client.provider();
        match &self.account_namespace {
            Some(namespace) => provider.account_namespace(namespace.clone()),
            None => provider,
        }
    }

    fn profile(
        &self,
        session: &ProviderSession<'_>,
    ) -> impl Future<Output = Result<Profile, OAuthError>> + Send {
        self.client.profile(session)
    }

    fn revoke(&self, session: &ProviderSession<'_>) -> impl Future<Output = Result<(), OAuthError>> + Send {
        self.client.revoke(session)
    }

    fn client_secret(&self, keys: &OAuthCredentials, now: Timestamp) -> Result<String, OAuthError> {
        self.client.client_secret(keys, now)
    }

    fn keys(&self) -> Option<&OAuthCredentials> {
        Some(&self.keys)
    }
}
