//! Mails that the user has sent to the own address.

use axum::response::Redirect;
use axum_users::prelude::*;
use maud::{Markup, html};

use crate::Web;
use crate::failure::Failure;
use crate::pages::Notice;
use crate::session::SignedIn;

pub(super) fn ask_to_verify() -> Markup {
    html! {
        form.told method="post" action="/account/verify-mail" {
            p { "Your address is not verified yet: open the link in the mail that we sent you." }
            button.quiet type="submit" { "Send another one" }
        }
    }
}

pub(super) fn ask_for_a_password(why: &str) -> Markup {
    html! {
        form method="post" action="/account/password-mail" {
            p { (why) }
            button.quiet type="submit" { "Send a link that sets one" }
        }
    }
}

pub(super) async fn verify(manager: Manager<Web>, SignedIn(session): SignedIn) -> Result<Redirect, Failure> {
    manager.request_verify(&TypedEmail::new(&session.user.email)).await?;
    Ok(Redirect::to(&Notice::MailSent.at("/account")))
}

pub(super) async fn password(
    manager: Manager<Web>,
    SignedIn(session): SignedIn,
) -> Result<Redirect, Failure> {
    manager.forgot_password(&TypedEmail::new(&session.user.email)).await?;
    Ok(Redirect::to(&Notice::MailSent.at("/account")))
}
