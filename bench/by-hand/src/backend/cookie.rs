//! The same JWT in a cookie.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use cookie::{Cookie, CookieBuilder, SameSite};

use super::jwt;
use crate::error::Error;
use crate::login::{Credentials, authenticate};
use crate::token::LIFETIME;
use crate::user::{Database, SignedIn, me};

const NAME: &str = "__Host-by-hand";

struct Sessions<D>(Arc<jwt::Sessions<D>>);

impl<D> Clone for Sessions<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Database> FromRequestParts<Sessions<D>> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(
        request: &mut Parts,
        Sessions(sessions): &Sessions<D>,
    ) -> Result<Self, Error> {
        let header = request.headers.get(COOKIE).and_then(|header| header.to_str().ok());
        let mut cookies = Cookie::split_parse(header.unwrap_or_default()).flatten();
        let cookie = cookies.find(|cookie| cookie.name() == NAME).ok_or(Error::Unauthorized)?;
        sessions.user(cookie.value()).await
    }
}

pub(crate) fn routes<D: Database>(sessions: Arc<jwt::Sessions<D>>) -> Router {
    Router::new()
        .route("/login", post(login::<D>))
        .route("/logout", post(logout))
        .route("/users/me", get(me))
        .with_state(Sessions(sessions))
}

fn cookie(token: String) -> CookieBuilder<'static> {
    Cookie::build((NAME, token)).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}

async fn login<D: Database>(
    State(Sessions(sessions)): State<Sessions<D>>,
    Form(credentials): Form<Credentials>,
) -> Result<impl IntoResponse, Error> {
    let user = authenticate(&sessions.database, credentials).await?;
    let cookie = cookie(sessions.sign(&user)?).max_age(LIFETIME.try_into()?);
    Ok([(SET_COOKIE, cookie.to_string())])
}

async fn logout() -> impl IntoResponse {
    [(SET_COOKIE, cookie(String::new()).removal().to_string())]
}
