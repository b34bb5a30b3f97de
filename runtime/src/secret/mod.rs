//! Secrets: types that can't be printed, serialized or compared by accident.

mod hashed_password;
mod password;
mod secrets;
mod token;

pub use self::hashed_password::HashedPassword;
pub use self::password::Password;
pub use self::secrets::{Secret, Secrets};
pub use self::token::Token;
