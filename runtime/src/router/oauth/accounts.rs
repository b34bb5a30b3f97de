//! `GET /me/oauth-accounts`, and `DELETE` of one of them.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Serialize;

use crate::error::Rejection;
use crate::extract::unauthorized;
use crate::manager::{AuthApp, Manager, ManagerError};
use crate::router::Entry;
use crate::user::{AuthUser, OAuthAccount, UserId};

pub(in crate::router) fn routes<A: AuthApp>() -> Router<Entry<A>> {
    Router::new()
        .route("/me/oauth-accounts", get(list::<A>))
        .route("/me/oauth-accounts/{id}", delete(unlink::<A>))
}

/// An account, without its tokens.
#[derive(Serialize)]
struct AccountRead<Id> {
    id: Id,
    oauth_name: String,
    account_id: String,
    account_email: String,
}

impl<Id: UserId> From<OAuthAccount<Id>> for AccountRead<Id> {
    fn from(account: OAuthAccount<Id>) -> Self {
        let OAuthAccount { id, oauth_name, account_id, account_email, .. } = account;
        Self { id, oauth_name, account_id, account_email }
    }
}

async fn list<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Json<Vec<AccountRead<<A::User as AuthUser>::Id>>>, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let accounts = Manager::new(entry.app).oauth_accounts(&session.user).await?;
    Ok(Json(accounts.into_iter().map(AccountRead::from).collect()))
}

async fn unlink<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<StatusCode, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let id = id.ok().and_then(|Path(id)| <A::User as AuthUser>::Id::parse(&id)).ok_or(Rejection::NotFound)?;
    let manager = Manager::new(entry.app);
    match manager.unlink_oauth_account(&session, id, &parts).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ManagerError::NoSuchUser) => Err(unauthorized(&manager, &parts)),
        Err(error) => Err(error.into()),
    }
}
