//! `GET /authorize` and `GET /callback` of a client, for signed-in users who want an account to be theirs.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

use super::sign_in::posted;
use super::{OAuthEntry, answer, authorize, query};
use crate::error::Rejection;
use crate::extract::unauthorized;
use crate::manager::oauth::Purpose;
use crate::manager::{AuthApp, Manager, ManagerError};
use crate::oauth::ClientName;
use crate::router::shown::shown;
use crate::router::{Endpoint, Routing};

pub(in crate::router) fn routes<A: AuthApp>(client: ClientName) -> Routing<OAuthEntry<A>> {
    Routing::new()
        .route("/authorize", Endpoint::AssociateAuthorize(client), start::<A>)
        .route("/callback", Endpoint::AssociateCallback(client), finish::<A>)
        .route("/callback", Endpoint::PostedAssociateCallback(client), posted)
}

async fn start<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let asked = query::asked(&parts, true)?;
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
        Ok(user) => shown(&manager, &user).await.map(IntoResponse::into_response),
        Err(ManagerError::NoSuchUser) => Err(unauthorized(&manager, &parts)),
        Err(error) => Err(error.into()),
    };
    answer(&manager, &state, outcome)
}
