//! `GET /callback` of a client at a backend.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::error::{Refusal, Rejection};
use crate::event::EventKind;
use crate::manager::{AuthApp, Failure, Manager, Registration, SignIn};
use crate::router::Access;
use crate::router::auth::responses::responds_with_token;
use crate::router::oauth::documentation::{redirects, takes_return};
use crate::router::oauth::{OAuthEntry, answer, query, read_state};
use crate::router::route::{Documentation, Method, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::Get,
    path: "/callback",
    tag: "auth",
    id: "oauth:{client}.{backend}.callback",
    summary: "Ends a sign-in with {client}",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    responds_with_token(doc);
    if doc.is_cookie() {
        redirects(doc, "To where the browser was to go, with its cookie");
    }
    takes_return(doc);
    doc.refuses([
        Refusal::OauthNotAvailableEmail,
        Refusal::OauthUserAlreadyExists,
        Refusal::LoginBadCredentials,
    ]);
    doc.refuses_unverified_logins();
    if !matches!(doc.app.policy.registration, Registration::Open) {
        doc.refuses([Refusal::RegisterNotAllowed]);
    }
}

pub(super) async fn finish<A: AuthApp>(
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
