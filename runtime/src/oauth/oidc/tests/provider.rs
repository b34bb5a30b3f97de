//! A provider on this machine, which answers as a test says and counts what it is asked. It ends with its test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Pair;

pub(super) const CONFIGURATION: &str = "/.well-known/openid-configuration";
pub(super) const KEYS: &str = "/keys";

/// A provider.
pub(super) struct Provider {
    /// Its address, without a slash at the end.
    pub(super) base: String,
    desk: Arc<Desk>,
}

#[derive(Default)]
struct Desk {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<String>>,
}

/// What a path is answered with.
#[derive(Clone)]
pub(super) enum Answer {
    Json(Value),
    After(Duration, Value),
    Status(StatusCode),
    Redirect(&'static str),
    Text(String),
}

impl Provider {
    /// A provider whose metadata is in order, and which has these keys.
    pub(super) async fn with(keys: &[&Pair]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let desk = Arc::new(Desk::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let provider = Self { base, desk };
        provider.answers(CONFIGURATION, Answer::Json(provider.configuration(&provider.base)));
        provider.has(keys);
        provider
    }

    /// The metadata of an issuer whose endpoints are here.
    pub(super) fn configuration(&self, issuer: &str) -> Value {
        let at = |path: &str| format!("{}{path}", self.base);
        json!({
            "issuer": issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at(KEYS),
            "userinfo_endpoint": at("/userinfo"),
            "revocation_endpoint": at("/revoke"),
            "response_types_supported": ["code"],
        })
    }

    pub(super) fn answers(&self, path: &str, answer: Answer) {
        self.desk.answers.lock().expect("a lock").insert(path.to_owned(), answer);
    }

    pub(super) fn has(&self, keys: &[&Pair]) {
        let keys = keys.iter().map(|pair| pair.published()).collect::<Vec<_>>();
        self.answers(KEYS, Answer::Json(json!({ "keys": keys })));
    }

    /// How often it was asked for a path.
    pub(super) fn count(&self, path: &str) -> usize {
        self.desk.asked.lock().expect("a lock").iter().filter(|asked| *asked == path).count()
    }
}

async fn answer(State(desk): State<Arc<Desk>>, uri: Uri) -> Response {
    desk.asked.lock().expect("a lock").push(uri.path().to_owned());
    let answer = desk.answers.lock().expect("a lock").get(uri.path()).cloned();
    match answer {
        Some(Answer::Json(value)) => axum::Json(value).into_response(),
        Some(Answer::After(time, value)) => {
            tokio::time::sleep(time).await;
            axum::Json(value).into_response()
        }
        Some(Answer::Status(status)) => status.into_response(),
        Some(Answer::Redirect(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Answer::Text(text)) => text.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
