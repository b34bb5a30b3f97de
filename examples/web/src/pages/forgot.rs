//! A forgotten password: a mail is asked for. Whether an address has an account shows in nothing.

use axum::response::{IntoResponse, Redirect, Response};
use axum_users::prelude::*;
use maud::html;
use serde::Deserialize;

use super::Page;
use super::field::Field;
use crate::Web;
use crate::failure::Failure;
use crate::form::{self, Mistakes, Sent};

/// What is typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    email: String,
}

fn page(email: &str, mistakes: &Mistakes) -> Page {
    let content = html! {
        p { "We send you a link that sets a new one." }
        form method="post" novalidate {
            (Field::username("email", email).show(mistakes))
            button type="submit" { "Send the link" }
        }
        p.aside { a href="/sign-in" { "Back to signing in" } }
    };
    Page::new("Forgot your password?", content).with_mistakes(mistakes)
}

pub(crate) async fn show() -> Page {
    page("", &Mistakes::default())
}

pub(crate) async fn submit(manager: Manager<Web>, Sent(typed): Sent<Typed>) -> Result<Response, Failure> {
    match form::email(&typed.email) {
        Ok(email) => {
            manager.forgot_password(&TypedEmail::from(&email)).await?;
            Ok(Redirect::to("/forgot/done").into_response())
        }
        Err(mistake) => Ok(page(&typed.email, &Mistakes::one("email", mistake)).into_response()),
    }
}

pub(crate) async fn done() -> Page {
    let content = html! {
        p { "If there is an account with that address, we have sent a mail there. The link in it is good for an hour." }
        p { a.button href="/mailbox" { "Open the mailbox" } }
    };
    Page::new("Look into your mailbox", content)
}
