//! The user's name.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_users::prelude::*;
use maud::{Markup, html};
use serde::Deserialize;

use super::Account;
use crate::failure::Failure;
use crate::form::{self, Mistakes, Sent};
use crate::pages::Notice;
use crate::pages::field::Field;
use crate::session::SignedIn;
use crate::{Site, UserUpdate, Web};

/// What is typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    display_name: String,
}

pub(super) fn form(account: &Account) -> Markup {
    html! {
        form method="post" action="/account/name" novalidate {
            (Field::name("display_name", "What we call you (optional)", &account.display_name).show(&account.mistakes))
            button type="submit" { "Save the name" }
        }
    }
}

pub(super) async fn submit(
    State(site): State<Site>,
    manager: Manager<Web>,
    SignedIn(session): SignedIn,
    Sent(Typed { display_name }): Sent<Typed>,
) -> Result<Response, Failure> {
    match form::name(&display_name) {
        Ok(name) => {
            let update = UserUpdate { display_name: Some(name), ..UserUpdate::default() };
            manager.update_own(&session, update).await?;
            Ok(Redirect::to(&Notice::NameSaved.at("/account")).into_response())
        }
        Err(mistake) => {
            let account = Account { display_name, ..Account::of(&site, session.user).await? };
            Ok(account.with_mistakes(Mistakes::one("display_name", mistake)).page().into_response())
        }
    }
}
