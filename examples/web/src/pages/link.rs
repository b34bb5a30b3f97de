//! Links that were mailed. A GET shows a button and does nothing: mail programs open links, too.

use axum::http::StatusCode;
use axum::response::Redirect;
use axum_users::prelude::*;
use maud::{Markup, html};
use serde::Deserialize;

use super::field::Field;
use super::{Notice, Page};
use crate::form::Mistakes;
use crate::session::SignedIn;

/// What the button sends: the token, and where nobody is signed in the password.
#[derive(Deserialize)]
pub(crate) struct Typed {
    pub(crate) token: String,
    #[serde(default)]
    password: Option<Password>,
}

impl Typed {
    pub(crate) fn password(&self) -> Option<&Password> {
        self.password.as_ref().filter(|password| !password.is_empty())
    }
}

/// The token, as a form takes it along.
pub(crate) fn hidden(token: &str) -> Markup {
    html! { input type="hidden" name="token" value=(token); }
}

/// A page with a button that uses the token up. Somebody else may have had it sent: who is not signed in says by the
/// password to whom it belongs.
pub(crate) struct Link {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    pub(crate) text_with_password: &'static str,
    /// What is said to somebody who has no password to type.
    pub(crate) otherwise: fn() -> Markup,
}

impl Link {
    pub(crate) fn show(&self, signed_in: Option<&SignedIn>, token: &str) -> Page {
        match signed_in {
            Some(_) => self.page(self.text, token, &html! {}),
            None => self.asks_password(token, &Mistakes::default()),
        }
    }

    /// The same page once more, after a password that is none or not the right one.
    pub(crate) fn again(&self, typed: &Typed) -> Page {
        let mistake = match typed.password() {
            Some(_) => "This is not the account's password",
            None => "Enter the account's password",
        };
        self.asks_password(&typed.token, &Mistakes::one("password", mistake))
    }

    fn asks_password(&self, token: &str, mistakes: &Mistakes) -> Page {
        let field = Field::current_password("password", "Password").show(mistakes);
        self.page(self.text_with_password, token, &field).with_mistakes(mistakes)
    }

    fn page(&self, text: &str, token: &str, field: &Markup) -> Page {
        let content = html! {
            p { (text) }
            form method="post" novalidate {
                (hidden(token))
                (field)
                button type="submit" { "Yes, it is mine" }
            }
            @if !field.0.is_empty() { p.aside { ((self.otherwise)()) } }
        };
        Page::new(self.title, content)
    }
}

/// The button was pressed: who is signed in is led to the account, and who is not to where that can be done.
pub(crate) fn used(notice: Notice, signed_in: Option<&SignedIn>) -> Redirect {
    Redirect::to(&notice.at(if signed_in.is_some() { "/account" } else { "/sign-in" }))
}

/// The link was used, is old, or is not whole.
pub(crate) fn is_bad(what_else: &Markup) -> Page {
    let content = html! {
        p { "A link is good for an hour, and once. It also ends with a new password or a new address." }
        (what_else)
    };
    Page::new("This link is no longer good", content).with_status(StatusCode::BAD_REQUEST)
}
