//! The first page.

use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use super::Page;
use crate::session::SignedIn;

pub(crate) async fn show(signed_in: Option<SignedIn>) -> Response {
    if signed_in.is_some() {
        return Redirect::to("/account").into_response();
    }
    let content = html! {
        p.lead { "Accounts for an axum app: signing up, in and out, on the server alone." }
        p.actions {
            a.button href="/sign-up" { "Sign up" }
            a.button.quiet href="/sign-in" { "Sign in" }
        }
    };
    Page::new("Come in and sit down", content).into_response()
}
