//! Tokens: random ones, signed ones, one-time ones. It knows no storage and no HTTP.

mod fingerprint;
mod generation;
mod jwt;
mod keys;
mod one_time;
#[cfg(feature = "key-pairs")]
mod pair;
mod random;
mod signature;

pub use self::fingerprint::Fingerprints;
pub use self::generation::Generation;
#[cfg(feature = "oauth")]
pub(crate) use self::jwt::decode;
pub(crate) use self::jwt::unsigned;
pub use self::jwt::{Audience, JwtError, NumericDate, Registered};
pub use self::keys::{Algorithm, JwtKeys, KeyError};
pub use self::one_time::{KnownClientClaims, OneTimeKeys, Purpose, ResetClaims, Spent, VerifyClaims};
#[cfg(feature = "oauth")]
pub(crate) use self::pair::install_provider;
pub use self::random::{digest, random_token};
