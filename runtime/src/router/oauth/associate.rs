//! `GET /authorize` and `GET /callback` of a client, for signed-in users who want an account to be theirs.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

use super::sign_in::posted;
use super::{OAuthEntry, answer, authorize, query, read_state};
use crate::error::{Refusal, Rejection};
use crate::event::EventKind;
use crate::extract::{refused, unauthorized};
use crate::manager::oauth::{Purpose, Returned};
use crate::manager::{AuthApp, Authenticated, Manager, ManagerError};
use crate::oauth::{ClientName, StateRead};
use crate::router::shown::shown;
use crate::router::{Endpoint, Routing};

pub(in crate::router) fn routes<A: AuthApp>(client: ClientName) -> Routing<OAuthEntry<A>> {
    Routing::new()
        .route("/authorize", Endpoint::AssociateAuthorize(client), start::<A>)
        .route("/callback", Endpoint::AssociateCallback(client), finish::<A>)
        .route("/callback", Endpoint::PostedAssociateCallback(client), posted::<A>)
}

async fn start<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let asked = query::asked(&parts, true)?;
    // Another site can't send a bearer token.
    let backend = entry.app.core().backend(session.backend);
    let is_sent_by_browsers = backend.is_some_and(|backend| backend.transport.is_sent_by_browsers());
    let manager = Manager::of_request(entry.app, parts);
    if asked.led.is_some() && is_sent_by_browsers {
        manager.refuse_cross_site_start(session.backend)?;
    }
    authorize(&manager, client, Purpose::Associate(&session), asked).await
}

async fn finish<A: AuthApp>(
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
    client: ClientName,
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
