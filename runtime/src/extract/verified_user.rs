//! The request's user, who is verified.

use super::proof::proves;
use crate::event::Reason;
use crate::manager::AuthApp;
use crate::user::AuthUser;

/// The request's active and verified user. Without one, 401; 403 if the user is not verified.
///
/// It dereferences to the user. Only the extractor makes one, so a function that takes `&VerifiedUser<A>` can rely on it.
/// `Option<VerifiedUser<A>>` is `None` if there is no such user. A cross-site write returns 403 and an unreachable store 503 all the
/// same.
#[derive(Debug)]
pub struct VerifiedUser<A: AuthApp>(A::User);

proves!(VerifiedUser, |user: &A::User| (!user.is_verified()).then_some(Reason::NotVerified));
