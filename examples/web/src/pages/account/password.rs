//! The user's password.

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
use crate::{Site, UserUpdate, Web};

/// What is typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    current_password: Password,
    new_password: Password,
}

impl Typed {
    fn read(self) -> Result<UserUpdate, Mistakes> {
        let mut mistakes = Mistakes::default();
        let current_password = form::password(self.current_password, "Enter your current password");
        let current_password = mistakes.read("current_password", current_password);
        let password = mistakes.read("new_password", form::password(self.new_password, "Choose a password"));
        if mistakes.is_empty() {
            Ok(UserUpdate { current_password, password, ..UserUpdate::default() })
        } else {
            Err(mistakes)
        }
    }
}

pub(super) fn form(account: &Account) -> Markup {
    if !account.has_password {
        return mails::ask_for_a_password("You have none: another service signs you in.");
    }
    html! {
        form method="post" action="/account/password" novalidate {
            // Password managers want to know whose it is.
            input type="text" name="username" autocomplete="username" value=(account.user.email) hidden;
            (Field::current_password("current_password", "Current password").show(&account.mistakes))
            (Field::new_password("new_password", "New password").show(&account.mistakes))
            button type="submit" { "Change the password" }
        }
    }
}

pub(super) async fn submit(
    State(site): State<Site>,
    manager: Manager<Web>,
    SignedIn(session): SignedIn,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Failure> {
    let mistakes = match typed.read() {
        Ok(update) => match manager.update_own(&session, update).await {
            Ok(_) => return Ok(Redirect::to(&Notice::PasswordChanged.at("/account")).into_response()),
            Err(ManagerError::Refused(Refusal::UpdateUserBadCurrentPassword)) => {
                Mistakes::one("current_password", "This is not your current password")
            }
            Err(ManagerError::Refused(Refusal::UpdateUserInvalidPassword(invalid))) => {
                Mistakes::one("new_password", invalid.reason)
            }
            Err(error) => return Err(error.into()),
        },
        Err(mistakes) => mistakes,
    };
    Ok(Account::of(&site, session.user).await?.with_mistakes(mistakes).page().into_response())
}
