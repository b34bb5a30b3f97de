//! Login with an OAuth client at a backend.

mod authorize;
mod callback;

use super::{OAuthEntry, posted_callback};
use crate::manager::AuthApp;
use crate::router::Routing;

pub(in crate::router) fn routes<A: AuthApp>() -> Routing<OAuthEntry<A>> {
    Routing::new()
        .route(authorize::ROUTE, authorize::start::<A>)
        .route(callback::ROUTE, callback::finish::<A>)
        .route(posted_callback::SIGN_IN, posted_callback::posted::<A>)
}
