//! The link that shows that an address is its user's own.

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
    title: "Is this your address?",
    text: "With this button you say so.",
    text_with_password: "Say so with the password that you signed up with.",
    otherwise: || {
        html! {
            "You have forgotten it, or it was not you who signed up? "
            a href="/forgot" { "Set a new one" }
            " first. It takes the account from whoever has it now."
        }
    },
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
    match manager.verify(&typed.token, proof).await {
        Ok(_) | Err(ManagerError::Refused(Refusal::VerifyUserAlreadyVerified)) => {
            Ok(link::used(Notice::Verified, signed_in.as_ref()).into_response())
        }
        Err(ManagerError::Refused(Refusal::VerifyUserBadPassword)) => Ok(PAGE.again(&typed).into_response()),
        Err(ManagerError::Refused(Refusal::VerifyUserBadToken)) => Ok(is_bad().into_response()),
        Err(error) => Err(error.into()),
    }
}

fn is_bad() -> Page {
    link::is_bad(&html! {
        p { "To get another one, " a href="/sign-up" { "sign up" } " once more." }
    })
}
