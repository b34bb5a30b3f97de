//! The request's user, who is active.

use super::proof::proves;
use crate::manager::AuthApp;

/// The request's active user. Without one, 401.
///
/// It dereferences to the user. Only the extractor makes one, so a function that takes `&CurrentUser<A>` can rely on it.
/// `Option<CurrentUser<A>>` is `None` if there is no such user. A cross-site write returns 403 and an unreachable store 503 all the
/// same.
#[derive(Debug)]
pub struct CurrentUser<A: AuthApp>(A::User);

proves!(CurrentUser, |_: &_| None);
