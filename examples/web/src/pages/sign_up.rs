//! Signing up. Whether an address has an account already shows in nothing but its mailbox.

use axum::response::{IntoResponse, Redirect, Response};
use axum_users::error::Refusal;
use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use maud::html;
use serde::Deserialize;

use super::Page;
use super::field::Field;
use crate::failure::Failure;
use crate::form::{self, Mistakes, Sent};
use crate::{User, UserCreate, Web};

/// What is typed.
#[derive(Deserialize)]
pub(crate) struct SignUp {
    display_name: String,
    email: String,
    password: Password,
}

impl SignUp {
    fn read(&self) -> Result<UserCreate, Mistakes> {
        let mut mistakes = Mistakes::default();
        let display_name = mistakes.read("display_name", form::name(&self.display_name));
        let email = mistakes.read("email", form::email(&self.email));
        let password = form::password(self.password.clone(), "Choose a password");
        let password = mistakes.read("password", password);
        let (Some(display_name), Some(email), Some(password)) = (display_name, email, password) else {
            return Err(mistakes);
        };
        Ok(User::create(email, password).display_name(display_name))
    }
}

fn page(display_name: &str, email: &str, mistakes: &Mistakes) -> Page {
    let content = html! {
        form method="post" novalidate {
            (Field::name("display_name", "Name (optional)", display_name).show(mistakes))
            (Field::username("email", email).show(mistakes))
            (Field::new_password("password", "Password").show(mistakes))
            button type="submit" { "Sign up" }
        }
        p.aside { "You have an account? " a href="/sign-in" { "Sign in" } "." }
    };
    Page::new("Sign up", content).with_mistakes(mistakes)
}

pub(crate) async fn show() -> Page {
    page("", "", &Mistakes::default())
}

pub(crate) async fn submit(manager: Manager<Web>, Sent(typed): Sent<SignUp>) -> Result<Response, Failure> {
    let again = |mistakes: &Mistakes| Ok(page(&typed.display_name, &typed.email, mistakes).into_response());
    let create = match typed.read() {
        Ok(create) => create,
        Err(mistakes) => return again(&mistakes),
    };
    let email = create.email.clone();
    match manager.register(create).await {
        Ok(_) | Err(ManagerError::Refused(Refusal::RegisterUserAlreadyExists)) => {}
        Err(ManagerError::Refused(Refusal::RegisterInvalidPassword(invalid))) => {
            return again(&Mistakes::one("password", invalid.reason));
        }
        Err(error) => return Err(error.into()),
    }
    // Someone who has signed up before, and lost the mail, gets another one.
    manager.request_verify(&TypedEmail::from(&email)).await?;
    Ok(Redirect::to("/sign-up/done").into_response())
}

pub(crate) async fn done() -> Page {
    let content = html! {
        p { "We have sent you a mail. The link in it shows that the address is yours." }
        p { "After that you can " a href="/sign-in" { "sign in" } "." }
        p { a.button href="/mailbox" { "Open the mailbox" } }
        p.aside { "No mail? " a href="/sign-up" { "Sign up once more" } ", and we send another one." }
    };
    Page::new("Look into your mailbox", content)
}
