//! Answers that are no pages: a browser is led on after each form that was taken (Post/Redirect/Get).

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};

/// Leads on with the cookies of `response`: those of a sign-in or a sign-out.
pub(crate) fn lead_on(to: &str, response: &Response) -> Response {
    let mut redirect = Redirect::to(to).into_response();
    for cookie in response.headers().get_all(SET_COOKIE) {
        redirect.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    redirect
}
