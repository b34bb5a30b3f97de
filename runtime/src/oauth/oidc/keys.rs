//! The keys of an OpenID provider: a JSON Web Key Set (RFC 7517), read down to those that may sign an ID token.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::document::document;
use crate::oauth::{Http, OAuthError};
use crate::token::install_provider;

/// The most keys of a provider that are kept.
const MAX_KEYS: usize = 64;

/// The sizes of RSA keys, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The bytes of a coordinate on P-256, and of an Ed25519 key.
const COORDINATE: usize = 32;

/// Base64 as RFC 7517 has it, and with the padding that some providers write.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The keys of a provider.
pub(crate) struct Keys(Vec<Key>);

/// A key, which is for one algorithm.
pub(super) struct Key {
    id: Option<String>,
    /// The one issuer, or the template of them, that the key signs for: an extension of Microsoft Entra's.
    pub(super) issuer: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// A key as it is published (RFC 7517, 4; RFC 7518, 6; RFC 8037, 2).
#[derive(Deserialize)]
struct Published {
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    #[serde(default)]
    issuer: Value,
    #[serde(flatten)]
    material: Material,
}

#[derive(Deserialize)]
#[serde(tag = "kty")]
enum Material {
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    #[serde(rename = "EC")]
    Ec { crv: String, x: String, y: String },
    #[serde(rename = "OKP")]
    Okp { crv: String, x: String },
}

/// The algorithm of that name, if ID tokens may be signed with it. `Ed25519` is the name of RFC 9864 for what
/// RFC 8037 calls `EdDSA`.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" | "Ed25519" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

impl Keys {
    /// What the provider publishes now.
    pub(super) async fn fetch(http: &Http, url: &Url) -> Result<Self, OAuthError> {
        install_provider();
        let mut set = document(http, url.as_str()).await?;
        match set.remove("keys") {
            Some(Value::Array(keys)) => Ok(Self::read(keys)),
            _ => Err(OAuthError::Failed("its keys are not a set of keys".to_owned())),
        }
    }

    /// What can't be used is left out (RFC 7517, 5): there may be keys for other things.
    pub(super) fn read(keys: Vec<Value>) -> Self {
        let published = keys.into_iter().filter_map(|key| serde_json::from_value::<Published>(key).ok());
        Self(published.filter_map(Published::read).take(MAX_KEYS).collect())
    }

    /// Whether there is a key of this id.
    pub(super) fn has(&self, id: Option<&str>) -> bool {
        id.is_some() && self.0.iter().any(|key| key.id.as_deref() == id)
    }

    /// The key of this algorithm that has made `signature`: the one of this id, if the token names one.
    pub(super) fn signer(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        message: &str,
        signature: &str,
    ) -> Option<&Key> {
        let fits = |key: &&Key| key.algorithm == algorithm && (id.is_none() || key.id.as_deref() == id);
        self.0.iter().filter(fits).find(|Key { key, .. }| {
            jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, algorithm).unwrap_or(false)
        })
    }
}

impl Published {
    /// The key, if it is for signatures, and strong enough.
    fn read(self) -> Option<Key> {
        let Self { kid: id, usage, key_ops, alg, issuer, material } = self;
        let issuer = issuer.as_str().map(str::to_owned);
        let (algorithm, key) = material.read()?;
        let is_for_signatures = usage.is_none_or(|usage| usage == "sig")
            && key_ops.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"))
            && alg.is_none_or(|name| self::algorithm(&name) == Some(algorithm));
        is_for_signatures.then_some(Key { id, issuer, algorithm, key })
    }
}

impl Material {
    fn read(&self) -> Option<(Algorithm, DecodingKey)> {
        match self {
            Self::Rsa { n, e } => {
                let (n, e) = (number(n)?, number(e)?);
                let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
                let key = RSA_BITS.contains(&bits).then(|| DecodingKey::from_rsa_raw_components(&n, &e))?;
                Some((Algorithm::RS256, key))
            }
            Self::Ec { crv, x, y } => {
                let (x, y) = (coordinate(x)?, coordinate(y)?);
                // The point in full: SEC 1, 2.3.3.
                let point = [&[4], &*x, &*y].concat();
                (crv == "P-256").then(|| (Algorithm::ES256, DecodingKey::from_ec_der(&point)))
            }
            Self::Okp { crv, x } => {
                let x = coordinate(x)?;
                (crv == "Ed25519").then(|| (Algorithm::EdDSA, DecodingKey::from_ed_der(&x)))
            }
        }
    }
}

/// A number without the noughts before it, which some write.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text).ok()?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn coordinate(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok().filter(|bytes| bytes.len() == COORDINATE)
}
