//! The user itself, and the users whom superusers manage.

use axum::http::StatusCode;

use super::accounts::invalid_password;
use super::sketch::Sketch;
use crate::error::{Refusal, Rejection};

pub(super) fn current_user(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:current_user", "Shows the user itself");
    sketch.is_for_users();
    sketch.answers_user(StatusCode::OK, "The user");
}

pub(super) fn patch_current_user(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:patch_current_user", "Changes the user itself");
    sketch.is_for_users();
    takes_update(sketch);
    let limits = &sketch.facts.limits;
    sketch.is_limited_by(&[limits.changes, limits.changes_by_client]);
    if !sketch.facts.policy.confirms_new_email {
        sketch.refuses([Rejection::Refused(Refusal::UpdateUserEmailAlreadyExists)]);
    }
    sketch.answers_user(StatusCode::OK, "The user, changed");
}

pub(super) fn delete_me(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:delete_user.me", "Deletes nobody");
    sketch.describe("`me` stands in the place of an id here, and nobody has such an id.");
    sketch.is_for_superusers();
    sketch.refuses([Rejection::NotFound]);
}

pub(super) fn user(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:user", "Shows a user");
    is_for_managers(sketch);
    sketch.answers_user(StatusCode::OK, "The user");
}

pub(super) fn patch_user(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:patch_user", "Changes a user");
    is_for_managers(sketch);
    takes_update(sketch);
    let limits = &sketch.facts.limits;
    sketch.is_limited_by(&[limits.changes, limits.changes_by_client, limits.changes_of_others]);
    sketch.refuses([Rejection::Refused(Refusal::UpdateUserEmailAlreadyExists)]);
    if sketch.facts.policy.keeps_last_superuser {
        sketch.refuses([Rejection::Refused(Refusal::UpdateUserLastSuperuser)]);
    }
    sketch.answers_user(StatusCode::OK, "The user, changed");
}

pub(super) fn delete_user(sketch: &mut Sketch<'_>) {
    sketch.is("users", "users:delete_user", "Deletes a user");
    is_for_managers(sketch);
    sketch.route.answer(StatusCode::NO_CONTENT, "Deleted", None);
    sketch.refuses([Rejection::Refused(Refusal::DeleteUserInUse)]);
    if sketch.facts.policy.keeps_last_superuser {
        sketch.refuses([Rejection::Refused(Refusal::DeleteUserLastSuperuser)]);
    }
}

/// It is for superusers, on the user with an id.
fn is_for_managers(sketch: &mut Sketch<'_>) {
    sketch.is_for_superusers();
    let id = sketch.facts.id.clone();
    sketch.route.segment("id", id);
    sketch.refuses([Rejection::NotFound]);
}

fn takes_update(sketch: &mut Sketch<'_>) {
    let (name, schema) = sketch.facts.update.clone();
    sketch.takes(&name, schema);
    sketch.refuses([invalid_password(Refusal::UpdateUserInvalidPassword)]);
    if sketch.facts.policy.asks_current_password {
        sketch.refuses([Rejection::Refused(Refusal::UpdateUserBadCurrentPassword)]);
        let limits = &sketch.facts.limits;
        sketch.is_limited_by(&[limits.passwords, limits.passwords_from_anywhere]);
    }
}
