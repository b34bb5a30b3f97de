//! What can go wrong, as clients read it: codes, mistakes in a body, and answers.

mod code;
mod field;
mod reauthentication;
mod rejection;

pub use self::code::ErrorCode;
pub use self::field::FieldError;
pub use self::reauthentication::Reauthentication;
pub use self::rejection::Rejection;
