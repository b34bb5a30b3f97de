//! Signing in with other services, and the accounts that a user has there.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref};

use super::auth::{answers_token, sets_cookie};
use super::sketch::Sketch;
use crate::backend::BackendName;
use crate::error::{Reauthentication, Refusal, Rejection};
use crate::manager::{Registration, VerifyEmail};
use crate::oauth::ClientName;
use crate::openapi::facts::{ACCOUNT, account};
use crate::openapi::schema::AnySchema;
use crate::openapi::types::text;
use crate::router::Access;
use crate::transport::SecurityScheme;

pub(super) fn authorize(sketch: &mut Sketch<'_>, client: ClientName, backend: BackendName) {
    let summary = format!("Begins a sign-in with {client}");
    sketch.is("auth", format!("oauth:{client}.{backend}.authorize"), summary);
    let is_cookie = matches!(sketch.facts.scheme(backend), Some(SecurityScheme::Cookie(_)));
    sketch.refuses([Rejection::Refused(Refusal::CrossSiteRequest)]);
    sends(sketch, client, is_cookie);
}

pub(super) fn callback(sketch: &mut Sketch<'_>, client: ClientName, backend: BackendName) {
    let summary = format!("Ends a sign-in with {client}");
    sketch.is("auth", format!("oauth:{client}.{backend}.callback"), summary);
    answers_token(sketch, backend);
    if matches!(sketch.facts.scheme(backend), Some(SecurityScheme::Cookie(_))) {
        redirects(sketch, "To where the browser was to go, with its cookie");
    }
    returns(sketch, client);
    sketch.refuses([
        Rejection::Refused(Refusal::OauthNotAvailableEmail),
        Rejection::Refused(Refusal::OauthUserAlreadyExists),
        Rejection::Refused(Refusal::LoginBadCredentials),
    ]);
    if sketch.access == Access::Verified && sketch.facts.policy.verify_email == VerifyEmail::Never {
        sketch.refuses([Rejection::Refused(Refusal::LoginUserNotVerified)]);
    }
    if !matches!(sketch.facts.policy.registration, Registration::Open) {
        sketch.refuses([Rejection::Refused(Refusal::RegisterNotAllowed)]);
    }
}

pub(super) fn posted_callback(sketch: &mut Sketch<'_>, client: ClientName, backend: BackendName) {
    posts(sketch, client, format!("oauth:{client}.{backend}.callback.post"));
}

pub(super) fn associate_authorize(sketch: &mut Sketch<'_>, client: ClientName) {
    let summary = format!("Begins to make an account at {client} the user's");
    sketch.is("auth", format!("oauth-associate:{client}.authorize"), summary);
    sketch.is_for_users();
    if sketch.facts.has_cookies() {
        sketch.refuses([Rejection::Refused(Refusal::CrossSiteRequest)]);
    }
    sends(sketch, client, true);
    needs_recent_login(sketch);
}

pub(super) fn associate_callback(sketch: &mut Sketch<'_>, client: ClientName) {
    let summary = format!("Makes an account at {client} the user's");
    sketch.is("auth", format!("oauth-associate:{client}.callback"), summary);
    sketch.is_for_users();
    sketch.answers_user(StatusCode::OK, "The user");
    redirects(sketch, "To where the browser was to go");
    returns(sketch, client);
    sketch.refuses([Rejection::Refused(Refusal::OauthAccountAlreadyLinked)]);
    needs_recent_login(sketch);
}

pub(super) fn posted_associate_callback(sketch: &mut Sketch<'_>, client: ClientName) {
    posts(sketch, client, format!("oauth-associate:{client}.callback.post"));
}

pub(super) fn accounts(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:oauth_accounts", "Lists the user's accounts at other services");
    sketch.is_for_users();
    let (name, schema) = account(sketch.facts.id.clone());
    sketch.route.refer(&name, schema);
    let list = ArrayBuilder::new().items(Ref::from_schema_name(ACCOUNT));
    sketch.answers(StatusCode::OK, "The accounts", list);
}

pub(super) fn unlink(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:unlink_oauth_account", "Takes an account at another service from the user");
    sketch.is_for_users();
    let id = sketch.facts.id.clone();
    sketch.route.segment("id", id);
    sketch.route.answer(StatusCode::NO_CONTENT, "Unlinked", None);
    sketch.refuses([Rejection::NotFound, Rejection::Refused(Refusal::OauthLastLoginMethod)]);
    needs_recent_login(sketch);
}

/// Where the policy asks for the current password, accounts are linked and unlinked after a recent login only.
fn needs_recent_login(sketch: &mut Sketch<'_>) {
    if sketch.facts.policy.asks_current_password {
        let needed = Reauthentication {
            max_age: Duration::from_secs(600),
            methods: vec!["password".to_owned()],
            challenge: "Bearer",
        };
        sketch.refuses([Refusal::ReauthenticationRequired(needed).into()]);
    }
}

/// The first step. `can_be_led`: whether a browser may be sent on with a redirect.
fn sends(sketch: &mut Sketch<'_>, client: ClientName, can_be_led: bool) {
    let scopes = ArrayBuilder::new().items(text());
    query(sketch, "scopes", "In place of the client's own, of those that it allows", scopes);
    if can_be_led {
        query(
            sketch,
            "next",
            "The path where the browser is to go in the end: all answers are redirects then",
            text(),
        );
        query(
            sketch,
            "on_error",
            "The path where it is to go after a failure, with the code as `error`",
            text(),
        );
    }
    let answer = ObjectBuilder::new().property("authorization_url", text()).required("authorization_url");
    let answer = sketch.route.refer("OAuth2AuthorizeResponse", answer);
    sketch.answers(StatusCode::OK, "Where the browser goes", answer);
    sets_cookie(sketch, StatusCode::OK, "It ties this sign-in to this browser");
    if can_be_led {
        redirects(sketch, "To the service");
        sets_cookie(sketch, StatusCode::SEE_OTHER, "It ties this sign-in to this browser");
    }
    sketch.refuses([
        Rejection::Invalid(Vec::new()),
        Rejection::Refused(Refusal::OauthProviderFailed),
        Rejection::Unavailable,
    ]);
    sketch.is_limited_by(&[sketch.facts.limits.oauth]);
    may_miss(sketch, client);
}

/// Where a function of the request chooses the client, a request may have none.
fn may_miss(sketch: &mut Sketch<'_>, client: ClientName) {
    if sketch.facts.clients_by_request.contains(&client) {
        sketch.refuses([Rejection::NotFound]);
    }
}

/// The second step: what stands in the address that the service sends the browser to.
fn returns(sketch: &mut Sketch<'_>, client: ClientName) {
    for (name, words) in [
        ("code", "What the service gave"),
        ("state", "What it was given"),
        ("error", "Why there is no code"),
        ("iss", "Who the service is"),
    ] {
        query(sketch, name, words, text());
    }
    sketch.is_limited_by(&[sketch.facts.limits.oauth]);
    sketch.refuses([
        Rejection::Refused(Refusal::OauthInvalidState),
        Rejection::Refused(Refusal::AccessTokenDecodeError),
        Rejection::Refused(Refusal::AccessTokenAlreadyExpired),
        Rejection::Refused(Refusal::OauthRefused),
        Rejection::Refused(Refusal::OauthInvalidIdToken),
        Rejection::Refused(Refusal::OauthProviderFailed),
        Rejection::Unavailable,
    ]);
    may_miss(sketch, client);
}

/// The second step of a service that has the browser post its answer.
fn posts(sketch: &mut Sketch<'_>, client: ClientName, id: String) {
    sketch.is("auth", id, format!("Takes a posted answer of {client}"));
    let body = ["code", "state", "error", "iss", "user"]
        .into_iter()
        .fold(ObjectBuilder::new(), |body, name| body.property(name, text()));
    let body = sketch.route.refer("PostedCallback", body.examples([json!({ "code": "…", "state": "…" })]));
    sketch.route.take(&["application/x-www-form-urlencoded"], &body);
    redirects(sketch, "To the same address, with what was posted in its query");
    sketch.refuses([Rejection::RequestTimeout, Rejection::ContentTooLarge]);
}

fn query(sketch: &mut Sketch<'_>, name: &str, words: &str, schema: impl Into<AnySchema>) {
    let parameter = ParameterBuilder::new().parameter_in(ParameterIn::Query).description(Some(words));
    sketch.route.parameter(parameter.name(name).schema(Some(schema)));
}

fn redirects(sketch: &mut Sketch<'_>, words: &str) {
    sketch.route.answer(StatusCode::SEE_OTHER, words, None);
}
