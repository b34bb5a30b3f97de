//! The request's user, who is active.

use super::proof::proves;
use crate::manager::AuthApp;

/// The request's active user. Else 401.
///
/// `Option<CurrentUser<A>>` is `None` where there is no such user. A cross-site write is refused all the same, and a store
/// that is away is a 503.
#[derive(Debug)]
pub struct CurrentUser<A: AuthApp>(pub A::User);

proves!(CurrentUser, |_: &_| None);
