//! JSON Web Tokens (RFC 7519), read strictly: one algorithm, no leeway, nothing optional that matters.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::keys::JwtKeys;
use crate::clock::Timestamp;

/// The longest token that is read, in bytes.
const MAX_BYTES: usize = 8 * 1024;

/// Why a token is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// It is no JWT, or not of this algorithm, or says that it must not be read as one.
    #[error("the token can't be read")]
    Malformed,
    /// None of the keys signed it.
    #[error("the token's signature is not valid")]
    Signature,
    /// It is for something else.
    #[error("the token is for something else")]
    Audience,
    /// It has expired.
    #[error("the token has expired")]
    Expired,
    /// It is from the future.
    #[error("the token is not valid yet")]
    Immature,
    /// It can't be signed.
    #[error("the token can't be signed")]
    Sign(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The claims that say for whom and how long a token is good.
pub trait Registered {
    /// For whom.
    fn audience(&self) -> &Audience;
    /// Until when.
    fn expires_at(&self) -> NumericDate;
    /// From when on.
    fn not_before(&self) -> Option<NumericDate> {
        None
    }
    /// Since when.
    fn issued_at(&self) -> Option<NumericDate> {
        None
    }
}

/// One audience or a list.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl Audience {
    /// Whether one of `accepted` is among them.
    pub(crate) fn is_for(&self, accepted: &[&str]) -> bool {
        match self {
            Self::One(one) => accepted.contains(&one.as_str()),
            Self::Many(many) => many.iter().any(|one| accepted.contains(&one.as_str())),
        }
    }
}

/// Seconds since the start of 1970, with a fraction where it matters.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, PartialOrd)]
#[serde(transparent)]
pub struct NumericDate(f64);

/// Whole seconds are written as an integer, which strict readers ask for.
impl Serialize for NumericDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            serializer.serialize_i64(self.timestamp().seconds())
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl NumericDate {
    /// The moment itself.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
        Timestamp::from_micros((self.0 * 1e6).round() as i64)
    }
}

impl NumericDate {
    /// `timestamp` without its fraction: the original writes an integer, and strict readers expect one.
    #[must_use]
    pub fn whole(timestamp: Timestamp) -> Self {
        Timestamp::from_micros(timestamp.seconds().saturating_mul(1_000_000)).into()
    }
}

impl From<Timestamp> for NumericDate {
    fn from(timestamp: Timestamp) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "52 bits hold microseconds until the year 2112")]
        Self(timestamp.micros() as f64 / 1e6)
    }
}

/// The header, as far as it is read. `jku`, `jwk`, `x5u` and `kid` are not.
#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Whether anything is said to be critical, `null` included.
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl JwtKeys {
    /// Signs `claims`.
    ///
    /// # Errors
    ///
    /// When they can't be written as JSON or signed.
    pub fn sign<T: Serialize>(&self, claims: &T) -> Result<String, JwtError> {
        let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm.name());
        let claims = serde_json::to_vec(claims).map_err(|error| JwtError::Sign(error.into()))?;
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature =
            jsonwebtoken::crypto::sign(token.as_bytes(), &self.signing, self.algorithm.implementation())
                .map_err(|error| JwtError::Sign(error.into()))?;
        token.push('.');
        token.push_str(&signature);
        Ok(token)
    }

    /// Reads a token that is for one of `audience` and good at `now`.
    ///
    /// # Errors
    ///
    /// When it is not, for whatever reason.
    pub fn verify<T: DeserializeOwned + Registered>(
        &self,
        token: &str,
        audience: &[&str],
        now: Timestamp,
    ) -> Result<T, JwtError> {
        if token.len() > MAX_BYTES {
            return Err(JwtError::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(JwtError::Malformed)?;
        let header: Header = decode(header)?;
        if header.alg != self.algorithm.name() || header.crit {
            return Err(JwtError::Malformed);
        }
        let is_signed = self.verifying.iter().any(|key| {
            jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, self.algorithm.implementation())
                .unwrap_or(false)
        });
        if !is_signed {
            return Err(JwtError::Signature);
        }
        let claims: T = decode(claims)?;
        if !claims.audience().is_for(audience) {
            return Err(JwtError::Audience);
        }
        // No leeway: PyJWT, which the original uses, has none either.
        let now = NumericDate::from(now);
        if claims.expires_at() <= now {
            return Err(JwtError::Expired);
        }
        if [claims.not_before(), claims.issued_at()].into_iter().flatten().any(|from| from > now) {
            return Err(JwtError::Immature);
        }
        Ok(claims)
    }
}

/// A part of a token: strict base64 without padding, then JSON. A claim that stands twice is a mistake.
fn decode<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    // serde reads a struct from a list, too.
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(JwtError::Malformed);
    }
    serde_json::from_slice(&json).map_err(|_| JwtError::Malformed)
}

/// What is left of a token without its signature, which ECDSA lets anyone write in two ways.
pub(crate) fn unsigned(token: &str) -> &str {
    token.rsplit_once('.').map_or(token, |(message, _)| message)
}
