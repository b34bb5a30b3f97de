//! What stands in the document of each route of this crate's, one file a router.

mod accounts;
mod auth;
#[cfg(feature = "oauth")]
mod oauth;
mod users;

use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{HttpMethod, ObjectBuilder, RefOr, Schema};

use super::documented_route::{DocumentedRoute, JSON};
use super::facts::{Facts, Proof};
use crate::error::{Refusal, Rejection};
use crate::limit::Rate;
use crate::router::{Access, Endpoint, Route};

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

/// A route of an app that is being documented.
struct Sketch<'a> {
    facts: &'a Facts,
    access: Access,
    route: DocumentedRoute,
}

impl Sketch<'_> {
    /// Its name, which is that of FastAPI Users, and what it does.
    fn is(&mut self, tag: &str, id: impl Into<String>, summary: impl Into<String>) {
        let operation = &mut self.route.operation;
        operation.tags = Some(vec![tag.to_owned()]);
        operation.operation_id = Some(id.into());
        operation.summary = Some(summary.into());
    }

    /// More on what it does.
    fn describe(&mut self, words: &str) {
        self.route.operation.description = Some(words.to_owned());
    }

    fn answers(&mut self, status: StatusCode, words: &str, schema: impl Into<RefOr<Schema>>) {
        self.route.answer(status, words, Some(schema.into()));
    }

    /// An answer that has nothing to say.
    fn answers_null(&mut self, status: StatusCode, words: &str) {
        self.answers(status, words, null());
    }

    /// The user, as answers show it.
    fn answers_user(&mut self, status: StatusCode, words: &str) {
        let (name, schema) = &self.facts.read;
        let schema = self.route.refer(name, schema.clone());
        self.answers(status, words, schema);
    }

    /// A JSON body, and what may be wrong with one.
    fn takes(&mut self, name: &str, schema: impl Into<RefOr<Schema>>) {
        let schema = self.route.refer(name, schema);
        self.route.take(&[JSON], &schema);
        self.refuses([
            Rejection::RequestTimeout,
            Rejection::ContentTooLarge,
            Rejection::UnsupportedMediaType,
            Rejection::Invalid(Vec::new()),
        ]);
    }

    fn refuses(&mut self, rejections: impl IntoIterator<Item = Rejection>) {
        for rejection in rejections {
            self.route.refuse(&rejection);
        }
    }

    /// It may be tried no oftener than these say, if any is set.
    fn is_limited_by(&mut self, rates: &[Option<Rate>]) {
        if rates.iter().any(Option::is_some) {
            self.refuses([Rejection::Refused(Refusal::TooMany(Duration::ZERO))]);
        }
    }

    /// It is for the users whom the router lets in.
    fn is_for_users(&mut self) {
        let proof = match self.access {
            Access::Active => Proof::USER,
            Access::Verified => Proof::SOME_USERS,
        };
        self.route.proofs.push((self.facts.app, proof));
    }

    /// It is for superusers.
    fn is_for_superusers(&mut self) {
        self.route.proofs.push((self.facts.app, Proof::SOME_USERS));
    }
}

fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}
