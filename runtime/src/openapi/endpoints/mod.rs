//! What stands in the document of each route of this crate's, one file a router.

mod accounts;
mod auth;
#[cfg(feature = "oauth")]
mod oauth;
mod sketch;
mod users;

use axum::routing::MethodFilter;
use utoipa::openapi::HttpMethod;

use self::sketch::Sketch;
use super::documented_route::DocumentedRoute;
use super::facts::Facts;
use crate::router::{Endpoint, Route};

/// What stands in the document of a route.
pub(super) fn document(facts: &Facts, route: Route) -> DocumentedRoute {
    let Route { path, endpoint, access } = route;
    let mut sketch = Sketch { facts, access, route: DocumentedRoute::new(method(endpoint)) };
    match endpoint {
        Endpoint::Login(backend) => auth::login(&mut sketch, backend),
        Endpoint::Logout(backend) => auth::logout(&mut sketch, backend),
        Endpoint::Register => accounts::register(&mut sketch),
        Endpoint::ForgotPassword => accounts::forgot_password(&mut sketch),
        Endpoint::ResetPassword => accounts::reset_password(&mut sketch),
        Endpoint::RequestVerifyToken => accounts::request_verify_token(&mut sketch),
        Endpoint::Verify => accounts::verify(&mut sketch),
        Endpoint::ConfirmEmail => accounts::confirm_email(&mut sketch),
        Endpoint::CurrentUser => users::current_user(&mut sketch),
        Endpoint::PatchCurrentUser => users::patch_current_user(&mut sketch),
        Endpoint::DeleteMe => users::delete_me(&mut sketch),
        Endpoint::User => users::user(&mut sketch),
        Endpoint::PatchUser => users::patch_user(&mut sketch),
        Endpoint::DeleteUser => users::delete_user(&mut sketch),
        #[cfg(feature = "oauth")]
        Endpoint::Authorize(client, backend) => oauth::authorize(&mut sketch, client, backend),
        #[cfg(feature = "oauth")]
        Endpoint::Callback(client, backend) => oauth::callback(&mut sketch, client, backend),
        #[cfg(feature = "oauth")]
        Endpoint::PostedCallback(client, backend) => oauth::posted_callback(&mut sketch, client, backend),
        #[cfg(feature = "oauth")]
        Endpoint::AssociateAuthorize(client) => oauth::associate_authorize(&mut sketch, client),
        #[cfg(feature = "oauth")]
        Endpoint::AssociateCallback(client) => oauth::associate_callback(&mut sketch, client),
        #[cfg(feature = "oauth")]
        Endpoint::PostedAssociateCallback(client) => oauth::posted_associate_callback(&mut sketch, client),
        #[cfg(feature = "oauth")]
        Endpoint::OAuthAccounts => oauth::accounts(&mut sketch),
        #[cfg(feature = "oauth")]
        Endpoint::UnlinkOAuthAccount => oauth::unlink(&mut sketch),
    }
    DocumentedRoute { path, ..sketch.route }
}

fn method(endpoint: Endpoint) -> HttpMethod {
    match endpoint.method() {
        MethodFilter::GET => HttpMethod::Get,
        MethodFilter::PATCH => HttpMethod::Patch,
        MethodFilter::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Post,
    }
}
