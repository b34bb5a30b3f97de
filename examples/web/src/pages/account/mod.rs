//! The account: all that its user can change. Each of its forms is a file.

mod email;
mod linked;
mod mails;
mod name;
mod password;

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum_users::prelude::*;
use axum_users::user::OAuthAccount;
use maud::{Markup, html};

use super::{Notice, Page};
use crate::failure::Failure;
use crate::form::Mistakes;
use crate::query::Query;
use crate::service;
use crate::session::SignedIn;
use crate::{Site, User};

pub(super) fn routes() -> Router<Site> {
    // Whoever asks for the address of a form once more is shown its page.
    Router::new()
        .route("/", get(show))
        .route("/name", get(back).post(name::submit))
        .route("/email", get(back).post(email::submit))
        .route("/password", get(back).post(password::submit))
        .route("/unlink/{id}", get(back).post(linked::submit))
        .route("/verify-mail", post(mails::verify))
        .route("/password-mail", post(mails::password))
}

async fn back() -> Redirect {
    Redirect::to("/account")
}

async fn show(State(site): State<Site>, SignedIn(session): SignedIn, query: Query) -> Result<Page, Failure> {
    let page = Account::of(&site, session.user).await?.page();
    let page = page.with_notice(Notice::read(query.notice.as_deref()));
    Ok(page.with_failure(query.error.as_deref().map(service::failure)))
}

/// What the page shows.
struct Account {
    user: User,
    linked: Vec<OAuthAccount<Uuid>>,
    has_password: bool,
    /// What others are called that may sign the user in.
    service: Option<String>,
    /// What is typed where the user's name stands.
    display_name: String,
    /// What is typed for a new address.
    email: String,
    mistakes: Mistakes,
}

impl Account {
    /// The account of `user`, with nothing typed.
    async fn of(site: &Site, user: User) -> Result<Self, Failure> {
        let manager = Manager::for_code(site.web.clone());
        Ok(Self {
            linked: manager.oauth_accounts(&user).await?,
            has_password: manager.has_password(&user),
            service: site.service.as_ref().map(|service| service.name().to_owned()),
            display_name: user.display_name.clone().unwrap_or_default(),
            email: String::new(),
            mistakes: Mistakes::default(),
            user,
        })
    }

    /// The same, with something wrong in one of its forms.
    fn with_mistakes(self, mistakes: Mistakes) -> Self {
        Self { mistakes, ..self }
    }

    fn page(&self) -> Page {
        let content = html! {
            p.lead {
                "Signed in as " strong { (self.user.email) } " "
                @if self.user.is_verified { span.badge { "verified" } }
            }
            @if !self.user.is_verified { (mails::ask_to_verify()) }
            (section("name", "Name", &name::form(self)))
            (section("email", "E-mail address", &email::form(self)))
            (section("password", "Password", &password::form(self)))
            @if self.service.is_some() || !self.linked.is_empty() {
                (section("linked", "Linked accounts", &linked::list(self)))
            }
            form method="post" action="/sign-out" { button.quiet type="submit" { "Sign out" } }
        };
        Page::new("Your account", content).wide().with_mistakes(&self.mistakes)
    }
}

fn section(name: &str, heading: &str, content: &Markup) -> Markup {
    let id = format!("{name}-heading");
    html! {
        section.card aria-labelledby=(id) {
            h2 id=(id) { (heading) }
            (content)
        }
    }
}
