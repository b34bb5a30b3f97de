//! The pages, one a file: what it shows, and what becomes of its form.

mod account;
mod confirm_email;
mod field;
mod forgot;
mod home;
mod link;
mod mailbox;
mod notice;
mod page;
mod reset;
mod sign_in;
mod sign_out;
mod sign_up;
mod verify;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum_users::prelude::*;

use crate::failure::{self, Failure};
use crate::service::Service;
use crate::{Site, Web};

pub(crate) use self::notice::Notice;
pub(crate) use self::page::Page;

/// The most that a form may hold, in bytes.
const FORM_LIMIT: usize = 64 * 1024;

pub(crate) fn routes(site: Site) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/sign-up", get(sign_up::show).post(sign_up::submit))
        .route("/sign-up/done", get(sign_up::done))
        .route("/verify", get(verify::show).post(verify::submit))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", post(sign_out::submit))
        .route("/forgot", get(forgot::show).post(forgot::submit))
        .route("/forgot/done", get(forgot::done))
        .route("/reset", get(reset::show).post(reset::submit))
        .route("/confirm-email", get(confirm_email::show).post(confirm_email::submit))
        .nest("/account", account::routes())
        .route("/mailbox", get(mailbox::show))
        .route("/style.css", get(style))
        .route("/icon.svg", get(icon))
        .fallback(failure::not_found)
        .method_not_allowed_fallback(failure::method_not_allowed)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(site.clone(), same_site))
        // The library's own ask by themselves.
        .merge(Service::routes(&site).layer(map_response(pages_only)))
        .layer(map_response(guarded))
        .with_state(site)
}

/// Takes no form that another site made this browser send, whoever is signed in.
async fn same_site(State(site): State<Site>, request: Request, next: Next) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    Manager::of_request(site.web, parts.clone()).refuse_cross_site(Web::COOKIE)?;
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// The routers of the library answer with JSON: what they refuse becomes a page.
async fn pages_only(response: Response) -> Response {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() { failure::of(&response) } else { response }
}

/// No script, no frame, nothing from elsewhere. URLs hold tokens, so no other site gets them as a referrer; with
/// `no-referrer`, browsers without `Sec-Fetch-Site` would send these pages' own forms with `Origin: null`.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (CACHE_CONTROL, "no-store"),
];

async fn guarded(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", include_str!("../style.css"))
}

async fn icon() -> impl IntoResponse {
    file("image/svg+xml", include_str!("../icon.svg"))
}

/// A file that is the same for everybody.
fn file(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type), (CACHE_CONTROL, "max-age=300")], content)
}
