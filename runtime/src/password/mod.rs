//! Hashing of passwords, on threads of its own. It knows no users.

mod argon2;
mod bcrypt;
mod hasher;
mod pool;
#[cfg(feature = "oauth")]
mod unusable;

pub use self::argon2::Argon2;
pub use self::hasher::{HashError, PasswordHasher, Verdict};
pub use self::pool::{HashingPool, PoolSize};
#[cfg(feature = "oauth")]
pub(crate) use self::unusable::{is_usable, unusable};
