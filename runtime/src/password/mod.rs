//! Hashing of passwords, on threads of its own, and what makes one easy to guess. It knows no users.

mod argon2;
mod bcrypt;
mod breached;
#[cfg(feature = "common-passwords")]
mod common;
mod context;
mod decoys;
mod hasher;
#[cfg(test)]
mod hostile;
mod pool;
#[cfg(feature = "oauth")]
mod unusable;

pub use self::argon2::Argon2;
pub(crate) use self::breached::DynBreachedPasswords;
pub use self::breached::{BreachCheckError, BreachedPasswords};
#[cfg(feature = "breach-check")]
pub use self::breached::{OnUnavailable, PwnedConnections, PwnedPasswords};
#[cfg(feature = "common-passwords")]
pub(crate) use self::common::is_common;
pub(crate) use self::context::{is_mostly, words_of};
pub(crate) use self::decoys::Decoys;
pub use self::hasher::{HashError, PasswordHasher, Verdict};
pub use self::pool::PoolSize;
pub(crate) use self::pool::{Asker, HashingPool, Pending};
#[cfg(feature = "oauth")]
pub(crate) use self::unusable::{is_usable, unusable};
