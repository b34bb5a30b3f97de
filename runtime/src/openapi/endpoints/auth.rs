//! Signing in and out at a backend.

use axum::http::StatusCode;
use serde_json::json;
use utoipa::PartialSchema as _;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{Header, Object, ObjectBuilder, RefOr};

use super::sketch::{Sketch, null};
use crate::backend::BackendName;
use crate::error::{Refusal, Rejection};
use crate::manager::VerifyEmail;
use crate::openapi::media_type::JSON;
use crate::openapi::schema::FieldSchema;
use crate::openapi::types::text;
use crate::router::Access;
use crate::secret::Password;
use crate::transport::SecurityScheme;

/// The forms that a sign-in may be sent as.
const FORMS: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", JSON];

pub(super) fn login(sketch: &mut Sketch<'_>, backend: BackendName) {
    sketch.is("auth", format!("auth:{backend}.login"), format!("Signs in at {backend}"));
    sketch.describe(
        "OAuth2's password flow. `scope`, `client_id` and `client_secret` may be sent, and are not read.",
    );
    let form = sketch.route.refer("OAuth2PasswordRequestForm", form());
    sketch.route.take(&FORMS, &form);
    answers_token(sketch, backend);
    sketch.route.gives_tokens_of = Some((sketch.facts.app, backend));
    sketch.refuses([Rejection::Refused(Refusal::LoginBadCredentials)]);
    if sketch.access == Access::Verified && sketch.facts.policy.verify_email == VerifyEmail::Never {
        sketch.refuses([Rejection::Refused(Refusal::LoginUserNotVerified)]);
    }
    sketch.refuses([
        Rejection::Refused(Refusal::CrossSiteRequest),
        Rejection::RequestTimeout,
        Rejection::ContentTooLarge,
        Rejection::UnsupportedMediaType,
        Rejection::Invalid(Vec::new()),
        Rejection::Unavailable,
    ]);
    let limits = &sketch.facts.limits;
    sketch.is_limited_by(&[limits.sign_in, limits.passwords, limits.passwords_from_anywhere]);
}

pub(super) fn logout(sketch: &mut Sketch<'_>, backend: BackendName) {
    sketch.is("auth", format!("auth:{backend}.logout"), format!("Signs out at {backend}"));
    sketch.is_for_users();
    match sketch.facts.scheme(backend) {
        // What a transport of the app's own answers with is its own.
        Some(SecurityScheme::Header(_)) | None => sketch.route.answer(StatusCode::OK, "Signed out", None),
        Some(_) => sketch.answers_null(StatusCode::OK, "Signed out"),
    }
}

fn form() -> ObjectBuilder {
    ObjectBuilder::new()
        .property("grant_type", text().pattern(Some("^(password)?$")))
        .property("username", text().description(Some("The address")).min_length(Some(1)))
        .required("username")
        .property("password", FieldSchema::new(Password::schema()).min_length(1))
        .required("password")
}

/// The answer to a sign-in at a backend, by the way in which its token travels.
pub(super) fn answers_token(sketch: &mut Sketch<'_>, backend: BackendName) {
    const SIGNED_IN: &str = "Signed in";
    match sketch.facts.scheme(backend) {
        Some(SecurityScheme::PasswordBearer) => {
            let answer = ObjectBuilder::new()
                .property("access_token", text())
                .required("access_token")
                .property("token_type", text().examples([json!("bearer")]))
                .required("token_type");
            let answer = sketch.route.refer("BearerResponse", answer);
            sketch.answers(StatusCode::OK, SIGNED_IN, answer);
        }
        Some(SecurityScheme::Cookie(name)) => {
            sketch.answers(StatusCode::OK, SIGNED_IN, null());
            sets_cookie(sketch, StatusCode::OK, &format!("The token, as the cookie `{name}`"));
        }
        Some(SecurityScheme::Header(_)) | None => sketch.route.answer(StatusCode::OK, SIGNED_IN, None),
    }
}

/// An answer that is there sets a cookie.
pub(super) fn sets_cookie(sketch: &mut Sketch<'_>, status: StatusCode, words: &str) {
    let mut header = Header::new(Object::with_type(SchemaType::new(Type::String)));
    header.description = Some(words.to_owned());
    let responses = &mut sketch.route.operation.responses.responses;
    if let Some(RefOr::T(response)) = responses.get_mut(status.as_str()) {
        response.headers.insert("Set-Cookie".to_owned(), header.into());
    }
}
