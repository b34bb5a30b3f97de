//! Refusals as answers in the document: each stands there as it goes over the wire, by its code.

use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::example::Example;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AnyOfBuilder, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, Content, Header, Object, ObjectBuilder, Ref, RefOr, Response, Schema};

use super::media_type::JSON;
use crate::error::Rejection;

/// The schema of an error with a code.
const ERROR: &str = "ErrorModel";
/// The schema of a 422.
const INVALID: &str = "HTTPValidationError";
/// The schema of one mistake in it.
const MISTAKE: &str = "ValidationError";

/// Adds a refusal to an operation. An answer of another form that stands there for its status already is left alone.
///
/// Whether it is there now.
pub(super) fn refuse(operation: &mut Operation, rejection: &Rejection) -> bool {
    let status = rejection.status();
    let responses = &mut operation.responses.responses;
    let response = responses.entry(status.as_str().to_owned()).or_insert_with(|| answer(status).into());
    let RefOr::T(response) = response else { return false };
    if !is_ours(status.as_str(), response) {
        return false;
    }
    let Some(RefOr::T(content)) = response.content.get_mut(JSON) else { return false };
    let mut example = Example::new();
    example.summary = meaning(rejection).to_owned();
    example.value = Some(json!({ "detail": rejection.detail() }));
    // A 422 has no code: its form says it all.
    if status != StatusCode::UNPROCESSABLE_ENTITY {
        content.examples.insert(rejection.word(), example.into());
    }
    true
}

/// Whether an answer stands there for refusals of this crate's.
pub(super) fn is_refusal((status, response): (&String, &RefOr<Response>)) -> bool {
    matches!(response, RefOr::T(response) if is_ours(status, response))
}

fn is_ours(status: &str, response: &Response) -> bool {
    let content = response.content.get(JSON);
    matches!(content, Some(RefOr::T(content)) if content.schema == Some(schema(status)))
}

/// An answer without its examples.
fn answer(status: StatusCode) -> Response {
    let words = match status {
        StatusCode::UNAUTHORIZED => "No good token, or an inactive user",
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        StatusCode::UNPROCESSABLE_ENTITY => "Every mistake in what was sent",
        StatusCode::TOO_MANY_REQUESTS => "Tried too often: come again",
        StatusCode::SERVICE_UNAVAILABLE => "Something that is needed is away or busy: come again",
        _ => status.canonical_reason().unwrap_or_default(),
    };
    let mut response = Response::new(words);
    response.content.insert(JSON.to_owned(), Content::new(Some(schema(status.as_str()))).into());
    let named = match status {
        StatusCode::UNAUTHORIZED => Some(("WWW-Authenticate", "How to sign in", Type::String)),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Some(("Retry-After", "In how many seconds", Type::Integer))
        }
        _ => None,
    };
    if let Some((name, words, kind)) = named {
        let mut header = Header::new(Object::with_type(SchemaType::new(kind)));
        header.description = Some(words.to_owned());
        response.headers.insert(name.to_owned(), header.into());
    }
    response
}

fn schema(status: &str) -> RefOr<Schema> {
    let name = if status == StatusCode::UNPROCESSABLE_ENTITY.as_str() { INVALID } else { ERROR };
    Ref::from_schema_name(name).into()
}

/// What a refusal means, where its status does not tell.
fn meaning(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::Refused(refusal) if refusal.code().is_some() => refusal.meaning(),
        _ => "",
    }
}

/// The schemas that refusals refer to.
pub(super) fn schemas() -> [(String, RefOr<Schema>); 3] {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let value = AnyOfBuilder::new()
        .item(text())
        .item(ObjectBuilder::new().schema_type(Type::Integer))
        .item(ArrayBuilder::new().items(text()));
    let detail = AnyOfBuilder::new().item(text()).item(
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(Schema::AnyOf(value.build()))),
    );
    let error = ObjectBuilder::new().property("detail", detail).required("detail");
    let mistakes = ArrayBuilder::new().items(Ref::from_schema_name(MISTAKE));
    let invalid = ObjectBuilder::new().property("detail", mistakes).required("detail");
    let part = AnyOfBuilder::new().item(text()).item(ObjectBuilder::new().schema_type(Type::Integer));
    let mistake = ObjectBuilder::new()
        .property("loc", ArrayBuilder::new().items(part).description(Some("The way to the value")))
        .required("loc")
        .property("msg", text().description(Some("The mistake, in words")))
        .required("msg")
        .property("type", text().description(Some("The kind of mistake")))
        .required("type");
    [
        (ERROR.to_owned(), error.into()),
        (INVALID.to_owned(), invalid.into()),
        (MISTAKE.to_owned(), mistake.into()),
    ]
}
