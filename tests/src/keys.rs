//! The keys that an app signs with, for tests that forge tokens.

use axum_users::secret::KeyPurpose;
use axum_users::store::Compat;
use axum_users::testing::signing_key;

use crate::server::{RESET_SECRET, SECRET, Server, VERIFY_SECRET};

/// The key that an app of this layout signs with for `purpose`, where `secret` is the one of its configuration.
#[must_use]
pub fn key(secret: &str, purpose: KeyPurpose, compat: Compat) -> Vec<u8> {
    signing_key(&secret.into(), purpose, compat).expect("a key")
}

impl Server {
    /// The key that it signs session tokens with.
    #[must_use]
    pub fn session_key(&self) -> Vec<u8> {
        key(SECRET, KeyPurpose::Session, self.compat)
    }

    /// The key that it signs tokens with that reset a password.
    #[must_use]
    pub fn reset_key(&self) -> Vec<u8> {
        key(RESET_SECRET, KeyPurpose::ResetPassword, self.compat)
    }

    /// The key that it signs tokens with that verify an email.
    #[must_use]
    pub fn verify_key(&self) -> Vec<u8> {
        key(VERIFY_SECRET, KeyPurpose::Verify, self.compat)
    }
}
