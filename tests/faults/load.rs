//! Clients that live users' whole lives, one after the other, and go on asking where they are told to come again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum_users_tests::{Answer, Backend, Client};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::common::{PASSWORD, until};

/// A user as the answers told of it: registered, called by its own address, once signed in and once signed out again.
pub(crate) struct Life {
    pub(crate) email: String,
    pub(crate) backend: Backend,
    /// Signed in.
    pub(crate) present: Client,
    /// Signed out.
    pub(crate) gone: Client,
}

/// What a client has seen so far.
#[derive(Default)]
struct Seen {
    lives: AtomicUsize,
    refusals: AtomicUsize,
}

/// Clients at work.
pub(crate) struct Load {
    tasks: Vec<JoinHandle<Vec<Life>>>,
    seen: Vec<Arc<Seen>>,
    is_over: Arc<AtomicBool>,
}

impl Load {
    /// Two clients at each of these backends.
    pub(crate) fn start(client: &Client, backends: impl IntoIterator<Item = Backend>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (mut tasks, mut seen) = (Vec::new(), Vec::new());
        for backend in backends.into_iter().flat_map(|backend| [backend; 2]) {
            let worker =
                Worker { client: client.clone(), backend, number: tasks.len(), seen: Arc::default() };
            seen.push(Arc::clone(&worker.seen));
            tasks.push(tokio::spawn(worker.live(Arc::clone(&is_over))));
        }
        Self { tasks, seen, is_over }
    }

    /// Waits until every client has lived so many lives from now on.
    pub(crate) async fn goes_on_for(&self, lives: usize) {
        self.each_counts("lives go on", lives, |seen| &seen.lives).await;
    }

    /// Waits until every client has been told to come again.
    pub(crate) async fn is_refused(&self) {
        self.each_counts("all are refused", 1, |seen| &seen.refusals).await;
    }

    async fn each_counts(&self, what: &str, more: usize, count: impl Fn(&Seen) -> &AtomicUsize) {
        let counts = || self.seen.iter().map(|seen| count(seen).load(Ordering::SeqCst)).collect::<Vec<_>>();
        let before = counts();
        until(what, async || {
            self.tasks.iter().any(JoinHandle::is_finished)
                || counts().iter().zip(&before).all(|(now, before)| *now >= before + more)
        })
        .await;
        assert!(!self.tasks.iter().any(JoinHandle::is_finished), "a client has failed: see above");
    }

    /// How often a client was told to come again.
    pub(crate) fn refusals(&self) -> usize {
        self.seen.iter().map(|seen| seen.refusals.load(Ordering::SeqCst)).sum()
    }

    /// Ends it, and gives all that was lived.
    pub(crate) async fn end(self) -> Vec<Life> {
        self.is_over.store(true, Ordering::SeqCst);
        let mut lives = Vec::new();
        for task in self.tasks {
            lives.extend(task.await.expect("a client's lives"));
        }
        lives
    }
}

struct Worker {
    client: Client,
    backend: Backend,
    number: usize,
    seen: Arc<Seen>,
}

impl Worker {
    async fn live(self, is_over: Arc<AtomicBool>) -> Vec<Life> {
        let mut lives = Vec::new();
        while !is_over.load(Ordering::SeqCst) {
            lives.push(self.life(lives.len()).await);
            self.seen.lives.fetch_add(1, Ordering::SeqCst);
        }
        lives
    }

    async fn life(&self, count: usize) -> Life {
        let backend = self.backend;
        let email = format!("knight-{}-{count}@camelot.bt", self.number);
        let body = json!({ "email": email, "password": PASSWORD });
        let (registered, was_refused) =
            self.insist(&self.client, Method::POST, "/auth/register", Some(body)).await;
        match registered.status.as_u16() {
            201 => {}
            // What was refused may have been done.
            400 if was_refused => registered.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS")),
            _ => panic!("register: {} {}", registered.status, registered.text),
        }
        let present = self.sign_in(&email).await;
        let gone = self.sign_in(&email).await;

        let change = json!({ "display_name": email });
        let (changed, _) = self.insist(&present, Method::PATCH, "/users/me", Some(change)).await;
        assert_eq!((changed.status.as_u16(), &changed.json["display_name"]), (200, &json!(email)));
        let greeting = json!({ "message": format!("Hello {email}!") });
        self.greeting(&gone).await.is(200, &greeting);
        self.greeting(&forged(&gone, backend)).await.refuses(401, json!("Unauthorized"));

        let path = format!("{}/logout", backend.path());
        let (signed_out, was_refused) = self.insist(&gone, Method::POST, &path, None).await;
        match signed_out.status.as_u16() {
            200 => {}
            401 if was_refused => {}
            _ => panic!("sign-out: {} {}", signed_out.status, signed_out.text),
        }
        self.greeting(&gone).await.refuses(401, json!("Unauthorized"));
        Life { email, backend, present, gone }
    }

    async fn sign_in(&self, email: &str) -> Client {
        let path = format!("{}/login", self.backend.path());
        let credentials = json!({ "username": email, "password": PASSWORD });
        let (answer, _) = self.insist(&self.client, Method::POST, &path, Some(credentials)).await;
        assert_eq!(answer.status, 200, "sign-in: {}", answer.text);
        self.client.holding(self.backend, &answer)
    }

    async fn greeting(&self, client: &Client) -> Answer {
        self.insist(client, Method::GET, "/authenticated", None).await.0
    }

    /// Asks until the answer is another one than to come again; with whether it was that, too.
    async fn insist(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (Answer, bool) {
        let mut was_refused = false;
        loop {
            let request = client.request(method.clone(), path);
            let answer = Answer::of(match &body {
                Some(body) => request.json(body),
                None => request,
            });
            let answer = answer.await;
            if answer.status != 503 {
                return (answer, was_refused);
            }
            answer.refuses(503, json!("Service Unavailable"));
            assert_eq!(answer.header("retry-after"), "1");
            was_refused = true;
            self.seen.refusals.fetch_add(1, Ordering::SeqCst);
            // Not as long as it was told, for the test's sake.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The same client with a token that is nobody's.
fn forged(client: &Client, backend: Backend) -> Client {
    let header = if backend.is_cookie() { "cookie" } else { "authorization" };
    let token = client.headers[header].to_str().expect("text");
    let (kept, last) = token.split_at(token.len() - 2);
    client.with(header, &format!("{kept}{}", if last == "00" { "11" } else { "00" }))
}
