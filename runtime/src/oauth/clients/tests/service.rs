//! A provider on loopback: it answers what it is told to, and keeps what it was asked.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What is answered to a request of this method and this path: `GET /me?fields=id`.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    line: &'static str,
    status: u16,
    body: Cow<'static, str>,
    headers: &'static [(&'static str, &'static str)],
}

impl Answer {
    /// The same answer with further headers.
    pub(super) fn with(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }
}

/// A 200.
pub(super) fn ok(line: &'static str, body: impl Into<Cow<'static, str>>) -> Answer {
    answer(line, 200, body)
}

pub(super) fn answer(line: &'static str, status: u16, body: impl Into<Cow<'static, str>>) -> Answer {
    Answer { line, status, body: body.into(), headers: &[] }
}

/// What was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) body: String,
    headers: HeaderMap,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    /// The fields of a form.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        assert_eq!(self.header("content-type"), Some("application/x-www-form-urlencoded"), "{self:?}");
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// All that was asked so far.
type Log = Arc<Mutex<Vec<Asked>>>;

/// The provider, as long as it is kept.
#[derive(Debug)]
pub(super) struct Service {
    /// `http://127.0.0.1:…`
    pub(super) address: String,
    asked: Log,
    task: JoinHandle<()>,
}

impl Service {
    pub(super) async fn answering(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Log::default();
        let state = (answers.to_vec(), Arc::clone(&asked));
        let app = Router::new().fallback(reply).with_state(Arc::new(state));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("a server") });
        Self { address, asked, task }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn reply(State(state): State<Arc<(Vec<Answer>, Log)>>, request: Request) -> Response {
    let (answers, asked) = &*state;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1024 * 1024).await.expect("a body");
    let line = format!("{} {}", parts.method, parts.uri);
    let answer = answers.iter().find(|answer| answer.line == line).cloned();
    let body = String::from_utf8(body.to_vec()).expect("text");
    asked.lock().expect("no panic").push(Asked { line, body, headers: parts.headers });
    let missing = Answer { line: "", status: 404, body: "nobody is to ask this".into(), headers: &[] };
    let Answer { status, body, headers, .. } = answer.unwrap_or(missing);
    let mut response = (StatusCode::from_u16(status).expect("a status"), body).into_response();
    // Where a redirect would lead.
    for (name, value) in [(header::LOCATION.as_str(), "/elsewhere")].iter().chain(headers) {
        response.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    response
}
