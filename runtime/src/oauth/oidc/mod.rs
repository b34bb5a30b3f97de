//! OpenID providers: what they publish of themselves, and whether an ID token is theirs and for a sign-in. It knows no
//! clients and no routes.

mod cached;
mod document;
mod id_token;
mod issuer;
mod keys;
mod metadata;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use self::cached::Cached;
pub(crate) use self::id_token::Expected;
use self::id_token::{Signed, Unchecked};
use self::issuer::Issuer;
pub(crate) use self::issuer::{TENANT, may_name};
use self::keys::Keys;
pub(crate) use self::metadata::Metadata;
use super::{Http, OAuthError};
use crate::clock::Timestamp;

/// The most providers of which anything is kept: a function of the request may name ever new ones.
const MAX_PROVIDERS: usize = 64;

/// The least time between two fetches of keys of which the second is for a key with a new id.
const NEW_KEY_PAUSE: Duration = Duration::from_secs(10);

/// The same, where a key with a known id has not signed a token, or the token names no key.
const BAD_SIGNATURE_PAUSE: Duration = Duration::from_secs(60);

/// What a running app has of OpenID providers. All its clients share it.
#[derive(Default)]
pub(crate) struct OpenIdProviders {
    /// The one that was asked for last is the last one.
    known: Mutex<Vec<Arc<Known>>>,
}

/// Where an OpenID provider is found, as the app configures it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// Its issuer.
    pub(crate) issuer: &'a str,
    /// Where its metadata is, unless under the issuer.
    pub(crate) discovery_url: Option<&'a str>,
}

/// A provider's cached documents. They are found by the app's own configuration alone: a document may name any issuer.
struct Known {
    issuer: String,
    discovery_url: Option<String>,
    metadata: Cached<Metadata>,
    keys: Cached<Keys>,
}

impl Known {
    fn is_at(&self, place: Place<'_>) -> bool {
        (&*self.issuer, self.discovery_url.as_deref()) == (place.issuer, place.discovery_url)
    }
}

impl OpenIdProviders {
    /// What a provider publishes of itself, as it did within the last hour.
    ///
    /// # Errors
    ///
    /// When `place` is none of a provider, the provider fails, or what it publishes is not to be trusted.
    pub(crate) async fn metadata(
        &self,
        http: &Http,
        place: Place<'_>,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, OAuthError> {
        let issuer = Issuer::parse(place.issuer, place.discovery_url)?;
        self.known(place).metadata.get(now, Metadata::fetch(http, &issuer)).await
    }

    /// What an ID token claims, if the provider has signed it for this sign-in.
    ///
    /// # Errors
    ///
    /// When it has not, or its keys can't be fetched.
    pub(crate) async fn verify(
        &self,
        http: &Http,
        place: Place<'_>,
        metadata: &Metadata,
        id_token: &str,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, OAuthError> {
        let signed = self.signed(http, place, metadata, id_token, now).await?;
        signed.claims(&metadata.names, expected, now)
    }

    /// The claims of a JWT that the provider has signed, of which only `iss` is checked.
    ///
    /// # Errors
    ///
    /// When the provider has not signed it, or its keys can't be fetched.
    pub(crate) async fn signed_claims(
        &self,
        http: &Http,
        place: Place<'_>,
        metadata: &Metadata,
        jwt: &str,
        now: Timestamp,
    ) -> Result<Map<String, Value>, OAuthError> {
        self.signed(http, place, metadata, jwt, now).await?.unchecked_claims(&metadata.names)
    }

    /// A token that the provider has signed, with the keys of the last hour or, within bounds, with those that it
    /// publishes now: it may have added a key, or replaced one under the same id.
    async fn signed<'t>(
        &self,
        http: &Http,
        place: Place<'_>,
        metadata: &Metadata,
        jwt: &'t str,
        now: Timestamp,
    ) -> Result<Signed<'t>, OAuthError> {
        let token = Unchecked::read(jwt)?;
        let known = self.known(place);
        let fetch = || Keys::fetch(http, &metadata.jwks_uri);
        let keys = known.keys.get(now, fetch()).await?;
        if let Some(signed) = token.signed_by(&keys) {
            return Ok(signed);
        }
        let is_new = token.key_id().is_some() && !keys.has(token.key_id());
        let pause = if is_new { NEW_KEY_PAUSE } else { BAD_SIGNATURE_PAUSE };
        let keys = known.keys.renewed(pause, now, fetch()).await?;
        token
            .signed_by(&keys)
            .ok_or_else(|| OAuthError::IdToken("none of the provider's keys has signed it".to_owned()))
    }

    fn known(&self, place: Place<'_>) -> Arc<Known> {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match all.iter().position(|known| known.is_at(place)) {
            Some(index) => all.remove(index),
            None => Arc::new(Known {
                issuer: place.issuer.to_owned(),
                discovery_url: place.discovery_url.map(str::to_owned),
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
