//! The link that was sent to a new address, which counts from then on.

use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use maud::html;

use super::{Notice, Page, link};
use crate::Web;
use crate::failure::Failure;
use crate::form::Sent;
use crate::query::Query;
use crate::session::SignedIn;

pub(crate) async fn show(query: Query) -> Page {
    match query.token {
        Some(token) => link::button(
            "Is this your new address?",
            "With this button it takes the place of the one that you had.",
            "Yes, it is mine",
            &token,
        ),
        None => is_bad(),
    }
}

pub(crate) async fn submit(
    manager: Manager<Web>,
    signed_in: Option<SignedIn>,
    request: Parts,
    Sent(link::Token { token }): Sent<link::Token>,
) -> Result<Response, Failure> {
    match manager.confirm_email(&token, &request).await {
        Ok(_) => Ok(link::used(Notice::EmailMoved, signed_in.as_ref()).into_response()),
        Err(ManagerError::BadToken) => Ok(is_bad().into_response()),
        Err(error) => Err(error.into()),
    }
}

fn is_bad() -> Page {
    link::is_bad(&html! {
        p { a href="/account" { "Your account page" } " sends another one." }
    })
}
