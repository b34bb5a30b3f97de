//! Signing in with other services: a router each for sign-in, association and the accounts that a user has.

mod accounts;
mod associate;
mod documentation;
mod posted_callback;
mod query;
mod sign_in;

pub(super) use self::accounts::routes as accounts_routes;
pub(super) use self::associate::routes as associate_routes;
pub(super) use self::sign_in::routes as sign_in_routes;

use axum::Json;
use axum::extract::OriginalUri;
use axum::http::header::{LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Entry;
use crate::error::{Refusal, Rejection};
use crate::event::EventKind;
use crate::manager::oauth::{Asked, Purpose, Returned, Sent};
use crate::manager::{AuthApp, Manager, ManagerError};
use crate::oauth::{OAuthError, Pages, ProviderName, StateRead};

/// What a handler knows: the app, where it was mounted, and for which client.
#[derive(Clone)]
pub(super) struct OAuthEntry<A> {
    pub(super) entry: Entry<A>,
    pub(super) client: ProviderName,
}

/// The answer to the first step, of clients that are no browsers.
#[derive(Serialize)]
struct AuthorizationUrl {
    authorization_url: String,
}

/// Sends a browser to a provider: by the address of it, or there itself where it is led by redirects.
async fn authorize<A: AuthApp>(
    manager: &Manager<A>,
    client: ProviderName,
    purpose: Purpose<'_, A::User>,
    asked: Asked,
) -> Result<Response, Rejection> {
    let led = asked.led.clone();
    let sent = manager.oauth_authorize(client, purpose, asked).await;
    let Sent { authorization_url: url, mark, browser } = match (sent.map_err(Rejection::from), &led) {
        (Ok(sent), _) => sent,
        // A mistake in the link itself is its writer's, and no browser's.
        (
            Err(rejection @ (Rejection::ValidationFailed(_) | Rejection::Refused(Refusal::ForbiddenScope))),
            _,
        )
        | (Err(rejection), None) => return Err(rejection),
        (Err(rejection), Some(pages)) => return redirect(&pages.on_error().with_error(&rejection.word())),
    };
    let mut response = if led.is_some() {
        redirect(&url)?
    } else {
        Json(AuthorizationUrl { authorization_url: url }).into_response()
    };
    let cookies = manager.oauth()?.cookie.set(&mark, &browser, manager.actor().head());
    let unwritable = || OAuthError::Setting("its cookie can't be written".to_owned());
    for cookie in cookies.ok_or_else(unwritable).map_err(ManagerError::from)? {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Reads the state with which a browser returns, and the cookie that ties it to the browser.
fn read_state<A: AuthApp>(
    manager: &Manager<A>,
    refused: EventKind,
    client: ProviderName,
    returned: Returned,
) -> Result<(StateRead, Returned), Rejection> {
    let state = manager.oauth_state(refused, client, &returned)?;
    let browser = manager.oauth()?.cookie.read(manager.actor().head(), state.mark()).map(str::to_owned);
    Ok((state, Returned { browser, ..returned }))
}

/// The path of this router's callback: it stands beside the one that was asked for.
fn callback_path(request: &Parts) -> String {
    let path = request.extensions.get().map_or(request.uri.path(), |OriginalUri(uri)| uri.path());
    let (place, _) = path.rsplit_once('/').unwrap_or_default();
    format!("{place}/callback")
}

/// Leads a browser on. Where it came from, with its code and state, is nobody's business there (RFC 9700, 4.2.4).
fn redirect(to: &str) -> Result<Response, Rejection> {
    let Ok(location) = HeaderValue::from_str(to) else {
        tracing::error!("an address can't be written as a header");
        return Err(Rejection::Internal);
    };
    let referrer = HeaderValue::from_static("no-referrer");
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location), (REFERRER_POLICY, referrer)]).into_response())
}

/// The answer to the last step: as it is, or as a redirect with its cookies where the browser is led by redirects.
fn answer<A: AuthApp>(
    manager: &Manager<A>,
    state: &StateRead,
    outcome: Result<Response, Rejection>,
) -> Result<Response, Rejection> {
    let is_over = !matches!(&outcome, Err(rejection) if leaves_the_cookie(rejection));
    let lead = |pages: &Pages, outcome: Result<Response, Rejection>| match outcome {
        Ok(response) => {
            let mut redirect = redirect(pages.next.as_str())?;
            for cookie in response.headers().get_all(SET_COOKIE) {
                redirect.headers_mut().append(SET_COOKIE, cookie.clone());
            }
            Ok(redirect)
        }
        Err(rejection) => redirect(&pages.on_error().with_error(&rejection.word())),
    };
    let outcome = match &state.intent.led {
        Some(pages) => lead(pages, outcome),
        None => outcome,
    };
    let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
    if is_over && let Some(cleared) = manager.oauth()?.cookie.clear(state.mark()) {
        response.headers_mut().append(SET_COOKIE, cleared);
    }
    Ok(response)
}

/// Whether the sign-in may still be finished: a state that another browser brought has no cookie in this one, and who
/// comes too often may come again.
fn leaves_the_cookie(rejection: &Rejection) -> bool {
    matches!(
        rejection,
        Rejection::Refused(
            Refusal::TooMany(_) | Refusal::OauthInvalidState | Refusal::AccessTokenAlreadyExpired
        )
    )
}
