//! `/me` for the user itself, `/{id}` for superusers.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::body::user_data_for;
use super::shown::{Shown, shown};
use super::{Endpoint, Entry, Routing};
use crate::error::{Refusal, Rejection};
use crate::event::Reason;
use crate::extract::{forbidden, refused, unauthorized};
use crate::manager::{AuthApp, Authenticated, Manager, ManagerError};
use crate::user::{AuthUser, UserId};

pub(super) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new()
        .route("/me", Endpoint::CurrentUser, me::<A>)
        .route("/me", Endpoint::PatchCurrentUser, update_me::<A>)
        // A DELETE takes `me` for an id, as the original does: one that nobody has.
        .route("/me", Endpoint::DeleteMe, delete_user::<A>)
        .route("/{id}", Endpoint::User, user::<A>)
        .route("/{id}", Endpoint::PatchUser, update_user::<A>)
        .route("/{id}", Endpoint::DeleteUser, delete_user::<A>)
}

/// What stands in the place of an id. It need not even be text.
type PathId = Result<Path<String>, PathRejection>;

async fn me<A: AuthApp>(State(entry): State<Entry<A>>, request: Request) -> Result<Shown<A>, Rejection> {
    let (parts, _) = request.into_parts();
    let user = entry.session(&parts).await?.user;
    shown(&Manager::for_code(entry.app), &user).await
}

async fn update_me<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let policy = &entry.app.core().policy;
    let (session, update) = user_data_for(&parts, body, policy, || entry.session(&parts)).await?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.update_own(&session, update).await {
        Ok(user) => shown(&manager, &user).await,
        Err(ManagerError::Refused(Refusal::NoSuchUser)) => {
            Err(unauthorized(&manager, manager.actor().head()))
        }
        Err(error) => Err(refused(&manager, error)),
    }
}

async fn user<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: PathId,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, _) = request.into_parts();
    let Managed { by: _, user } = managed(&entry, id.as_ref().ok(), &parts).await?;
    let manager = Manager::of_request(entry.app, parts);
    shown(&manager, &user).await
}

async fn update_user<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: PathId,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let id = id.as_ref().ok();
    let policy = &entry.app.core().policy;
    let (Managed { by, user }, update) =
        user_data_for(&parts, body, policy, || managed(&entry, id, &parts)).await?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.update_user(user, update, Some(&by)).await {
        Ok(user) => shown(&manager, &user).await,
        Err(error) => Err(refused(&manager, error)),
    }
}

async fn delete_user<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: PathId,
    request: Request,
) -> Result<StatusCode, Rejection> {
    let (parts, _) = request.into_parts();
    let Managed { by, user } = managed(&entry, id.as_ref().ok(), &parts).await?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.delete(user, Some(&by)).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(refused(&manager, error)),
    }
}

/// A user, and the superuser who manages it.
struct Managed<A: AuthApp> {
    by: Authenticated<A::User>,
    user: A::User,
}

/// The user with `id`, for a superuser. Who asks comes first: a 401 or 403 tells nothing of ids.
async fn managed<A: AuthApp>(
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
