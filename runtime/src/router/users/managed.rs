//! The users whom superusers manage.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;

use crate::error::Rejection;
use crate::event::Reason;
use crate::extract::forbidden;
use crate::manager::{AuthApp, Authenticated, Manager};
use crate::router::Entry;
use crate::router::route::Documentation;
use crate::user::{AuthUser, UserId};

/// The id in a path, which need not even be text.
pub(super) type PathId = Result<Path<String>, PathRejection>;

/// A user, and the superuser who manages it.
pub(super) struct Managed<A: AuthApp> {
    pub(super) by: Authenticated<A::User>,
    pub(super) user: A::User,
}

/// Returns the user with `id`, for a superuser. 401 and 403 come first, so that they reveal nothing about ids.
pub(super) async fn managed<A: AuthApp>(
    entry: &Entry<A>,
    id: Option<&Path<String>>,
    request: &Parts,
) -> Result<Managed<A>, Rejection> {
    let by = entry.session(request).await?;
    let manager = Manager::for_code(entry.app.clone());
    if !by.user.is_superuser() {
        return Err(forbidden(&manager, &by.user, Reason::NotSuperuser, request));
    }
    let id = id.and_then(|Path(id)| <A::User as AuthUser>::Id::parse(id)).ok_or(Rejection::NotFound)?;
    let user = manager.user_by_id(id).await?.ok_or(Rejection::NotFound)?;
    Ok(Managed { by, user })
}

/// Documents that a route is for superusers, on the user with an id.
pub(super) fn is_for_managers(doc: &mut Documentation<'_>) {
    doc.requires_superuser();
    doc.takes_id();
    doc.refuses([Rejection::NotFound]);
}
