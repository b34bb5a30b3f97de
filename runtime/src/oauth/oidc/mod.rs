//! OpenID providers: what they publish of themselves, and whether an ID token is theirs and for a sign-in. It knows no
//! clients and no routes.

mod cached;
mod id_token;
mod issuer;
mod keys;
mod metadata;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde_json::{Map, Value};

use self::cached::Cached;
pub(crate) use self::id_token::Expected;
use self::id_token::Unchecked;
use self::issuer::Issuer;
pub(crate) use self::keys::Keys;
pub(crate) use self::metadata::Metadata;
use super::{Http, OAuthError};
use crate::clock::Timestamp;

/// The most providers of which anything is kept: a function of the request may name ever new ones.
const MAX_PROVIDERS: usize = 64;

/// What a running app has of OpenID providers. All its clients share it.
#[derive(Default)]
pub(crate) struct OpenIdProviders {
    /// The one that was asked for last is the last one.
    known: Mutex<Vec<Arc<Known>>>,
}

/// What is kept of a provider.
struct Known {
    issuer: String,
    metadata: Cached<Metadata>,
    keys: Cached<Keys>,
}

impl OpenIdProviders {
    /// What a provider publishes of itself, as it did within the last hour.
    ///
    /// # Errors
    ///
    /// When `issuer` is no address of a provider, the provider fails, or what it publishes is not to be trusted.
    pub(crate) async fn metadata(
        &self,
        http: &Http,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, OAuthError> {
        let issuer = Issuer::parse(issuer)?;
        self.known(issuer.as_str()).metadata.get(now, Metadata::fetch(http, &issuer)).await
    }

    /// What an ID token claims, if the provider has signed it for this sign-in.
    ///
    /// # Errors
    ///
    /// When it has not, or its keys can't be had.
    pub(crate) async fn verify(
        &self,
        http: &Http,
        metadata: &Metadata,
        id_token: &str,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, OAuthError> {
        let token = Unchecked::read(id_token)?;
        let known = self.known(&metadata.issuer);
        let fetch = || Keys::fetch(http, &metadata.jwks_uri);
        let keys = known.keys.get(now, fetch()).await?;
        let signed = match token.signed_by(&keys) {
            // The provider may have new keys.
            None if !keys.has(token.key_id()) => token.signed_by(&*known.keys.renewed(now, fetch()).await?),
            signed => signed,
        };
        let signed = signed
            .ok_or_else(|| OAuthError::IdToken("none of the provider's keys has signed it".to_owned()))?;
        signed.claims(&metadata.issuer, expected, now)
    }

    /// The keys that a provider publishes, as it did within the last hour.
    ///
    /// # Errors
    ///
    /// When the provider fails.
    pub(crate) async fn keys(
        &self,
        http: &Http,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Arc<Keys>, OAuthError> {
        self.known(&metadata.issuer).keys.get(now, Keys::fetch(http, &metadata.jwks_uri)).await
    }

    fn known(&self, issuer: &str) -> Arc<Known> {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match all.iter().position(|known| known.issuer == issuer) {
            Some(place) => all.remove(place),
            None => Arc::new(Known {
                issuer: issuer.to_owned(),
                metadata: Cached::default(),
                keys: Cached::default(),
            }),
        };
        if all.len() == MAX_PROVIDERS {
            all.remove(0);
        }
        all.push(Arc::clone(&known));
        known
    }
}

/// What a JWT claims that one of `keys` has signed. Nothing of it has been looked at.
///
/// # Errors
///
/// When none of them has.
pub(crate) fn signed_claims(jwt: &str, keys: &Keys) -> Result<Map<String, Value>, OAuthError> {
    let signed = Unchecked::read(jwt)?.signed_by(keys);
    let signed =
        signed.ok_or_else(|| OAuthError::IdToken("none of the provider's keys has signed it".to_owned()))?;
    signed.unchecked_claims()
}

/// A document that a provider publishes. A refusal is a failure here: no user has said no.
async fn document(http: &Http, url: &str) -> Result<Map<String, Value>, OAuthError> {
    http.object(http.request(Method::GET, url)).await.map_err(|error| match error {
        OAuthError::Refused(code) => OAuthError::Failed(format!("an answer of {code}")),
        error => error,
    })
}
