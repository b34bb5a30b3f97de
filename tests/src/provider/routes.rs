//! The routes of the provider.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::KeyPair as _;
use axum::Json;
use axum::extract::{Form, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{CLIENT_ID, CLIENT_SECRET, Fault, Shared, SignedIn};
use crate::known;

pub(super) async fn watch(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let fault = {
        let mut inside = shared.lock();
        inside.requests.push(path.clone());
        inside.faults.get(&path).cloned()
    };
    match fault {
        Some(Fault::Answers(status, body)) => {
            (StatusCode::from_u16(status).expect("a status"), body).into_response()
        }
        Some(Fault::Redirects(to)) => Redirect::temporary(&to).into_response(),
        Some(Fault::Waits(gate)) => {
            let answer = next.run(request).await;
            gate.pass().await;
            answer
        }
        Some(Fault::Hangs) => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        None => next.run(request).await,
    }
}

pub(super) async fn configuration(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(metadata(&shared.lock().url))
}

pub(super) fn metadata(url: &str) -> Value {
    json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/jwks"),
        "revocation_endpoint": format!("{url}/revoke"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    })
}

pub(super) async fn jwks(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let inside = shared.lock();
    let keys = inside.keys.iter().map(|(kid, key)| {
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": URL_SAFE_NO_PAD.encode(key.public_key().as_ref()) })
    });
    Json(json!({ "keys": keys.collect::<Vec<_>>() }))
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

pub(super) async fn token(
    State(shared): State<Arc<Shared>>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if (field("client_id"), field("client_secret")) != (CLIENT_ID, CLIENT_SECRET) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let mut inside = shared.lock();
    inside.forms.push(form.clone());
    match field("grant_type") {
        "authorization_code" => {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
            let signed_in = inside.codes.remove(field("code"));
            let is_right =
                |it: &SignedIn| it.challenge == challenge && it.redirect_uri == field("redirect_uri");
            let Some(signed_in) = signed_in.filter(is_right) else {
                return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
            };
            let mut tokens = inside.issue(&signed_in.user);
            if inside.withholds_refresh_tokens {
                let withheld = tokens.as_object_mut().and_then(|tokens| tokens.remove("refresh_token"));
                inside.refresh_tokens.remove(withheld.as_ref().and_then(Value::as_str).expect("a token"));
            }
            let id_token = inside.id_token(signed_in.nonce.as_deref(), &signed_in.user);
            known::secret(&id_token);
            inside.secrets.push(id_token.clone());
            tokens["id_token"] = id_token.into();
            Json(tokens).into_response()
        }
        // Each is good once.
        "refresh_token" => match inside.refresh_tokens.remove(field("refresh_token")) {
            Some(user) => Json(inside.issue(&user)).into_response(),
            None => refuse(StatusCode::BAD_REQUEST, "invalid_grant"),
        },
        _ => refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    }
}

pub(super) async fn userinfo(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    match shared.lock().tokens.get(token) {
        Some(user) => Json(user.clone()).into_response(),
        None => refuse(StatusCode::UNAUTHORIZED, "invalid_token"),
    }
}

pub(super) async fn revoke(
    State(shared): State<Arc<Shared>>,
    Form(form): Form<HashMap<String, String>>,
) -> StatusCode {
    let mut inside = shared.lock();
    inside.refresh_tokens.remove(&form["token"]);
    inside.forms.push(form);
    StatusCode::OK
}
