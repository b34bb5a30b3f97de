//! Errors as clients see them: refusals, mistakes in a body, and the responses for both.

mod field;
mod invalid_password;
mod reauthentication;
mod refusal;
mod rejection;

pub use self::field::FieldError;
pub use self::invalid_password::InvalidPassword;
pub use self::reauthentication::Reauthentication;
pub use self::refusal::Refusal;
pub use self::rejection::Rejection;
