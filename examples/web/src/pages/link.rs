//! Links that were mailed. A GET shows a button and does nothing: mail programs open links, too.

use axum::http::StatusCode;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Notice, Page};
use crate::session::SignedIn;

/// What the button sends.
#[derive(Deserialize)]
pub(crate) struct Token {
    pub(crate) token: String,
}

/// The token, as a form takes it along.
pub(crate) fn hidden(token: &str) -> Markup {
    html! { input type="hidden" name="token" value=(token); }
}

/// A page with nothing but a button that uses the token up.
pub(crate) fn button(title: &str, text: &str, label: &str, token: &str) -> Page {
    let content = html! {
        p { (text) }
        form method="post" {
            (hidden(token))
            button type="submit" { (label) }
        }
    };
    Page::new(title, content)
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
