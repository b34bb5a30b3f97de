//! Bodies: read within a limit, and parsed into a type that can't be wrong.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::error::{FieldError, Rejection};
use crate::manager::Policy;
use crate::user::{Fields, Schema};

/// The most bytes of a body that are read. Nothing that is sent here is longer.
const LIMIT: usize = 64 * 1024;

/// How long a body may take to come: two kilobytes a second, for the longest.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What a missing body, or one that is no object, is called: FastAPI tells models from single values.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// The body as a whole is missing.
    Model,
    /// Each of its fields is missing.
    Embedded,
}

/// Reads a JSON body.
pub(super) async fn json<T: Schema>(parts: &Parts, body: Body, kind: Kind) -> Result<T, Rejection> {
    parse(Fields::new(json_object(parts, body, kind).await?))
}

/// Reads a JSON body that is a user's new data, with the emails that the policy allows.
pub(super) async fn user_data<T: Schema>(parts: &Parts, body: Body, policy: &Policy) -> Result<T, Rejection> {
    new_data(json_object(parts, body, Kind::Model).await?, policy)
}

fn new_data<T: Schema>(object: Map<String, Value>, policy: &Policy) -> Result<T, Rejection> {
    parse(Fields::new(object).with_reserved_domains(policy.allow_reserved_domains))
}

/// Reads a JSON body that is a user's new data, with the emails that the policy allows, from someone whom `authenticate` lets
/// in. It is asked before the body is read, so that nobody else's is, and again once the body is there: that may take half a
/// minute, in which rights may be revoked. Only then is the body parsed.
pub(super) async fn user_data_for<T, Who, Answer>(
    parts: &Parts,
    body: Body,
    policy: &Policy,
    authenticate: impl Fn() -> Answer,
) -> Result<(Who, T), Rejection>
where
    T: Schema,
    Answer: Future<Output = Result<Who, Rejection>>,
{
    authenticate().await?;
    let bytes = read(parts, body).await?;
    let who = authenticate().await?;
    Ok((who, new_data(object_of(parts, &bytes, Kind::Model)?, policy)?))
}

/// Reads a form, urlencoded or multipart, or the same as JSON.
pub(super) async fn form<T: Schema>(parts: &Parts, body: Body) -> Result<T, Rejection> {
    let object = match &*content_type(parts) {
        "multipart/form-data" => {
            let bytes = read(parts, body).await?;
            multipart(parts, bytes).await?
        }
        "application/x-www-form-urlencoded" => urlencoded(&read(parts, body).await?),
        _ => json_object(parts, body, Kind::Embedded).await?,
    };
    parse(Fields::new(filled(object)))
}

async fn json_object(parts: &Parts, body: Body, kind: Kind) -> Result<Map<String, Value>, Rejection> {
    object_of(parts, &read(parts, body).await?, kind)
}

fn object_of(parts: &Parts, bytes: &[u8], kind: Kind) -> Result<Map<String, Value>, Rejection> {
    let object = match (bytes.is_empty(), is_json(parts)) {
        (true, _) => Err(FieldError::missing_body()),
        (false, false) => return Err(Rejection::UnsupportedMediaType),
        (false, true) => object(bytes),
    };
    match (object, kind) {
        (Err(error), Kind::Embedded) if error.kind != "json_invalid" => Ok(Map::new()),
        (object, _) => object.map_err(|error| Rejection::ValidationFailed(vec![error])),
    }
}

fn urlencoded(bytes: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(bytes)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}

async fn multipart(parts: &Parts, bytes: Vec<u8>) -> Result<Map<String, Value>, Rejection> {
    let broken = |_| Rejection::ValidationFailed(vec![FieldError::invalid_form()]);
    let mut request = Request::new(Body::from(bytes));
    *request.headers_mut() = parts.headers.clone();
    let mut fields = Multipart::from_request(request, &())
        .await
        .map_err(|_| Rejection::ValidationFailed(vec![FieldError::invalid_form()]))?;
    let mut object = Map::new();
    while let Some(field) = fields.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        object.insert(name, Value::String(field.text().await.map_err(broken)?));
    }
    Ok(object)
}

/// A form can't leave a field out: what is empty counts as missing, and so it does in JSON that stands for one.
fn filled(object: Map<String, Value>) -> Map<String, Value> {
    object.into_iter().filter(|(_, value)| value != "").collect()
}

fn parse<T: Schema>(mut fields: Fields) -> Result<T, Rejection> {
    let Some(value) = T::parse(&mut fields) else {
        return Err(Rejection::ValidationFailed(fields.into_errors()));
    };
    value.validate().map_err(Rejection::ValidationFailed)?;
    Ok(value)
}

pub(super) async fn read(parts: &Parts, body: Body) -> Result<Vec<u8>, Rejection> {
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LIMIT as u64) {
        return Err(Rejection::ContentTooLarge);
    }
    let bytes = tokio::time::timeout(TIME_LIMIT, axum::body::to_bytes(body, LIMIT)).await;
    let bytes = bytes.map_err(|_| Rejection::RequestTimeout)?.map_err(|_| Rejection::ContentTooLarge)?;
    Ok(bytes.to_vec())
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, FieldError> {
    // Some clients write a byte order mark, which a reader may ignore (RFC 8259, 8.1).
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(FieldError::not_an_object()),
        Err(error) if error.is_eof() => Err(FieldError::invalid_json(bytes.len())),
        Err(error) => Err(FieldError::invalid_json(offset(bytes, error.line(), error.column()))),
    }
}

/// The number of bytes before a line and column, both of which count from one.
fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let before = bytes
        .split_inclusive(|&byte| byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum::<usize>();
    (before + column.saturating_sub(1)).min(bytes.len())
}

fn is_json(parts: &Parts) -> bool {
    let content_type = content_type(parts);
    let Some(subtype) = content_type.strip_prefix("application/") else { return false };
    subtype == "json" || subtype.ends_with("+json")
}

/// The media type without its parameters, in lower case.
fn content_type(parts: &Parts) -> String {
    let header = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
