//! The state of a sign-in that is under way: signed, good once, for one browser, one provider and one purpose.
//!
//! Nothing of it is stored before it is used up. What only this browser knows lies in a cookie; the state holds its
//! digest, and PKCE's verifier and the nonce are made of both.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Pages;
use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::error::Refusal;
use crate::secret::Secrets;
use crate::token::{JwtError, KeyError, OneTimeKeys, Purpose, Spent, digest, random_token};

/// How long a sign-in may take, from its first step to its last.
pub(crate) const STATE_LIFETIME: Duration = Duration::from_secs(600);

/// Signs and reads states.
pub(crate) struct StateKeys(OneTimeKeys);

/// What a sign-in is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Intent {
    /// The client, as [`client_digest`] tells it.
    #[serde(rename = "cli")]
    pub(crate) client: String,
    /// Signing in at a backend, or giving an account to a user.
    #[serde(rename = "for")]
    pub(crate) purpose: String,
    /// Where the browser is led; `None`: the answer is JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) led: Option<Pages>,
}

#[derive(Deserialize, Serialize)]
struct StateClaims {
    /// The digest of what only this browser knows, under the original's name.
    csrftoken: String,
    #[serde(flatten)]
    intent: Intent,
}

/// A sign-in that has begun.
pub(crate) struct Started {
    /// What goes to the provider and comes back.
    pub(crate) state: String,
    /// What lies in the browser's cookie.
    pub(crate) browser: String,
    /// What tells this sign-in from the browser's others. It is no secret.
    pub(crate) mark: String,
    pub(crate) proof: Proof,
}

/// What ties a sign-in's last step to its first.
pub(crate) struct Proof {
    /// PKCE's verifier (RFC 7636, 4.1).
    pub(crate) verifier: String,
    /// The nonce of an OpenID provider.
    pub(crate) nonce: String,
}

impl Proof {
    fn new(state: &str, browser: &str) -> Option<Self> {
        let of = |label: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(browser.as_bytes()).ok()?;
            mac.update(label.as_bytes());
            mac.update(state.as_bytes());
            Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
        };
        Some(Self { verifier: of("axum-users pkce\0")?, nonce: of("axum-users nonce\0")? })
    }

    /// PKCE's challenge, by S256 (RFC 7636, 4.2).
    pub(crate) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }
}

/// Why a state is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It is no state of this app's.
    #[error("the state can't be read")]
    Unreadable,
    /// The sign-in took too long.
    #[error("the state has expired")]
    Expired,
    /// It is another browser's, another provider's or for something else, or it was used.
    #[error("the state is another browser's, provider's or purpose's, or was used")]
    Foreign,
}

impl From<StateError> for Refusal {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Unreadable => Self::AccessTokenDecodeError,
            StateError::Expired => Self::AccessTokenAlreadyExpired,
            StateError::Foreign => Self::OauthInvalidState,
        }
    }
}

/// A state that is ours, whoever sent it.
pub(crate) struct StateRead {
    pub(crate) intent: Intent,
    pub(crate) spent: Spent,
    csrftoken: String,
}

impl StateKeys {
    pub(crate) fn new(compat: Compat, secrets: &Secrets) -> Result<Self, KeyError> {
        OneTimeKeys::new(Purpose::OAuthState, compat, secrets, STATE_LIFETIME).map(Self)
    }

    /// Begins a sign-in.
    pub(crate) fn start(&self, intent: Intent, now: Timestamp) -> Result<Started, JwtError> {
        let browser = random_token().map_err(|error| JwtError::Sign(error.into()))?;
        let mark = digest(&browser);
        let state = self.0.sign(StateClaims { csrftoken: mark.clone(), intent }, now)?;
        let proof = Proof::new(&state, &browser).ok_or_else(|| JwtError::Sign("no key".into()))?;
        Ok(Started { state, browser, mark, proof })
    }

    /// Reads a state of ours. Whose it is and how old, [`StateRead::check`] says.
    pub(crate) fn read(&self, state: &str) -> Result<StateRead, StateError> {
        // At the start of time nothing has expired: where a browser goes is told by an old state, too.
        let read = self.0.verify::<StateClaims>(state, Timestamp::default());
        let (claims, spent) = read.map_err(|_| StateError::Unreadable)?;
        Ok(StateRead { intent: claims.intent, spent, csrftoken: claims.csrftoken })
    }
}

impl StateRead {
    /// What tells the sign-in from its browser's others.
    pub(crate) fn mark(&self) -> &str {
        &self.csrftoken
    }

    /// Whether the state is good at `now`, for this browser, client and purpose.
    pub(crate) fn check(
        &self,
        state: &str,
        browser: Option<&str>,
        client: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<Proof, StateError> {
        if self.spent.expires_at <= now {
            return Err(StateError::Expired);
        }
        let browser = browser.ok_or(StateError::Foreign)?;
        let is_browsers: bool = digest(browser).as_bytes().ct_eq(self.csrftoken.as_bytes()).into();
        if !is_browsers || self.intent.client != client || self.intent.purpose != purpose {
            return Err(StateError::Foreign);
        }
        Proof::new(state, browser).ok_or(StateError::Foreign)
    }
}
