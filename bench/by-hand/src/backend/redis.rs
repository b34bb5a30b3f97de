//! A random token in the header `Authorization`, whose digest names a user's id in Redis until it expires.

use ::redis::AsyncCommands;
use ::redis::aio::ConnectionManager;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use uuid::Uuid;

use crate::error::Error;
use crate::login::{Credentials, authenticate};
use crate::token::{self, BearerDigest, LIFETIME, issued};
use crate::user::{Database, SignedIn, UserId, me};

#[derive(Clone)]
struct Sessions<D> {
    database: D,
    redis: ConnectionManager,
}

fn key(digest: &str) -> String {
    format!("by-hand:{digest}")
}

impl<D: Database> FromRequestParts<Sessions<D>> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(request: &mut Parts, sessions: &Sessions<D>) -> Result<Self, Error> {
        let digest = BearerDigest::of(request)?;
        let id: Option<String> = sessions.redis.clone().get(key(&digest.0)).await?;
        let id = UserId(Uuid::try_parse(&id.ok_or(Error::Unauthorized)?)?);
        Self::active(sessions.database.user_by_id(id).await?)
    }
}

pub(crate) async fn routes<D: Database>(database: D, url: &str) -> anyhow::Result<Router> {
    let redis = ConnectionManager::new(::redis::Client::open(url)?).await?;
    Ok(Router::new()
        .route("/login", post(login::<D>))
        .route("/logout", post(logout::<D>))
        .route("/users/me", get(me))
        .with_state(Sessions { database, redis }))
}

async fn login<D: Database>(
    State(mut sessions): State<Sessions<D>>,
    Form(credentials): Form<Credentials>,
) -> Result<impl IntoResponse, Error> {
    let user = authenticate(&sessions.database, credentials).await?;
    let token = token::random()?;
    let key = key(&token::digest(&token));
    sessions.redis.set_ex::<_, _, ()>(key, user.id.0.to_string(), LIFETIME.as_secs()).await?;
    Ok(issued(token))
}

async fn logout<D: Database>(
    State(mut sessions): State<Sessions<D>>,
    digest: BearerDigest,
) -> Result<StatusCode, Error> {
    let deleted: usize = sessions.redis.del(key(&digest.0)).await?;
    if deleted == 1 { Ok(StatusCode::OK) } else { Err(Error::Unauthorized) }
}
