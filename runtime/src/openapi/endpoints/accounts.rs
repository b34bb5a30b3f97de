//! Registration, forgotten passwords, and proof of addresses.

use axum::http::StatusCode;
use utoipa::openapi::{KnownFormat, ObjectBuilder};

use super::sketch::Sketch;
use crate::error::{InvalidPassword, Refusal, Rejection};
use crate::manager::Registration;
use crate::openapi::types::{text, text_of};

pub(super) fn register(sketch: &mut Sketch<'_>) {
    sketch.is("auth", "register:register", "Registers");
    let policy = &sketch.facts.policy;
    let (is_hidden, is_open) =
        (policy.hides_registrations, matches!(policy.registration, Registration::Open));
    let (name, schema) = sketch.facts.create.clone();
    sketch.takes(&name, schema);
    if is_hidden {
        sketch.answers_null(StatusCode::ACCEPTED, "Registered, unless the address is known");
    } else {
        sketch.answers_user(StatusCode::CREATED, "The new user");
        sketch.refuses([Rejection::Refused(Refusal::RegisterUserAlreadyExists)]);
    }
    sketch.refuses([invalid_password(Refusal::RegisterInvalidPassword), Rejection::Unavailable]);
    sketch.is_limited_by(&[sketch.facts.limits.register]);
    if !is_open {
        sketch.refuses([Rejection::Refused(Refusal::RegisterNotAllowed)]);
    }
}

pub(super) fn forgot_password(sketch: &mut Sketch<'_>) {
    sketch.is("auth", "reset:forgot_password", "Asks for a token that sets a new password");
    to_address(sketch);
}

pub(super) fn reset_password(sketch: &mut Sketch<'_>) {
    sketch.is("auth", "reset:reset_password", "Sets a new password with a token");
    let password = sketch.facts.password();
    let body = proof().property("password", password).required("password");
    sketch.takes("NewPassword", body);
    sketch.answers_null(StatusCode::OK, "The new password is set");
    sketch.refuses([
        Rejection::Refused(Refusal::ResetPasswordBadToken),
        invalid_password(Refusal::ResetPasswordInvalidPassword),
        Rejection::Unavailable,
    ]);
    sketch.is_limited_by(&[sketch.facts.limits.tokens]);
}

pub(super) fn request_verify_token(sketch: &mut Sketch<'_>) {
    sketch.is("auth", "verify:request-token", "Asks for a token that verifies the address");
    to_address(sketch);
}

pub(super) fn verify(sketch: &mut Sketch<'_>) {
    sketch.is("auth", "verify:verify", "Verifies the address with a token");
    takes_token_of_user(sketch);
    sketch.answers_user(StatusCode::OK, "The user, verified");
    sketch.refuses([
        Rejection::Refused(Refusal::VerifyUserBadToken),
        Rejection::Refused(Refusal::VerifyUserAlreadyVerified),
        Rejection::Unavailable,
    ]);
    sketch.is_limited_by(&[sketch.facts.limits.tokens]);
}

pub(super) fn confirm_email(sketch: &mut Sketch<'_>) {
    sketch.is("auth", "verify:confirm-email", "Confirms a new address with a token");
    takes_token_of_user(sketch);
    sketch.answers_user(StatusCode::OK, "The user, with the new address");
    sketch.refuses([Rejection::Refused(Refusal::VerifyUserBadToken), Rejection::Unavailable]);
    sketch.is_limited_by(&[sketch.facts.limits.tokens]);
}

/// A request that has something sent to an address.
fn to_address(sketch: &mut Sketch<'_>) {
    // No format: users who came from elsewhere may have an email that no rule accepts.
    let email = text().description(Some("The user's email, in whatever spelling"));
    let body = ObjectBuilder::new().property("email", email).required("email");
    sketch.takes("ToAddress", body);
    sketch.answers_null(StatusCode::ACCEPTED, "Whoever is asked for");
    sketch.refuses([Rejection::Unavailable]);
}

/// A token from a mail, and where the policy asks for it what shows that its user sends it.
fn takes_token_of_user(sketch: &mut Sketch<'_>) {
    if sketch.facts.policy.verification_asks_password {
        let password = text_of(KnownFormat::Password)
            .description(Some("The user's; not needed where the user is signed in"));
        sketch.takes("Verification", proof().property("password", password));
        sketch.refuses([Rejection::Refused(Refusal::VerifyUserBadPassword)]);
        if sketch.facts.has_cookies() {
            sketch.refuses([Rejection::Refused(Refusal::CrossSiteRequest)]);
        }
    } else {
        sketch.takes("Proof", proof());
    }
}

fn proof() -> ObjectBuilder {
    ObjectBuilder::new().property("token", text()).required("token")
}

pub(super) fn invalid_password(refusal: impl FnOnce(InvalidPassword) -> Refusal) -> Rejection {
    refusal(InvalidPassword::new("Password should be at least 3 characters")).into()
}
