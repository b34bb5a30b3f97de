//! What a provider gave the app when it was registered there.

use std::future::Future;

use zeroize::ZeroizeOnDrop;

use super::{OAuthClient, OAuthError, Provider, ProviderSession};
use crate::clock::Timestamp;
use crate::user::Profile;

/// The app's own identity at a provider: RFC 6749, 2.2 and 2.3.1.
#[derive(Clone, ZeroizeOnDrop)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct ClientKeys {
    #[zeroize(skip)]
    id: String,
    secret: String,
}

impl ClientKeys {
    /// The client's id and its secret. A client that has a key instead, as Apple's, takes that in PEM.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into() }
    }

    /// The client's id, which is no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The client's secret. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.secret
    }
}

/// A client with its keys: what a function of the request returns, and what is put in at run time.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct Keyed<C> {
    client: C,
    keys: ClientKeys,
    account_namespace: Option<String>,
}

impl<C: OAuthClient> Keyed<C> {
    pub(super) fn new(client: C, keys: ClientKeys) -> Self {
        Self { client, keys, account_namespace: None }
    }

    /// The same client, whose accounts are of the service `name`: [`Provider::account_namespace`].
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
