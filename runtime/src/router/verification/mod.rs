//! Proof that an email is the user's, of the first one and, under the strict policy, of a new one.

mod confirm_email;
mod proof;
mod request;
mod verify;

use super::{Entry, Routing};
use crate::manager::{AuthApp, Policy};

pub(super) fn routes<A: AuthApp>(policy: &Policy) -> Routing<Entry<A>> {
    let routing = Routing::new()
        .route(request::ROUTE, request::request_verify_token::<A>)
        .route(verify::ROUTE, verify::verify::<A>);
    if policy.confirm_email_change {
        routing.route(confirm_email::ROUTE, confirm_email::confirm_email::<A>)
    } else {
        routing
    }
}
