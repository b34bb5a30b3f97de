//! The request's user, who has proven to own the address.

use super::proof::proves;
use crate::event::Reason;
use crate::manager::AuthApp;
use crate::user::AuthUser;

/// The request's active and verified user. Else 401, or 403 where the user is not verified.
///
/// `Option<Verified<A>>` is `None` where there is no such user. A cross-site write is refused all the same, and a store
/// that is away is a 503.
#[derive(Debug)]
pub struct Verified<A: AuthApp>(pub A::User);

proves!(Verified, |user: &A::User| (!user.is_verified()).then_some(Reason::NotVerified));
