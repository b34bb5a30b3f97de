//! `/me` for the user itself, `/{id}` for superusers.

mod delete_user;
mod managed;
mod me;
mod update_me;
mod update_user;
mod user;

use super::{Entry, Routing};
use crate::manager::AuthApp;

pub(super) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new()
        .route(me::ROUTE, me::me::<A>)
        .route(update_me::ROUTE, update_me::update_me::<A>)
        .route(delete_user::ME, delete_user::delete_user::<A>)
        .route(user::ROUTE, user::user::<A>)
        .route(update_user::ROUTE, update_user::update_user::<A>)
        .route(delete_user::ROUTE, delete_user::delete_user::<A>)
}
