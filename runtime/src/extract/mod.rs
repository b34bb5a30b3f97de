//! Extractors that prove facts about a request's user, one a file.

mod authenticate;
mod claims;
mod current_user;
mod manager;
mod proof;
mod refusal;
mod session;
mod superuser;
mod verified_user;

pub use self::claims::StatelessClaims;
pub use self::current_user::CurrentUser;
pub use self::session::CurrentSession;
pub(crate) use self::session::{forbidden, refused, unauthorized};
pub use self::superuser::Superuser;
pub use self::verified_user::VerifiedUser;
