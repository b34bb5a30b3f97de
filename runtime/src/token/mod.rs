//! Tokens: random ones, signed ones, one-time ones. It knows no storage and no HTTP.

mod fingerprint;
mod jwt;
mod keys;
mod one_time;
mod random;
mod signature;

pub use self::fingerprint::Fingerprints;
pub(crate) use self::jwt::unsigned;
pub use self::jwt::{Audience, JwtError, NumericDate, Registered};
#[cfg(feature = "oauth")]
pub(crate) use self::keys::install_provider;
pub use self::keys::{Algorithm, JwtKeys, KeyError};
pub use self::one_time::{OneTimeKeys, Purpose, ResetClaims, Spent, VerifyClaims};
pub use self::random::{digest, random_token};
