//! `GET /me/oauth-accounts`, and `DELETE` of one of them.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;

use crate::error::Rejection;
use crate::extract::refused;
use crate::manager::{AuthApp, Manager};
use crate::router::shown::AccountAnswer;
use crate::router::{Endpoint, Entry, Routing};
use crate::user::{AuthUser, UserId};

pub(in crate::router) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new().route("/me/oauth-accounts", Endpoint::OAuthAccounts, list::<A>).route(
        "/me/oauth-accounts/{id}",
        Endpoint::UnlinkOAuthAccount,
        unlink::<A>,
    )
}

async fn list<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Json<Vec<AccountAnswer<<A::User as AuthUser>::Id>>>, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let accounts = Manager::for_code(entry.app).oauth_accounts(&session.user).await?;
    Ok(Json(accounts.into_iter().map(AccountAnswer::from).collect()))
}

async fn unlink<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<StatusCode, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let id = id.ok().and_then(|Path(id)| <A::User as AuthUser>::Id::parse(&id)).ok_or(Rejection::NotFound)?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.unlink_oauth_account(&session, id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(refused(&manager, error)),
    }
}
