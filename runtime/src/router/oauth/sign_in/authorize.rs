//! `GET /authorize` of a client at a backend.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::error::{Refusal, Rejection};
use crate::manager::oauth::Purpose;
use crate::manager::{AuthApp, Failure, Manager};
use crate::router::oauth::documentation::redirects_to_provider;
use crate::router::oauth::{OAuthEntry, authorize, query};
use crate::router::route::{Documentation, Method, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::Get,
    path: "/authorize",
    tag: "auth",
    id: "oauth:{client}.{backend}.authorize",
    summary: "Begins a sign-in with {client}",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.refuses([Refusal::CrossSiteRequest]);
    redirects_to_provider(doc, doc.is_cookie());
}

pub(super) async fn start<A: AuthApp>(
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
