//! A JWT in the header `Authorization`. It is good until it expires: nothing is stored.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, get_current_timestamp};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::login::{Credentials, authenticate};
use crate::token::{LIFETIME, bearer, issued};
use crate::user::{Database, SignedIn, User, UserId, me};

const AUDIENCE: &str = "by-hand:auth";

/// Tokens that are signed, and the users whose they are.
pub(crate) struct Sessions<D> {
    pub(crate) database: D,
    header: Header,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

#[derive(Serialize)]
struct Claims {
    sub: UserId,
    aud: &'static str,
    exp: u64,
}

/// Of the claims, what is left to read once they are valid.
#[derive(Deserialize)]
struct Subject {
    sub: UserId,
}

impl<D: Database> Sessions<D> {
    pub(crate) fn new(database: D, secret: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["aud", "exp"]);
        Self {
            database,
            header: Header::new(Algorithm::HS256),
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            validation,
        }
    }

    pub(crate) fn sign(&self, user: &User) -> Result<String, Error> {
        let claims =
            Claims { sub: user.id, aud: AUDIENCE, exp: get_current_timestamp() + LIFETIME.as_secs() };
        Ok(jsonwebtoken::encode(&self.header, &claims, &self.encoding)?)
    }

    pub(crate) async fn user(&self, token: &str) -> Result<SignedIn, Error> {
        let token = jsonwebtoken::decode::<Subject>(token, &self.decoding, &self.validation);
        let Subject { sub } = token.map_err(|_| Error::Unauthorized)?.claims;
        SignedIn::active(self.database.user_by_id(sub).await?)
    }
}

impl<D: Database> FromRequestParts<Arc<Sessions<D>>> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(request: &mut Parts, sessions: &Arc<Sessions<D>>) -> Result<Self, Error> {
        sessions.user(bearer(request)?).await
    }
}

pub(crate) fn routes<D: Database>(sessions: Arc<Sessions<D>>) -> Router {
    Router::new()
        .route("/login", post(login::<D>))
        .route("/logout", post(logout))
        .route("/users/me", get(me))
        .with_state(sessions)
}

async fn login<D: Database>(
    State(sessions): State<Arc<Sessions<D>>>,
    Form(credentials): Form<Credentials>,
) -> Result<impl IntoResponse, Error> {
    let user = authenticate(&sessions.database, credentials).await?;
    Ok(issued(sessions.sign(&user)?))
}

/// The client forgets its token.
async fn logout() -> StatusCode {
    StatusCode::OK
}
