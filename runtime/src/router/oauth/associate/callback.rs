//! `GET /callback` of a client, for signed-in users who link an account.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::error::{Refusal, Rejection};
use crate::event::EventKind;
use crate::extract::{refused, unauthorized};
use crate::manager::oauth::Returned;
use crate::manager::{AuthApp, Authenticated, Manager, ManagerError};
use crate::oauth::{ProviderName, StateRead};
use crate::router::oauth::documentation::{redirects, takes_return};
use crate::router::oauth::{OAuthEntry, answer, query, read_state};
use crate::router::route::{Documentation, JsonType, Method, Route};
use crate::router::shown::shown;

pub(super) const ROUTE: Route = Route {
    method: Method::Get,
    path: "/callback",
    tag: "auth",
    id: "oauth-associate:{client}.callback",
    summary: "Makes an account at {client} the user's",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.requires_user();
    doc.responds(StatusCode::OK, "The user", JsonType::User);
    redirects(doc, "To where the browser was to go");
    takes_return(doc);
    doc.refuses([Refusal::OauthAccountAlreadyLinked]);
    doc.requires_recent_login();
}

pub(super) async fn finish<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await;
    let returned = query::returned(&parts);
    let manager = Manager::of_request(entry.app, parts);
    let read =
        returned.and_then(|returned| read_state(&manager, EventKind::AccountLinkRefused, client, returned));
    // Who asks comes before what has been brought.
    let (session, (state, returned)) = match (session, read) {
        (session, Ok(read)) => (session, read),
        (Ok(_), Err(rejection)) | (Err(rejection), Err(_)) => return Err(rejection),
    };
    let outcome = match session {
        Ok(session) => associate(&manager, client, &session, &state, &returned).await,
        Err(rejection) => Err(rejection),
    };
    answer(&manager, &state, outcome)
}

async fn associate<A: AuthApp>(
    manager: &Manager<A>,
    client: ProviderName,
    session: &Authenticated<A::User>,
    state: &StateRead,
    returned: &Returned,
) -> Result<Response, Rejection> {
    match manager.oauth_associate(client, session, state, returned).await {
        Ok(user) => shown(manager, &user).await.map(IntoResponse::into_response),
        Err(ManagerError::Refused(Refusal::NoSuchUser)) => Err(unauthorized(manager, manager.actor().head())),
        Err(error) => Err(refused(manager, error)),
    }
}
