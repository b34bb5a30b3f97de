//! Linking an account at an OAuth client to a signed-in user.

mod authorize;
mod callback;

use super::{OAuthEntry, posted_callback};
use crate::manager::AuthApp;
use crate::router::Routing;

pub(in crate::router) fn routes<A: AuthApp>() -> Routing<OAuthEntry<A>> {
    Routing::new()
        .route(authorize::ROUTE, authorize::start::<A>)
        .route(callback::ROUTE, callback::finish::<A>)
        .route(posted_callback::ASSOCIATE, posted_callback::posted::<A>)
}
