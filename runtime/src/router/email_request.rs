//! The body of requests for a mail.

use axum::http::StatusCode;

use super::route::{Documentation, Field, JsonType, Object};
use crate::error::Rejection;
use crate::user::{Fields, Schema, TypedEmail};

/// The body of a request for a mail. Whatever was typed as the email, the response is the same.
pub(super) struct EmailRequest {
    pub(super) email: TypedEmail,
}

impl Schema for EmailRequest {
    fn parse(fields: &mut Fields) -> Option<Self> {
        Some(Self { email: TypedEmail::new(&fields.text("email")?) })
    }
}

/// Without a format: users who were imported may have an email that no rule accepts.
const BODY: Object = Object::new(
    "ToAddress",
    &[Field::required("email", JsonType::String).described("The user's email, in whatever spelling")],
);

/// Documents a request for a mail.
pub(super) fn documents_mail(doc: &mut Documentation<'_>) {
    doc.takes_json(JsonType::Object(&BODY));
    doc.responds(StatusCode::ACCEPTED, "Accepted, whether or not a user has the email", JsonType::Null);
    doc.refuses([Rejection::Unavailable]);
}
