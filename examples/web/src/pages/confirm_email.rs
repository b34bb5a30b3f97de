//! The link that was sent to a new address, which counts from then on.

use axum::response::{IntoResponse, Response};
use axum_users::error::Refusal;
use axum_users::manager::{ManagerError, Proof};
use axum_users::prelude::*;
use maud::html;

use super::{Notice, Page, link};
use crate::Web;
use crate::failure::Failure;
use crate::form::Sent;
use crate::query::Query;
use crate::session::SignedIn;

const PAGE: link::Link = link::Link {
    title: "Is this your new address?",
    text: "With this button it takes the place of the one that you had.",
    text_with_password: "With your password it takes the place of the one that you had.",
    otherwise: || html! { "It was not you who asked for it? Then there is nothing to do." },
};

pub(crate) async fn show(signed_in: Option<SignedIn>, query: Query) -> Page {
    query.token.map_or_else(is_bad, |token| PAGE.show(signed_in.as_ref(), &token))
}

pub(crate) async fn submit(
    manager: Manager<Web>,
    signed_in: Option<SignedIn>,
    Sent(typed): Sent<link::Typed>,
) -> Result<Response, Failure> {
    let proof = Proof::of(typed.password(), signed_in.as_ref().map(|SignedIn(session)| session));
    match manager.confirm_email(&typed.token, proof).await {
        Ok(_) => Ok(link::used(Notice::EmailMoved, signed_in.as_ref()).into_response()),
        Err(ManagerError::Refused(Refusal::VerifyUserBadPassword)) => Ok(PAGE.again(&typed).into_response()),
        Err(ManagerError::Refused(Refusal::VerifyUserBadToken)) => Ok(is_bad().into_response()),
        Err(error) => Err(error.into()),
    }
}

fn is_bad() -> Page {
    link::is_bad(&html! {
        p { a href="/account" { "Your account page" } " sends another one." }
    })
}
