//! A new password for users who forgot theirs.

mod forgot;
mod reset;

use super::{Entry, Routing};
use crate::manager::AuthApp;

pub(super) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new()
        .route(forgot::ROUTE, forgot::forgot_password::<A>)
        .route(reset::ROUTE, reset::reset_password::<A>)
}
