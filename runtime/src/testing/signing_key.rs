//! Keys of an app, for tests that forge tokens.

use crate::compat::Compat;
use crate::secret::{DerivationError, KeyPurpose, Secrets};

/// Returns the key that an app signs with for `purpose`, as it derives the key from these secrets of its configuration. A
/// test forges a token with it, and verifies that the app rejects what the token claims.
///
/// ```
/// use axum_users::compat::Compat;
/// use axum_users::prelude::*;
/// use axum_users::secret::KeyPurpose;
/// use axum_users::testing;
/// use axum_users::token::{Algorithm, JwtKeys};
///
/// let secrets = Secrets::new("a secret of a test, and of nothing else");
/// let key = testing::signing_key(&secrets, KeyPurpose::Session, Compat::None)?;
/// let forged = JwtKeys::hmac(Algorithm::HS256, &Secrets::new(key))?.sign(&serde_json::json!({ "sub": "1" }))?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If no key can be derived.
pub fn signing_key(
    secrets: &Secrets,
    purpose: KeyPurpose,
    compat: Compat,
) -> Result<Vec<u8>, DerivationError> {
    Ok(secrets.derive(purpose, compat)?.current().expose().to_vec())
}
