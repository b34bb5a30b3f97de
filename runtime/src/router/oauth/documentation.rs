//! The documentation that logins with an OAuth client and the linking of accounts share.

use axum::http::StatusCode;

use crate::error::{Refusal, Rejection};
use crate::router::route::{Documentation, Field, JsonType, Object};

const AUTHORIZE: Object =
    Object::new("OAuth2AuthorizeResponse", &[Field::required("authorization_url", JsonType::String)]);

const SCOPES: Field = Field::optional("scopes", JsonType::Array(&JsonType::String))
    .described("In place of the client's own, of those that it allows");

const PAGES: [Field; 2] = [
    Field::optional("next", JsonType::String)
        .described("The path where the browser is to go in the end: all answers are redirects then"),
    Field::optional("on_error", JsonType::String)
        .described("The path where it is to go after a failure, with the code as `error`"),
];

const RETURN: [Field; 4] = [
    Field::optional("code", JsonType::String).described("What the service gave"),
    Field::optional("state", JsonType::String).described("What it was given"),
    Field::optional("error", JsonType::String).described("Why there is no code"),
    Field::optional("iss", JsonType::String).described("Who the service is"),
];

/// Documents the first step. `can_be_led`: whether a browser may be sent on with a redirect.
pub(super) fn redirects_to_provider(doc: &mut Documentation<'_>, can_be_led: bool) {
    const COOKIE: &str = "It ties this sign-in to this browser";
    doc.takes_query(&[SCOPES]);
    doc.responds(StatusCode::OK, "Where the browser goes", JsonType::Object(&AUTHORIZE));
    doc.sets_cookie(COOKIE);
    if can_be_led {
        doc.takes_query(&PAGES);
        redirects(doc, "To the service");
        doc.sets_cookie(COOKIE);
    }
    doc.refuses([
        Rejection::ValidationFailed(Vec::new()),
        Refusal::OauthProviderFailed.into(),
        Rejection::Unavailable,
    ]);
    doc.is_limited_by(&[doc.app.limits.oauth]);
    may_miss_client(doc);
}

/// Documents the second step, whose query the provider writes.
pub(super) fn takes_return(doc: &mut Documentation<'_>) {
    doc.takes_query(&RETURN);
    doc.is_limited_by(&[doc.app.limits.oauth]);
    doc.refuses([
        Refusal::OauthInvalidState,
        Refusal::AccessTokenDecodeError,
        Refusal::AccessTokenAlreadyExpired,
        Refusal::OauthRefused,
        Refusal::OauthInvalidIdToken,
        Refusal::OauthProviderFailed,
    ]);
    doc.refuses([Rejection::Unavailable]);
    may_miss_client(doc);
}

pub(super) fn redirects(doc: &mut Documentation<'_>, description: &'static str) {
    doc.responds_with_status(StatusCode::SEE_OTHER, description);
}

/// Where a function of the request provides the client, a request may have none.
fn may_miss_client(doc: &mut Documentation<'_>) {
    if doc.place.client.is_some_and(|client| doc.app.clients_by_request.contains(&client)) {
        doc.refuses([Rejection::NotFound]);
    }
}
