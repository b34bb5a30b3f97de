//! The responses to logins and logouts: what hands a token to the client, and what takes it back. Every login ends here,
//! those of the app's own handlers included.

use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::backend::BackendName;
use crate::limit::KNOWN_FOR;
use crate::manager::{AuthApp, Manager, ManagerError, SignedIn, log};
use crate::router::route::{Documentation, Field, JsonType, Object};
use crate::transport::SecurityScheme;

/// Tokens are not for caches (RFC 6749, 5.1).
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

impl<A: AuthApp> Manager<A> {
    /// Returns the response of a login: the token, as the backend's transport sends it, and for transports with cookies the
    /// proof that keeps others from locking the client out. The hook `on_after_login` sees it last.
    ///
    /// # Errors
    ///
    /// [`Failure::NoSuchBackend`](crate::manager::Failure::NoSuchBackend) for the login of another app.
    pub async fn login_response(&self, login: SignedIn<A::User>) -> Result<Response, ManagerError> {
        let SignedIn { user, backend, issued, actor } = login;
        let transport = &self.backend(backend)?.transport;
        let mut response = transport.login_response(&issued, self.core().settings.now());
        if let Some(proof) = self.known_proof(&user).await {
            let keep = |cookie: &String| transport.keep_known_client(cookie, KNOWN_FOR, &mut response);
            if !proof.cookie.as_ref().is_some_and(keep) {
                self.remember(&user, proof).await;
            }
        }
        response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
        let hooks = &self.core().hooks;
        log("on_after_login", hooks.on_after_login(&user, actor.request(), &mut response).await);
        Ok(response)
    }

    /// Returns the response of a logout at a backend, which has the client forget its token.
    ///
    /// # Errors
    ///
    /// [`Failure::NoSuchBackend`](crate::manager::Failure::NoSuchBackend) if the app has no such backend.
    pub fn logout_response(&self, backend: BackendName) -> Result<Response, ManagerError> {
        let mut response = self.backend(backend)?.transport.logout_response();
        response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
        Ok(response)
    }
}

/// The token, as [`Bearer`](crate::transport::Bearer) returns it.
const BEARER: Object = Object::new(
    "BearerResponse",
    &[
        Field::required("access_token", JsonType::String),
        Field::required("token_type", JsonType::String).example("bearer"),
    ],
);

/// The token, as [`Header`](crate::transport::Header) returns it.
const HEADER: Object = Object::new(
    "HeaderResponse",
    &[
        Field::required("access_token", JsonType::String),
        Field::required("token_type", JsonType::String).example("header"),
    ],
);

/// Documents the response to a login at the router's backend, which depends on how its token is sent.
pub(in crate::router) fn responds_with_token(doc: &mut Documentation<'_>) {
    const SIGNED_IN: &str = "Signed in";
    match doc.scheme() {
        Some(SecurityScheme::PasswordBearer) => {
            doc.responds(StatusCode::OK, SIGNED_IN, JsonType::Object(&BEARER));
        }
        Some(SecurityScheme::Cookie(name)) => {
            doc.responds(StatusCode::OK, SIGNED_IN, JsonType::Null);
            doc.sets_cookie(format!("The token, as the cookie `{name}`"));
        }
        Some(SecurityScheme::Header(_)) => doc.responds(StatusCode::OK, SIGNED_IN, JsonType::Object(&HEADER)),
        None => doc.responds_with_status(StatusCode::OK, SIGNED_IN),
    }
}
