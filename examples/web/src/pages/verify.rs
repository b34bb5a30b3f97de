//! The link that shows that an address is its user's own. Someone else may have signed up with it: who opens it must be
//! signed in, or know the password.

use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use maud::html;
use serde::Deserialize;

use super::field::Field;
use super::{Notice, Page, link};
use crate::Web;
use crate::failure::Failure;
use crate::form::{Mistakes, Sent};
use crate::query::Query;
use crate::session::SignedIn;

/// What is typed, and the token that goes with it.
#[derive(Deserialize)]
pub(crate) struct Typed {
    token: String,
    #[serde(default)]
    password: Option<Password>,
}

const TITLE: &str = "Is this your address?";
const LABEL: &str = "Yes, it is mine";

pub(crate) async fn show(signed_in: Option<SignedIn>, query: Query) -> Page {
    match (query.token, signed_in) {
        (Some(token), Some(_)) => link::button(TITLE, "With this button you say so.", LABEL, &token),
        (Some(token), None) => asks_password(&token, &Mistakes::default()),
        (None, _) => is_bad(),
    }
}

pub(crate) async fn submit(
    manager: Manager<Web>,
    signed_in: Option<SignedIn>,
    request: Parts,
    Sent(Typed { token, password }): Sent<Typed>,
) -> Result<Response, Failure> {
    let password = password.filter(|password| !password.is_empty());
    match manager.verify(&token, password.as_ref(), &request).await {
        Ok(_) | Err(ManagerError::AlreadyVerified) => {
            Ok(link::used(Notice::Verified, signed_in.as_ref()).into_response())
        }
        Err(ManagerError::BadPassword) => {
            let mistake = match password {
                Some(_) => "This is not the password that was chosen",
                None => "Enter the password that you signed up with",
            };
            Ok(asks_password(&token, &Mistakes::one("password", mistake)).into_response())
        }
        Err(ManagerError::BadToken) => Ok(is_bad().into_response()),
        Err(error) => Err(error.into()),
    }
}

fn asks_password(token: &str, mistakes: &Mistakes) -> Page {
    let content = html! {
        p { "Say so with the password that you signed up with." }
        form method="post" action="/verify" novalidate {
            (link::hidden(token))
            (Field::current_password("password", "Password").show(mistakes))
            button type="submit" { (LABEL) }
        }
        p.aside {
            "You have forgotten it, or it was not you who signed up? "
            a href="/forgot" { "Set a new one" }
            " first. It takes the account from whoever has it now."
        }
    };
    Page::new(TITLE, content).with_mistakes(mistakes)
}

fn is_bad() -> Page {
    link::is_bad(&html! {
        p { a href="/account" { "Your account page" } " has another one sent." }
    })
}
