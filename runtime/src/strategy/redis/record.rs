//! What lies in Redis of a token, beside its key.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::store::Issuance;
use crate::token::Generation;

/// What is known of a token. It lies in Redis as JSON.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Record {
    /// The user's id.
    pub(super) sub: String,
    /// Since when, in microseconds.
    iat: i64,
    /// Until when, in microseconds. Redis forgets it then, by its own clock.
    exp: i64,
    /// The fingerprint of the password hash that the user had. A token of FastAPI Users has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fgpt: Option<String>,
    /// The generation of the user in which the token was issued. A token of FastAPI Users has none.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "gen")]
    generation: Option<Generation>,
}

impl Record {
    /// Creates the record of a token issued by this crate, which depends on a password and a generation.
    pub(super) fn new(
        sub: String,
        issued_at: Timestamp,
        expires_at: Timestamp,
        fingerprint: String,
        generation: Generation,
    ) -> Self {
        let record = Self::foreign(sub, issued_at, expires_at);
        Self { fgpt: Some(fingerprint), generation: Some(generation), ..record }
    }

    /// A token of FastAPI Users.
    pub(super) fn foreign(sub: String, issued_at: Timestamp, expires_at: Timestamp) -> Self {
        Self { sub, iat: issued_at.micros(), exp: expires_at.micros(), fgpt: None, generation: None }
    }

    /// Returns when the token was issued, which decides whether it has been revoked.
    pub(super) fn issued(&self) -> Issuance {
        self.generation.map_or_else(|| Issuance::At(self.issued_at()), Issuance::In)
    }

    /// Returns whether the record has the fingerprint and the generation that this crate's tokens have.
    pub(super) fn is_stamped(&self) -> bool {
        self.fgpt.is_some() && self.generation.is_some()
    }

    pub(super) fn issued_at(&self) -> Timestamp {
        Timestamp::from_micros(self.iat)
    }

    pub(super) fn expires_at(&self) -> Timestamp {
        Timestamp::from_micros(self.exp)
    }

    /// How many milliseconds are left of it, at least one.
    pub(super) fn remaining(&self, now: Timestamp) -> i64 {
        (self.exp.saturating_sub(now.micros()) / 1000).max(1)
    }

    /// As it lies in Redis.
    pub(super) fn write(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// What lies in Redis. What can't be read is no record, whoever wrote it.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let record = serde_json::from_slice(bytes);
        record.inspect_err(|_| tracing::debug!("a token's record in Redis can't be read")).ok()
    }
}
