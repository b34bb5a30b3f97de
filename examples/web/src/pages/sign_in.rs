//! Signing in.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_users::manager::{Credentials, SignIn};
use axum_users::prelude::*;
use maud::html;
use serde::Deserialize;

use super::field::Field;
use super::{Notice, Page};
use crate::answer::lead_on;
use crate::failure::Failure;
use crate::form::{self, Mistakes, Sent};
use crate::query::Query;
use crate::service;
use crate::{Site, Web};

/// What is typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    email: String,
    password: Password,
}

impl Typed {
    fn read(&self) -> Result<Credentials, Mistakes> {
        let mut mistakes = Mistakes::default();
        let email = mistakes.read("email", form::email(&self.email));
        let password = form::password(self.password.clone(), "Enter your password");
        let password = mistakes.read("password", password);
        match (email, password) {
            (Some(email), Some(password)) => Ok(Credentials::new(email.to_string(), password)),
            _ => Err(mistakes),
        }
    }
}

fn page(site: &Site, email: &str, mistakes: &Mistakes) -> Page {
    let content = html! {
        form method="post" action="/sign-in" novalidate {
            (Field::username("email", email).show(mistakes))
            (Field::current_password("password", "Password").show(mistakes))
            button type="submit" { "Sign in" }
        }
        @if let Some(service) = &site.service {
            p.or { "or" }
            p { a.button.quiet href=(service::SIGN_IN) { "Sign in with " (service.name()) } }
        }
        p.aside { a href="/forgot" { "Forgot your password?" } }
        p.aside { "No account yet? " a href="/sign-up" { "Sign up" } "." }
    };
    Page::new("Sign in", content).with_mistakes(mistakes)
}

pub(crate) async fn show(State(site): State<Site>, query: Query) -> Page {
    page(&site, "", &Mistakes::default())
        .with_notice(Notice::read(query.notice.as_deref()))
        .with_failure(query.error.as_deref().map(service::failure))
}

pub(crate) async fn submit(
    State(site): State<Site>,
    manager: Manager<Web>,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Failure> {
    let again = |mistakes: &Mistakes| Ok(page(&site, &typed.email, mistakes).into_response());
    let credentials = match typed.read() {
        Ok(credentials) => credentials,
        Err(mistakes) => return again(&mistakes),
    };
    match manager.sign_in(Web::COOKIE, &credentials, false).await? {
        SignIn::SignedIn(login) => Ok(lead_on("/account", &manager.login_response(login).await?)),
        // Which of the two is wrong, and whether there is such an account, is nobody's business.
        _ => again(&Mistakes::one("password", "The e-mail address or the password is wrong")),
    }
}
