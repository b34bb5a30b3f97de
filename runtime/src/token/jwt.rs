//! JSON Web Tokens (RFC 7519), read strictly: one algorithm, no leeway, nothing optional that matters.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::jwt_error::JwtError;
use super::keys::JwtKeys;
use crate::clock::Timestamp;

/// The longest token that is read, in bytes.
const MAX_BYTES: usize = 8 * 1024;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// Serde's own way with what is untagged keeps a copy of it and makes an error for each guess that was wrong: for a list,
/// every time.
impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Audience;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an audience or a list of them")
            }

            fn visit_str<E>(self, one: &str) -> Result<Audience, E> {
                Ok(Audience::One(one.to_owned()))
            }

            fn visit_string<E>(self, one: String) -> Result<Audience, E> {
                Ok(Audience::One(one))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, many: A) -> Result<Audience, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(many)).map(Audience::Many)
            }
        }

        deserializer.deserialize_any(OneOrMany)
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

    /// `timestamp` without its fraction: the original writes an integer, and strict readers expect one.
    #[must_use]
    pub fn whole(timestamp: Timestamp) -> Self {
        Timestamp::from_micros(timestamp.seconds().saturating_mul(1_000_000)).into()
    }
}

impl From<Timestamp> for NumericDate {
    fn from(timestamp: Timestamp) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "53 bits hold microseconds until the year 2112")]
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
        let claims = serde_json::to_vec(claims).map_err(|error| JwtError::Sign(error.into()))?;
        let mut token = format!("{}.", self.header);
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.keys.sign(token.as_bytes())?;
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
        // Our own tokens all have the same one.
        if header != &*self.header {
            let header: Header = decode(header)?;
            if header.alg != self.algorithm.name() || header.crit {
                return Err(JwtError::Malformed);
            }
        }
        if !self.keys.verify(message.as_bytes(), signature) {
            return Err(JwtError::Signature);
        }
        let claims: T = decode(claims)?;
        if !claims.audience().is_for(audience) {
            return Err(JwtError::Audience);
        }
        let beginnings = [claims.not_before(), claims.issued_at()];
        // What has no date can be kept in no database.
        let has_date = |date: NumericDate| date.timestamp().has_date();
        if !has_date(claims.expires_at()) || !beginnings.into_iter().flatten().all(has_date) {
            return Err(JwtError::Malformed);
        }
        // No leeway: PyJWT, which the original uses, has none either.
        if claims.expires_at() <= NumericDate::from(now) {
            return Err(JwtError::Expired);
        }
        // Another server's clock may be a moment ahead of ours: what it has just issued is good here, too.
        let is_later = |from: NumericDate| from.timestamp().seconds() > now.seconds();
        if beginnings.into_iter().flatten().any(is_later) {
            return Err(JwtError::Immature);
        }
        Ok(claims)
    }
}

/// A part of a token: strict base64 without padding, then JSON. A claim that stands twice is a mistake.
pub(crate) fn decode<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
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

#[cfg(test)]
mod tests {
    use super::super::algorithm::Algorithm;
    use super::*;
    use crate::secret::Secrets;

    #[derive(Debug, Default, Deserialize, Serialize)]
    struct Claims {
        aud: Option<Audience>,
        exp: Option<NumericDate>,
        nbf: Option<NumericDate>,
        iat: Option<NumericDate>,
    }

    impl Registered for Claims {
        fn audience(&self) -> &Audience {
            self.aud.as_ref().expect("an audience")
        }

        fn expires_at(&self) -> NumericDate {
            self.exp.expect("an end")
        }

        fn not_before(&self) -> Option<NumericDate> {
            self.nbf
        }

        fn issued_at(&self) -> Option<NumericDate> {
            self.iat
        }
    }

    const SECOND: i64 = 1_000_000;
    const NOW: Timestamp = Timestamp::from_micros(1_714_564_800 * SECOND + 300_000);

    fn at(micros: i64) -> NumericDate {
        Timestamp::from_micros(NOW.micros() + micros).into()
    }

    fn keys(algorithm: Algorithm, secret: &str) -> JwtKeys {
        JwtKeys::hmac(algorithm, &Secrets::new(secret)).expect("keys")
    }

    fn claims() -> Claims {
        Claims { aud: Some(Audience::One("door".to_owned())), exp: Some(at(SECOND)), ..Claims::default() }
    }

    #[test]
    fn beginnings_count_in_whole_seconds() {
        let keys = keys(Algorithm::HS256, "excalibur");
        let verdict = |claims: &Claims| {
            let token = keys.sign(claims).expect("a token");
            keys.verify::<Claims>(&token, &["door"], NOW)
        };
        for (micros, good) in [(0, true), (600_000, true), (700_000, false), (2 * SECOND, false)] {
            let from = Some(at(micros));
            for claims in [Claims { nbf: from, ..claims() }, Claims { iat: from, ..claims() }] {
                let verdict = verdict(&claims);
                assert_eq!(verdict.is_ok(), good, "{claims:?}: {verdict:?}");
                assert!(good || matches!(verdict, Err(JwtError::Immature)), "{claims:?}");
            }
        }
        let read = verdict(&Claims { iat: Some(at(600_000)), ..claims() }).expect("good");
        assert_eq!(read.iat, Some(at(600_000)), "the fraction stays");
    }

    #[test]
    fn each_hash_knows_its_own() {
        let algorithms = [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
        for signing in algorithms {
            let token = keys(signing, "excalibur").sign(&claims()).expect("a token");
            let both = JwtKeys::hmac(signing, &Secrets::new("caledfwlch").or("excalibur")).expect("keys");
            assert!(both.verify::<Claims>(&token, &["door"], NOW).is_ok(), "{signing:?}: the former secret");
            for reading in algorithms {
                let verdict = keys(reading, "excalibur").verify::<Claims>(&token, &["door"], NOW);
                assert_eq!(verdict.is_ok(), reading == signing, "{signing:?} at {reading:?}");
            }
            let stranger = keys(signing, "caledfwlch").verify::<Claims>(&token, &["door"], NOW);
            assert!(matches!(stranger, Err(JwtError::Signature)), "{signing:?}");
        }
    }
}
