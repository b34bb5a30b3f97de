//! Login and logout at a backend.

mod login;
mod logout;
pub(super) mod responses;

use super::{Entry, Routing};
use crate::manager::AuthApp;

pub(super) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new().route(login::ROUTE, login::login::<A>).route(logout::ROUTE, logout::logout::<A>)
}
