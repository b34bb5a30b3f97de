//! The frame of every page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Notice;
use crate::form::Mistakes;

const BRAND: &str = "Camelot";
const ICON: PreEscaped<&str> = PreEscaped(include_str!("../icon.svg"));

/// A page.
pub(crate) struct Page {
    status: StatusCode,
    title: String,
    told: Option<Told>,
    is_wide: bool,
    content: Markup,
}

/// What is said above the rest.
enum Told {
    Notice(&'static str),
    Failure(&'static str),
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, content: Markup) -> Self {
        Self { status: StatusCode::OK, title: title.into(), told: None, is_wide: false, content }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// A page with more than one short form.
    pub(crate) fn wide(self) -> Self {
        Self { is_wide: true, ..self }
    }

    /// Says what has just been done.
    pub(crate) fn with_notice(self, notice: Option<Notice>) -> Self {
        let told = notice.map(|notice| Told::Notice(notice.text())).or(self.told);
        Self { told, ..self }
    }

    /// Says what has just failed.
    pub(crate) fn with_failure(self, failure: Option<&'static str>) -> Self {
        Self { told: failure.map(Told::Failure).or(self.told), ..self }
    }

    /// The answer to a form in which something is wrong, if anything is: its title says so first, for those who hear it.
    pub(crate) fn with_mistakes(self, mistakes: &Mistakes) -> Self {
        if mistakes.is_empty() {
            return self;
        }
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, title: format!("Error: {}", self.title), ..self }
    }

    fn heading(&self) -> &str {
        self.title.strip_prefix("Error: ").unwrap_or(&self.title)
    }

    fn markup(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · " (BRAND) }
                    link rel="stylesheet" href="/style.css";
                    link rel="icon" href="/icon.svg" type="image/svg+xml";
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    header {
                        a.brand href="/" { (ICON) (BRAND) }
                        nav aria-label="Pages" {
                            a href="/account" { "Account" }
                            a href="/mailbox" { "Mailbox" }
                        }
                    }
                    main #content class=[self.is_wide.then_some("wide")] tabindex="-1" {
                        h1 { (self.heading()) }
                        @match &self.told {
                            Some(Told::Notice(text)) => p.told role="status" { (text) },
                            Some(Told::Failure(text)) => p.told.failed role="alert" { (text) },
                            None => {},
                        }
                        (self.content)
                    }
                    footer {
                        p {
                            "An example of Axum Users. Its mails go to the "
                            a href="/mailbox" { "mailbox" }
                            ", and nowhere else."
                        }
                    }
                }
            }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        (self.status, self.markup()).into_response()
    }
}
