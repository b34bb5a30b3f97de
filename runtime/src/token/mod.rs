//! Tokens: random ones, signed ones, one-time ones. It knows no storage and no HTTP.

mod algorithm;
mod fingerprint;
mod generation;
mod jwt;
mod jwt_error;
mod key_error;
mod keys;
mod one_time;
#[cfg(feature = "key-pairs")]
mod pair;
mod random;
mod signature;

pub use self::algorithm::Algorithm;
pub use self::fingerprint::Fingerprints;
pub use self::generation::Generation;
#[cfg(feature = "oauth")]
pub(crate) use self::jwt::decode;
pub(crate) use self::jwt::unsigned;
pub use self::jwt::{Audience, NumericDate, Registered};
pub use self::jwt_error::JwtError;
pub use self::key_error::KeyError;
pub use self::keys::JwtKeys;
pub(crate) use self::one_time::{KnownClientClaims, OneTimeKeys, Purpose, ResetClaims, Spent, VerifyClaims};
#[cfg(feature = "oauth")]
pub(crate) use self::pair::install_provider;
pub use self::random::{NoRandomness, digest, random_token};
