//! Argon2id with the crate's own costs, off the async workers.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use tokio::task::spawn_blocking;

use crate::error::Error;

pub(crate) async fn hash(password: String) -> Result<String, Error> {
    let hash = spawn_blocking(move || -> Result<PasswordHash, HashError> {
        Argon2::default().hash_password(password.as_bytes())
    });
    Ok(hash.await??.to_string())
}

/// Whether `hash` is that of `password`.
pub(crate) async fn verify(password: String, hash: String) -> Result<bool, Error> {
    let verdict = spawn_blocking(move || {
        let hash = PasswordHash::new(&hash)?;
        match Argon2::default().verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(error) => Err(error.into()),
        }
    });
    verdict.await?
}
