//! `GET /authorize` and `GET /callback` of a client at a backend.

use axum::extract::{Request, State};
use axum::response::Response;

use super::{OAuthEntry, answer, authorize, query, read_state, redirect};
use crate::backend::BackendName;
use crate::error::{Refusal, Rejection};
use crate::event::EventKind;
use crate::manager::oauth::Purpose;
use crate::manager::{AuthApp, Failure, Manager, SignIn};
use crate::oauth::ClientName;
use crate::router::{Access, Endpoint, Routing, body};

pub(in crate::router) fn routes<A: AuthApp>(
    client: ClientName,
    backend: BackendName,
) -> Routing<OAuthEntry<A>> {
    Routing::new()
        .route("/authorize", Endpoint::Authorize(client, backend), start::<A>)
        .route("/callback", Endpoint::Callback(client, backend), finish::<A>)
        .route("/callback", Endpoint::PostedCallback(client, backend), posted::<A>)
}

async fn start<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let backend = entry.backend.ok_or(Failure::NoSuchBackend)?;
    let core = entry.app.core();
    let transport = &core.backend(backend).ok_or(Failure::NoSuchBackend)?.transport;
    let asked = query::asked(&parts, transport.is_set_by_headers())?;
    let manager = Manager::of_request(entry.app, parts);
    manager.refuse_cross_site_start(backend)?;
    authorize(&manager, client, Purpose::SignIn(backend), asked).await
}

async fn finish<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let backend = entry.backend.ok_or(Failure::NoSuchBackend)?;
    let returned = query::returned(&parts)?;
    let manager = Manager::of_request(entry.app, parts);
    let (state, returned) = read_state(&manager, EventKind::SignInRefused, client, returned)?;
    let requires_verification = entry.access == Access::Verified;
    let signed_in = manager.oauth_sign_in(client, backend, &state, &returned, requires_verification).await;
    let outcome = match signed_in {
        Ok(SignIn::SignedIn(login)) => manager.login_response(login).await.map_err(Rejection::from),
        Ok(SignIn::BadCredentials) => Err(Rejection::Refused(Refusal::LoginBadCredentials)),
        Ok(SignIn::NotVerified) => Err(Rejection::Refused(Refusal::LoginUserNotVerified)),
        Err(error) => Err(error.into()),
    };
    answer(&manager, &state, outcome)
}

/// A provider that has the browser post its answer, from another site and so without this app's cookies. A redirect to
/// the same address, as browsers know it, brings them.
pub(super) async fn posted<A: AuthApp>(
    State(OAuthEntry { entry, .. }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let form = body::read(&parts, body).await?;
    let callback = Manager::for_code(entry.app).oauth()?.path(&super::callback_path(&parts));
    redirect(&format!("{callback}?{}", query::posted(&form)))
}
