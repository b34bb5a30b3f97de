//! A random token in the header `Authorization`, whose digest lies in the database.

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use time::OffsetDateTime;

use crate::error::Error;
use crate::login::{Credentials, authenticate};
use crate::token::{self, BearerDigest, LIFETIME, digest, issued};
use crate::user::{AccessToken, Database, SignedIn, me};

#[derive(Clone)]
struct Sessions<D>(D);

impl<D: Database> FromRequestParts<Sessions<D>> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(
        request: &mut Parts,
        Sessions(database): &Sessions<D>,
    ) -> Result<Self, Error> {
        Self::active(database.user_by_token(&BearerDigest::of(request)?.0).await?)
    }
}

pub(crate) fn routes<D: Database>(database: D) -> Router {
    Router::new()
        .route("/login", post(login::<D>))
        .route("/logout", post(logout::<D>))
        .route("/users/me", get(me))
        .with_state(Sessions(database))
}

async fn login<D: Database>(
    State(Sessions(database)): State<Sessions<D>>,
    Form(credentials): Form<Credentials>,
) -> Result<impl IntoResponse, Error> {
    let user = authenticate(&database, credentials).await?;
    let token = token::random()?;
    let now = OffsetDateTime::now_utc();
    let row = AccessToken {
        digest: &digest(&token),
        user: &user,
        created_at: now,
        expires_at: now + LIFETIME,
        fingerprint: &digest(&user.hashed_password),
    };
    database.insert_token(row).await?;
    Ok(issued(token))
}

async fn logout<D: Database>(
    State(Sessions(database)): State<Sessions<D>>,
    BearerDigest(digest): BearerDigest,
) -> Result<StatusCode, Error> {
    if database.delete_token(&digest).await? { Ok(StatusCode::OK) } else { Err(Error::Unauthorized) }
}
