//! Secrets, and the keys that are derived from them: types that can't be printed, serialized or compared by accident.

mod hashed_password;
mod key_purpose;
mod keyring;
mod password;
mod secrets;
mod token;

pub use self::hashed_password::HashedPassword;
pub use self::key_purpose::KeyPurpose;
pub use self::keyring::{Key, Keyring};
pub use self::password::Password;
pub use self::secrets::{DerivationError, Secrets};
pub use self::token::Token;
