//! The request's user, who may manage the others.

use super::proof::proves;
use crate::event::Reason;
use crate::manager::AuthApp;
use crate::user::AuthUser;

/// The request's active user, who is a superuser. Else 401, or 403 where the user is none.
///
/// `Option<Superuser<A>>` is `None` where there is no such user. A cross-site write is refused all the same, and a store
/// that is away is a 503.
#[derive(Debug)]
pub struct Superuser<A: AuthApp>(pub A::User);

proves!(Superuser, |user: &A::User| (!user.is_superuser()).then_some(Reason::NotSuperuser));
