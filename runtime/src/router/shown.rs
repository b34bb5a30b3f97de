//! The user, as an answer: with its accounts at other services, where the struct asks for them.

use axum::Json;
use serde::Serialize;

use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::user::{AuthUser, OAuthAccount};

/// The user, as an answer.
pub(super) type Shown<A> = Json<UserAnswer<<A as AuthApp>::User>>;

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum UserAnswer<U: AuthUser> {
    Alone(U::Read),
    WithAccounts {
        #[serde(flatten)]
        user: U::Read,
        oauth_accounts: Vec<AccountAnswer<U::Id>>,
    },
}

/// An account, without its tokens.
#[derive(Serialize)]
pub(super) struct AccountAnswer<Id> {
    id: Id,
    oauth_name: String,
    account_id: String,
    account_email: String,
}

impl<Id> From<OAuthAccount<Id>> for AccountAnswer<Id> {
    fn from(account: OAuthAccount<Id>) -> Self {
        let OAuthAccount { id, oauth_name, account_id, account_email, .. } = account;
        Self { id, oauth_name, account_id, account_email }
    }
}

/// Shows `user`.
pub(super) async fn shown<A: AuthApp>(manager: &Manager<A>, user: &A::User) -> Result<Shown<A>, Rejection> {
    if !A::User::SHOWS_OAUTH_ACCOUNTS {
        return Ok(Json(UserAnswer::Alone(user.read())));
    }
    let accounts = manager.oauth_accounts(user).await?;
    let oauth_accounts = accounts.into_iter().map(AccountAnswer::from).collect();
    Ok(Json(UserAnswer::WithAccounts { user: user.read(), oauth_accounts }))
}
