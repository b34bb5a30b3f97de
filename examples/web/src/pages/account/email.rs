//! The user's address. A new one counts once the link that is sent there was opened.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_users::error::Refusal;
use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Account, mails};
use crate::failure::Failure;
use crate::form::{self, Mistakes, Sent};
use crate::pages::Notice;
use crate::pages::field::Field;
use crate::session::SignedIn;
use crate::{Site, User, UserUpdate, Web};

/// What is typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    email: String,
    email_password: Password,
}

impl Typed {
    fn read(&self, user: &User) -> Result<UserUpdate, Mistakes> {
        let mut mistakes = Mistakes::default();
        let email = form::email(&self.email).and_then(|email| match email.as_str() == user.email {
            true => Err("This is your address already"),
            false => Ok(email),
        });
        let email = mistakes.read("email", email);
        let password = form::password(self.email_password.clone(), "Enter your current password");
        let current_password = mistakes.read("email_password", password);
        if mistakes.is_empty() {
            Ok(UserUpdate { email, current_password, ..UserUpdate::default() })
        } else {
            Err(mistakes)
        }
    }
}

pub(super) fn form(account: &Account) -> Markup {
    if !account.has_password {
        return mails::ask_for_a_password("A new address asks for your password, and you have none yet.");
    }
    html! {
        form method="post" action="/account/email" novalidate {
            (Field::email("email", "New e-mail address", &account.email).show(&account.mistakes))
            (Field::current_password("email_password", "Current password").show(&account.mistakes))
            button type="submit" { "Change the address" }
        }
    }
}

pub(super) async fn submit(
    State(site): State<Site>,
    manager: Manager<Web>,
    SignedIn(session): SignedIn,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Failure> {
    let mistakes = match typed.read(&session.user) {
        Ok(update) => match manager.update_own(&session, update).await {
            Ok(_) => return Ok(Redirect::to(&Notice::EmailAsked.at("/account")).into_response()),
            Err(ManagerError::Refused(Refusal::UpdateUserBadCurrentPassword)) => {
                Mistakes::one("email_password", "This is not your current password")
            }
            Err(error) => return Err(error.into()),
        },
        Err(mistakes) => mistakes,
    };
    let account = Account { email: typed.email, ..Account::of(&site, session.user).await? };
    Ok(account.with_mistakes(mistakes).page().into_response())
}
