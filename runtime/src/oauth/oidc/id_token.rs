//! ID tokens, read strictly: OpenID Connect Core 1.0, 3.1.3.7. It fetches nothing.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::issuer::{Names, tenant_in};
use super::keys::{Keys, algorithm};
use crate::clock::Timestamp;
use crate::oauth::OAuthError;
use crate::token::{Audience, decode};

/// The longest token that is read, in bytes: some list hundreds of groups.
const MAX_BYTES: usize = 128 * 1024;

/// By how much a provider's clock may differ from ours. A token that has expired, is not valid yet or was issued in the
/// future is taken within it.
const LEEWAY: Duration = Duration::from_secs(60);

/// The most characters of a subject (section 2).
const MAX_SUBJECT: usize = 255;

/// What an ID token must be for.
pub(crate) struct Expected<'a> {
    /// The app's own id at the provider.
    pub(crate) client_id: &'a str,
    /// What the request for the sign-in said.
    pub(crate) nonce: &'a str,
    /// What came with it.
    pub(crate) access_token: &'a str,
}

/// A token of which nothing is known but how it says that it is signed.
pub(super) struct Unchecked<'a> {
    algorithm: Algorithm,
    key_id: Option<String>,
    message: &'a str,
    payload: &'a str,
    signature: &'a str,
}

/// A token that the provider has signed.
pub(super) struct Signed<'a> {
    algorithm: Algorithm,
    payload: &'a str,
    /// The issuer that the key says it is for.
    key_issuer: Option<String>,
}

impl<'a> Unchecked<'a> {
    /// Takes a token apart, and judges its header. Keys that it brings itself (`jwk`, `jku`, `x5c`, `x5u`) mean nothing.
    pub(super) fn read(token: &'a str) -> Result<Self, OAuthError> {
        if token.len() > MAX_BYTES {
            return Err(bad("it is too long"));
        }
        let (message, signature) = token.rsplit_once('.').ok_or_else(unreadable)?;
        let (header, payload) = message.split_once('.').ok_or_else(unreadable)?;
        let Claims(header) = decode(header).map_err(|_| unreadable())?;
        let name = header.get("alg").and_then(Value::as_str).unwrap_or_default();
        let algorithm = algorithm(name).ok_or_else(|| bad("its algorithm is not one for ID tokens"))?;
        if header.contains_key("crit") {
            return Err(bad("it must not be read as an ordinary one"));
        }
        match header.get("typ") {
            None => {}
            Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => {}
            Some(_) => return Err(bad("it is a token of another kind")),
        }
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(unreadable()),
        };
        Ok(Self { algorithm, key_id, message, payload, signature })
    }

    /// The id of the key that signed it, if it says so.
    pub(super) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The same token, if one of `keys` has signed it.
    pub(super) fn signed_by(&self, keys: &Keys) -> Option<Signed<'a>> {
        let Self { algorithm, payload, .. } = *self;
        let key = keys.signer(self.key_id(), algorithm, self.message, self.signature)?;
        Some(Signed { algorithm, payload, key_issuer: key.issuer.clone() })
    }
}

impl Signed<'_> {
    /// The claims, of which only `iss` is checked.
    pub(super) fn unchecked_claims(&self, names: &Names) -> Result<Map<String, Value>, OAuthError> {
        let Claims(mut claims) = decode(self.payload).map_err(|_| unreadable())?;
        let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
        if !self.is_from(names, issuer, &claims) {
            return Err(bad(&format!("another issuer has made it: {}", names.but_found(issuer))));
        }
        let canonical = names.canonical(issuer).to_owned();
        claims.insert("iss".to_owned(), canonical.into());
        Ok(claims)
    }

    /// The claims of a token that is the provider's, and for this sign-in. `iss` is spelled as the app configures it.
    pub(super) fn claims(
        &self,
        names: &Names,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, OAuthError> {
        let claims = self.unchecked_claims(names)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if !is_for(&claims, expected.client_id) {
            return Err(bad("it is for somebody else"));
        }
        check_dates(&claims, now)?;
        if !text("nonce").is_some_and(|nonce| is_same(nonce, expected.nonce)) {
            return Err(bad("it is from another sign-in"));
        }
        let subject = text("sub").unwrap_or_default();
        if subject.is_empty() || subject.chars().count() > MAX_SUBJECT {
            return Err(bad("it does not say who has signed in"));
        }
        let half = half_hash(self.algorithm, expected.access_token);
        let is_anothers = match claims.get("at_hash") {
            None | Some(Value::Null) => false,
            // It is optional, and some write nothing into it, or the padding.
            Some(Value::String(hash)) => !hash.is_empty() && !is_same(hash.trim_end_matches('='), &half),
            Some(_) => true,
        };
        if is_anothers {
            return Err(bad("it came with another access token"));
        }
        Ok(claims)
    }

    /// Whether `issuer` is the provider's. Of a provider with an issuer for each tenant, it is that of the tenant that
    /// `tid` names, and one that the key signs for.
    fn is_from(&self, names: &Names, issuer: &str, claims: &Map<String, Value>) -> bool {
        if !names.has_tenants() {
            return names.include(issuer);
        }
        let Some(tenant) = names.tenant(issuer) else { return false };
        let key_signs_for =
            |template: &String| template == issuer || tenant_in(template, issuer) == Some(tenant);
        claims.get("tid").is_some_and(|claim| claim == tenant)
            && self.key_issuer.as_ref().is_none_or(key_signs_for)
    }
}

/// Whether a token is for the client of this id: rules 3 to 5.
fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    let Some(audience) = claims.get("aud").and_then(|claim| Audience::deserialize(claim).ok()) else {
        return false;
    };
    // Rule 4 leaves it to the client whether several audiences need an authorized party. Many providers name none.
    let is_authorized = claims.get("azp").is_none_or(|party| party == client_id);
    is_authorized && audience.is_for(&[client_id])
}

/// Rules 9 and 10, and `nbf` of RFC 7519.
fn check_dates(claims: &Map<String, Value>, now: Timestamp) -> Result<(), OAuthError> {
    let date = |name: &str| claims.get(name).map(|claim| date(claim).ok_or_else(unreadable)).transpose();
    let missing = || bad("it does not say from when to when it is good");
    let (expires, issued) = (date("exp")?.ok_or_else(missing)?, date("iat")?.ok_or_else(missing)?);
    if expires <= now.before(LEEWAY) {
        return Err(bad("it has expired"));
    }
    if date("nbf")?.into_iter().chain([issued]).any(|start| start > now.after(LEEWAY)) {
        return Err(bad("it is from the future"));
    }
    Ok(())
}

/// A NumericDate (RFC 7519, section 2): seconds since 1970, which may have a fraction, in a year of four digits.
fn date(claim: &Value) -> Option<Timestamp> {
    let micros = match claim.as_u64() {
        Some(seconds) => i64::try_from(seconds).ok()?.checked_mul(1_000_000)?,
        #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
        None => (claim.as_f64().filter(|seconds| seconds.is_sign_positive())? * 1e6).round() as i64,
    };
    Some(Timestamp::from_micros(micros)).filter(|moment| moment.has_date())
}

/// Section 3.1.3.6: the left half of the hash that goes with the algorithm, in base64. Ed25519 goes with SHA-512.
fn half_hash(algorithm: Algorithm, access_token: &str) -> String {
    match algorithm {
        Algorithm::EdDSA => URL_SAFE_NO_PAD.encode(&Sha512::digest(access_token)[..32]),
        _ => URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token)[..16]),
    }
}

fn is_same(text: &str, other: &str) -> bool {
    text.as_bytes().ct_eq(other.as_bytes()).into()
}

/// An object of which no name stands twice: readers differ on which of the two counts.
struct Claims(Map<String, Value>);

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Claims, A::Error> {
        let mut claims = Map::new();
        while let Some((name, value)) = entries.next_entry()? {
            if claims.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Claims(claims))
    }
}

fn bad(why: &str) -> OAuthError {
    OAuthError::IdToken(why.to_owned())
}

fn unreadable() -> OAuthError {
    bad("it can't be read")
}
