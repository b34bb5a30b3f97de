//! Hashing of passwords, on threads of its own. It knows no users.

mod argon2;
mod bcrypt;
mod hasher;
mod pool;

pub use self::argon2::Argon2;
pub use self::hasher::{HashError, PasswordHasher, Verdict};
pub use self::pool::{HashingPool, PoolSize};
