//! `GET /authorize` of a client, for signed-in users who link an account.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::error::{Refusal, Rejection};
use crate::manager::oauth::Purpose;
use crate::manager::{AuthApp, Manager};
use crate::router::oauth::documentation::redirects_to_provider;
use crate::router::oauth::{OAuthEntry, authorize, query};
use crate::router::route::{Documentation, Method, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::Get,
    path: "/authorize",
    tag: "auth",
    id: "oauth-associate:{client}.authorize",
    summary: "Begins to make an account at {client} the user's",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.requires_user();
    if doc.app.has_cookies() {
        doc.refuses([Refusal::CrossSiteRequest]);
    }
    redirects_to_provider(doc, true);
    doc.requires_recent_login();
}

pub(super) async fn start<A: AuthApp>(
    State(OAuthEntry { entry, client }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let asked = query::asked(&parts, true)?;
    // Another site can't send a bearer token.
    let backend = entry.app.core().backend(session.backend);
    let is_sent_by_browsers = backend.is_some_and(|backend| backend.transport.is_sent_by_browsers());
    let manager = Manager::of_request(entry.app, parts);
    if asked.led.is_some() && is_sent_by_browsers {
        manager.refuse_cross_site_start(session.backend)?;
    }
    authorize(&manager, client, Purpose::Associate(&session), asked).await
}
