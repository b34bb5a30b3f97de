//! Tokens that reset a password or verify an address. Each is good for one purpose, and once.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::algorithm::Algorithm;
use super::generation::Generation;
use super::jwt::{Audience, NumericDate, Registered, unsigned};
use super::jwt_error::JwtError;
use super::key_error::KeyError;
use super::keys::JwtKeys;
use super::random::digest;
use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::secret::{KeyPurpose, Secrets};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Purpose {
    /// To set a new password.
    ResetPassword,
    /// To prove that an address is the user's own.
    Verify,
    /// To move to a new address.
    ChangeEmail,
    /// To be known as a client that has logged in to an account.
    KnownClient,
    /// To return from an OAuth provider.
    #[cfg_attr(not(feature = "oauth"), expect(dead_code, reason = "only OAuth logins have a state"))]
    OAuthState,
}

impl Purpose {
    fn audience(self, compat: Compat) -> &'static str {
        match self {
            Self::ResetPassword => compat.rules().reset_audience,
            Self::Verify => compat.rules().verify_audience,
            Self::ChangeEmail => "axum-users:change-email",
            Self::KnownClient => "axum-users:known-client",
            Self::OAuthState => compat.rules().oauth_state_audience,
        }
    }

    fn key(self) -> KeyPurpose {
        match self {
            Self::ResetPassword => KeyPurpose::ResetPassword,
            Self::Verify => KeyPurpose::Verify,
            Self::ChangeEmail => KeyPurpose::ChangeEmail,
            Self::KnownClient => KeyPurpose::KnownClient,
            Self::OAuthState => KeyPurpose::OAuthState,
        }
    }
}

/// The claims of a token that sets a new password.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct ResetClaims {
    /// The user's id.
    pub(crate) sub: String,
    /// The fingerprint of the password that it replaces, and of the address; under `compat` that of the original.
    pub(crate) password_fgpt: String,
    /// The fingerprint of both beside that of the original, which leaves the address out and ignores this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fgpt: Option<String>,
    /// The generation of the user in which the token was issued. A token of FastAPI Users has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_gen: Option<Generation>,
}

/// The claims of a token that proves an address.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct VerifyClaims {
    /// The user's id.
    pub(crate) sub: String,
    /// The address.
    pub(crate) email: String,
    /// The fingerprint of the password and address that the user had; only where the address is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_fgpt: Option<String>,
    /// The generation of the user in which the token was issued; only where the address is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_gen: Option<Generation>,
}

/// The claims of the cookie of a client that has logged in to an account.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct KnownClientClaims {
    /// The user's id.
    pub(crate) sub: String,
    /// The fingerprint of the generation that the user was in.
    pub(crate) mark: String,
}

#[derive(Deserialize, Serialize)]
struct Claims<T> {
    #[serde(flatten)]
    own: T,
    aud: Audience,
    exp: NumericDate,
    /// Ours say neither this nor the next one. Who signs with the same secret may, and is then taken at the word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<NumericDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iat: Option<NumericDate>,
    /// Two tokens of one second would else be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

impl<T> Registered for Claims<T> {
    fn audience(&self) -> &Audience {
        &self.aud
    }

    fn expires_at(&self) -> NumericDate {
        self.exp
    }

    fn not_before(&self) -> Option<NumericDate> {
        self.nbf
    }

    fn issued_at(&self) -> Option<NumericDate> {
        self.iat
    }
}

/// Signs and reads the tokens of one purpose.
#[derive(Clone)]
pub(crate) struct OneTimeKeys {
    keys: JwtKeys,
    audience: &'static str,
    lifetime: Duration,
}

impl OneTimeKeys {
    /// Keys for the tokens of `purpose`, which live for `lifetime`. They are derived from `secrets`.
    ///
    /// # Errors
    ///
    /// When the secrets can't be used.
    pub(crate) fn new(
        purpose: Purpose,
        compat: Compat,
        secrets: &Secrets,
        lifetime: Duration,
    ) -> Result<Self, KeyError> {
        let keys = JwtKeys::from_keyring(Algorithm::HS256, &secrets.derive(purpose.key(), compat)?)?;
        Ok(Self { keys, audience: purpose.audience(compat), lifetime })
    }

    /// Makes a token.
    ///
    /// # Errors
    ///
    /// When it can't be signed.
    pub(crate) fn sign<T: Serialize>(&self, own: T, now: Timestamp) -> Result<String, JwtError> {
        let jti = super::random_token().map_err(|error| JwtError::Sign(error.into()))?;
        let exp = NumericDate::whole(now.after(self.lifetime));
        let aud = Audience::One(self.audience.to_owned());
        self.keys.sign(&Claims { own, aud, exp, nbf: None, iat: None, jti: Some(jti) })
    }

    /// Reads a token of this purpose that has not expired.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub(crate) fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(T, Spent), JwtError> {
        let claims = self.keys.verify::<Claims<T>>(token, &[self.audience], now)?;
        let expires_at = claims.expires_at().timestamp();
        Ok((claims.own, Spent { digest: digest(unsigned(token)), expires_at }))
    }
}

/// What marks a token as used.
#[derive(Clone, Debug)]
pub(crate) struct Spent {
    /// The digest of the token.
    pub(crate) digest: String,
    /// Until when the mark must be kept.
    pub(crate) expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let (now, minute) = (Timestamp::from_micros(1_714_564_800_000_000), Duration::from_secs(60));
        let keys = OneTimeKeys::new(Purpose::Verify, Compat::None, &Secrets::new("excalibur"), minute);
        let keys = keys.expect("keys");
        let texts =
            ["", "arthur@camelot.bt", "\"}", "\\u0000", "\0\n\u{7f}", "ſ\u{301}\u{202e}", "👑\u{10ffff}"];
        for (sub, email) in
            texts.iter().flat_map(|sub| texts.map(|email| (sub.to_string(), email.to_owned())))
        {
            for password_fgpt in [None, Some(email.clone())] {
                let (sub, email, password_fgpt) = (sub.clone(), email.clone(), password_fgpt);
                let said = (sub.clone(), email.clone(), password_fgpt.clone());
                let token = keys.sign(VerifyClaims { sub, email, password_fgpt, user_gen: None }, now);
                let (read, _) = keys.verify::<VerifyClaims>(&token.expect("a token"), now).expect("it reads");
                assert_eq!((read.sub, read.email, read.password_fgpt), said);
            }
        }
    }

    #[test]
    fn a_beginning_is_kept_to() {
        let secrets = Secrets::new("excalibur");
        let (now, minute) = (Timestamp::from_micros(1_714_564_800_000_000), Duration::from_secs(60));
        let keys = OneTimeKeys::new(Purpose::Verify, Compat::None, &secrets, minute).expect("keys");
        let keyring = secrets.derive(KeyPurpose::Verify, Compat::None).expect("keys");
        let foreign = JwtKeys::from_keyring(Algorithm::HS256, &keyring).expect("keys");
        for (claim, later) in [("nbf", 0), ("iat", 0), ("nbf", 1), ("iat", 1)] {
            let claims = json!({
                "sub": "1", "email": "arthur@camelot.bt", "aud": "axum-users:verify",
                "exp": now.seconds() + 60, claim: now.seconds() + later,
            });
            let token = foreign.sign(&claims).expect("a token");
            let verdict = keys.verify::<VerifyClaims>(&token, now);
            assert_eq!(verdict.is_ok(), later == 0, "{claims}");
        }
    }
}
