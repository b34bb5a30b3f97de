//! The request's user, who is a superuser.

use super::proof::proves;
use crate::event::Reason;
use crate::manager::AuthApp;
use crate::user::AuthUser;

/// The request's active user. Without one, 401; 403 if the user is not a superuser.
///
/// It dereferences to the user. Only the extractor makes one, so a function that takes `&Superuser<A>` can rely on it.
/// `Option<Superuser<A>>` is `None` if there is no such user. A cross-site write returns 403 and an unreachable store 503 all the
/// same.
#[derive(Debug)]
pub struct Superuser<A: AuthApp>(A::User);

proves!(Superuser, |user: &A::User| (!user.is_superuser()).then_some(Reason::NotSuperuser));
