//! What went wrong, as a page that says so in a few words.

use axum::extract::rejection::FormRejection;
use axum::http::header::RETRY_AFTER;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_users::error::{Refusal, Rejection};
use axum_users::manager::ManagerError;
use maud::html;

use crate::pages::{Notice, Page};

/// Why there is no other page.
pub(crate) enum Failure {
    /// Nobody is signed in.
    SignedOut,
    /// The body is none of the page's form.
    Form(FormRejection),
    /// What the app says; it has logged what is nobody's business.
    Rejected(Rejection),
}

impl From<FormRejection> for Failure {
    fn from(rejection: FormRejection) -> Self {
        Self::Form(rejection)
    }
}

impl From<ManagerError> for Failure {
    fn from(error: ManagerError) -> Self {
        match error {
            // Whoever was signed in is there no more.
            ManagerError::Refused(Refusal::NoSuchUser | Refusal::SessionEnded) => Self::SignedOut,
            error => Self::Rejected(error.into()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::SignedOut => Redirect::to(&Notice::SignInFirst.at("/sign-in")).into_response(),
            Self::Form(rejection) => page(rejection.status()).into_response(),
            Self::Rejected(rejection) => of(&rejection.into_response()),
        }
    }
}

/// What a status means, as a page.
fn page(status: StatusCode) -> Page {
    let (title, text) = match status {
        StatusCode::BAD_REQUEST => ("This did not work", "Go back, and try it once more."),
        StatusCode::UNAUTHORIZED => ("You are not signed in", "Sign in, and try it once more."),
        StatusCode::FORBIDDEN => {
            ("Not from there", "Another site made your browser send this. Nothing was done.")
        }
        StatusCode::NOT_FOUND => ("There is no such page", "The link may be old, or not whole."),
        StatusCode::METHOD_NOT_ALLOWED => ("There is no such page", "What was sent here can't be."),
        StatusCode::PAYLOAD_TOO_LARGE => ("That was too much", "A form here is not that long."),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("This is none of our forms", "Go back, and try it once more.")
        }
        StatusCode::REQUEST_TIMEOUT => ("That took too long", "Go back, and try it once more."),
        StatusCode::TOO_MANY_REQUESTS => ("That was too often", "Wait for a while, and try it once more."),
        StatusCode::BAD_GATEWAY => ("The other service does not answer", "Try it once more in a moment."),
        StatusCode::SERVICE_UNAVAILABLE => ("We are busy", "Try it once more in a moment."),
        _ => ("Something is broken", "It is our fault, and has been written down."),
    };
    let content = html! {
        p { (text) }
        p { a.button href="/" { "To the first page" } }
    };
    Page::new(title, content).with_status(status)
}

/// What an answer that is no page means, as one. Its cookies stay, and so does when to come again.
pub(crate) fn of(response: &Response) -> Response {
    let mut shown = page(response.status()).into_response();
    for name in [header::SET_COOKIE, RETRY_AFTER] {
        for value in response.headers().get_all(&name) {
            shown.headers_mut().append(name.clone(), value.clone());
        }
    }
    shown
}

/// A fallback for the whole app.
pub(crate) async fn not_found() -> Page {
    page(StatusCode::NOT_FOUND)
}

/// What is there, but not for this method. `Allow` is axum's.
pub(crate) async fn method_not_allowed() -> Page {
    page(StatusCode::METHOD_NOT_ALLOWED)
}
