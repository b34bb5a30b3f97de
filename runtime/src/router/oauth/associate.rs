//! `GET /authorize` and `GET /callback` of a client, for signed-in users who want an account to be theirs.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::sign_in::posted;
use super::{OAuthEntry, answer, authorize, query};
use crate::error::Rejection;
use crate::extract::unauthorized;
use crate::manager::oauth::Purpose;
use crate::manager::{AuthApp, Manager, ManagerError};
use crate::user::AuthUser;

pub(in crate::router) fn routes<A: AuthApp>() -> Router<OAuthEntry<A>> {
    Router::new().route("/authorize", get(start::<A>)).route("/callback", get(finish::<A>).post(posted))
}

async fn start<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let asked = query::asked(&parts, true)?;
    // At the provider the browser may be signed in as whoever runs the other site.
    if asked.next.is_some() {
        let backend = entry.app.core().backend(session.backend).ok_or(ManagerError::NoSuchBackend)?;
        backend.transport.check_start(&parts).map_err(ManagerError::CrossSite)?;
    }
    authorize(&entry.app, client, Purpose::Associate(&session.user), asked, &parts).await
}

async fn finish<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let manager = Manager::new(entry.app);
    let returned = query::returned(&parts)?;
    let state = manager.oauth_state(&returned)?;
    let outcome = match manager.oauth_associate(client, &session, &state, &returned, &parts).await {
        Ok(user) => Ok(Json(user.read()).into_response()),
        Err(ManagerError::NoSuchUser) => Err(unauthorized(&manager, &parts)),
        Err(error) => Err(error.into()),
    };
    answer(&manager, &state, outcome)
}
