//! The OAuth accounts of the user itself.

mod list;
mod unlink;

use crate::manager::AuthApp;
use crate::router::{Entry, Routing};

pub(in crate::router) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new().route(list::ROUTE, list::list::<A>).route(unlink::ROUTE, unlink::unlink::<A>)
}
