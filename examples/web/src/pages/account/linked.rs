//! The accounts at other services that the user may sign in with.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_users::error::Refusal;
use axum_users::error::Rejection;
use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use axum_users::user::OAuthAccount;
use maud::{Markup, html};

use super::Account;
use crate::failure::Failure;
use crate::form::Mistakes;
use crate::pages::Notice;
use crate::service;
use crate::session::SignedIn;
use crate::{Site, Web};

/// What is wrong is said beside the list.
const PLACE: &str = "linked";

pub(super) fn list(account: &Account) -> Markup {
    html! {
        @if let Some(mistake) = account.mistakes.of(PLACE) {
            p.mistake role="alert" { (mistake) }
        }
        @if account.linked.is_empty() {
            p { "There are none." }
        } @else {
            ul.linked {
                @for linked in &account.linked { (entry(linked, account.service.as_deref())) }
            }
        }
        @if let Some(service) = &account.service {
            p { a.button.quiet href=(service::LINK) { "Link an account at " (service) } }
        }
    }
}

fn entry(linked: &OAuthAccount<Uuid>, service: Option<&str>) -> Markup {
    let name = if linked.account_email.is_empty() { &linked.account_id } else { &linked.account_email };
    // Where the service is configured no more, its name of before is all that is known.
    let service = service.unwrap_or(&linked.oauth_name);
    html! {
        li {
            span { (name) " at " (service) }
            form method="post" action={ "/account/unlink/" (linked.id) } {
                button.quiet type="submit" aria-label={ "Unlink " (name) } { "Unlink" }
            }
        }
    }
}

pub(super) async fn submit(
    State(site): State<Site>,
    manager: Manager<Web>,
    SignedIn(session): SignedIn,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| Failure::Rejected(Rejection::NotFound))?;
    match manager.unlink_oauth_account(&session, id).await {
        Ok(()) => Ok(Redirect::to(&Notice::Unlinked.at("/account")).into_response()),
        Err(ManagerError::Refused(Refusal::OauthLastLoginMethod)) => {
            let mistake = "Without it you could sign in no more: set a password first";
            let account = Account::of(&site, session.user).await?;
            Ok(account.with_mistakes(Mistakes::one(PLACE, mistake)).page().into_response())
        }
        Err(ManagerError::Refused(Refusal::ReauthenticationRequired(_))) => {
            let mistake = "You signed in a while ago. Sign out and in again, then unlink the account";
            let account = Account::of(&site, session.user).await?;
            Ok(account.with_mistakes(Mistakes::one(PLACE, mistake)).page().into_response())
        }
        Err(error) => Err(error.into()),
    }
}
