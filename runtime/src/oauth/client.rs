//! What a client is: data on its provider, and how the provider's answer becomes a profile.

use std::future::Future;

use super::{ClientKeys, OAuthError, Provider, ProviderSession};
use crate::clock::Timestamp;
use crate::user::Profile;

/// A client of a provider: `google: Google => cookie` in `auth_app!`.
///
/// An app's own is a struct that says where its provider is, and who the provider says it is:
///
/// ```
/// use axum_users::oauth::{OAuthClient, OAuthError, Profile, Provider, ProviderSession};
///
/// struct RoundTable;
///
/// #[derive(serde::Deserialize)]
/// struct Knight {
///     id: u64,
///     mail: Option<String>,
/// }
///
/// impl OAuthClient for RoundTable {
///     fn provider(&self) -> Provider {
///         let provider = Provider::new("https://table.example/authorize", "https://table.example/token");
///         Provider { scopes: &["profile"], ..provider }
///     }
///
///     async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
///         let knight: Knight = session.get("https://table.example/me").await?;
///         let issuer = "https://table.example".to_owned();
///         Ok(Profile { issuer, account_id: knight.id.to_string(), email: knight.mail, ..Profile::default() })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no OAuth client",
    label = "not a client",
    note = "`google: Google => cookie` is one; a client of your own implements `axum_users::oauth::OAuthClient`"
)]
pub trait OAuthClient: Send + Sync + 'static {
    /// What is known of the provider.
    fn provider(&self) -> Provider;

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
    fn client_secret(&self, keys: &ClientKeys, now: Timestamp) -> Result<String, OAuthError> {
        let _ = now;
        Ok(keys.expose().to_owned())
    }

    /// The app's own keys, where they are not those of the app's configuration.
    fn keys(&self) -> Option<&ClientKeys> {
        None
    }

    /// This client with keys of its own.
    fn with_keys(self, keys: ClientKeys) -> Keyed<Self>
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
    keys: ClientKeys,
    account_namespace: Option<String>,
}

impl<C: OAuthClient> Keyed<C> {
    fn new(client: C, keys: ClientKeys) -> Self {
        Self { client, keys, account_namespace: None }
    }

    /// Sets the name under which accounts are stored: [`Provider::account_namespace`].
    #[must_use]
    pub fn account_namespace(mut self, name: impl Into<String>) -> Self {
        self.account_namespace = Some(name.into());
        self
    }
}

impl<C: OAuthClient> OAuthClient for Keyed<C> {
    fn provider(&self) -> Provider {
        let provider = self.client.provider();
        let account_namespace = self.account_namespace.clone().or(provider.account_namespace);
        Provider { account_namespace, ..provider }
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

    fn client_secret(&self, keys: &ClientKeys, now: Timestamp) -> Result<String, OAuthError> {
        self.client.client_secret(keys, now)
    }

    fn keys(&self) -> Option<&ClientKeys> {
        Some(&self.keys)
    }
}
