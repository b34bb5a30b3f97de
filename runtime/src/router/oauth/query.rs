//! What stands in the addresses of both steps, read once.

use axum::http::request::Parts;

use super::callback_path;
use crate::error::{FieldError, Refusal, Rejection};
use crate::manager::oauth::{Asked, Returned};
use crate::oauth::{Pages, RelativeAddress};

/// The first step: `?scopes=a&scopes=b`, and `next` and `on_error` of a browser that is led by redirects.
///
/// `can_be_led`: whether a sign-in here can be answered with a redirect.
pub(super) fn asked(request: &Parts, can_be_led: bool) -> Result<Asked, Rejection> {
    let pairs = pairs(request.uri.query().unwrap_or_default());
    let mut mistakes = Vec::new();
    let mut address = |name: &str| {
        let text = pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)?;
        let address = RelativeAddress::parse(text);
        if address.is_none() {
            mistakes.push(FieldError::query(name, "an address within this app is a path, as in `/account`"));
        } else if !can_be_led {
            mistakes.push(FieldError::query(
                name,
                "this backend's token is not a cookie: no redirect carries it",
            ));
        }
        address
    };
    let (next, on_error) = (address("next"), address("on_error"));
    if on_error.is_some() && !pairs.iter().any(|(key, _)| key == "next") {
        mistakes.push(FieldError { kind: "missing", ..FieldError::query("next", "Field required") });
    }
    if !mistakes.is_empty() {
        return Err(Rejection::ValidationFailed(mistakes));
    }
    let scopes = pairs.iter().filter(|(name, _)| name == "scopes").map(|(_, scope)| scope.clone());
    let led = next.map(|next| Pages { next, on_error });
    Ok(Asked { scopes: scopes.collect(), led, callback: callback_path(request) })
}

/// The last step: `code`, `state`, `error`. What stands there twice is not there: nobody tells which one is meant.
pub(super) fn returned(request: &Parts) -> Result<Returned, Rejection> {
    let pairs = pairs(request.uri.query().unwrap_or_default());
    let only = |name: &str| {
        let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        Some(value.clone()).filter(|value| !value.is_empty())
    };
    Ok(Returned {
        state: only("state").ok_or(Rejection::Refused(Refusal::AccessTokenDecodeError))?,
        code: only("code"),
        error: only("error"),
        issuer: only("iss"),
        user: only("user"),
        browser: None,
        callback: callback_path(request),
    })
}

/// The fields of a posted form that stand for the query, as a query.
pub(super) fn posted(form: &[u8]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let known = ["code", "state", "error", "iss", "user"];
    let fields = form_urlencoded::parse(form).filter(|(name, _)| known.contains(&&**name));
    query.extend_pairs(fields).finish()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
