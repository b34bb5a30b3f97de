//! The link that sets a new password.

use axum::response::{IntoResponse, Redirect, Response};
use axum_users::error::Refusal;
use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use maud::html;
use serde::Deserialize;

use super::field::Field;
use super::{Notice, Page, link};
use crate::Web;
use crate::failure::Failure;
use crate::form::{self, Mistakes, Sent};
use crate::query::Query;

/// What is typed, and the token that goes with it.
#[derive(Deserialize)]
pub(crate) struct Typed {
    token: String,
    password: Password,
}

fn page(token: &str, mistakes: &Mistakes) -> Page {
    let content = html! {
        form method="post" action="/reset" novalidate {
            (link::hidden(token))
            (Field::new_password("password", "New password").show(mistakes))
            button type="submit" { "Set the password" }
        }
        p.aside { "It signs you out everywhere." }
    };
    Page::new("Set a new password", content).with_mistakes(mistakes)
}

pub(crate) async fn show(query: Query) -> Page {
    query.token.map_or_else(is_bad, |token| page(&token, &Mistakes::default()))
}

pub(crate) async fn submit(
    manager: Manager<Web>,
    Sent(Typed { token, password }): Sent<Typed>,
) -> Result<Response, Failure> {
    let again = |mistake: String| Ok(page(&token, &Mistakes::one("password", mistake)).into_response());
    let password = match form::password(password, "Choose a password") {
        Ok(password) => password,
        Err(mistake) => return again(mistake.to_owned()),
    };
    match manager.reset_password(&token, &password).await {
        Ok(_) => Ok(Redirect::to(&Notice::PasswordReset.at("/sign-in")).into_response()),
        Err(ManagerError::Refused(Refusal::ResetPasswordInvalidPassword(invalid))) => again(invalid.reason),
        Err(ManagerError::Refused(Refusal::ResetPasswordBadToken)) => Ok(is_bad().into_response()),
        Err(error) => Err(error.into()),
    }
}

fn is_bad() -> Page {
    link::is_bad(&html! {
        p { a.button href="/forgot" { "Get another one" } }
    })
}
