//! What more than one promise needs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum_users::store::Layout;
use axum_users_tests::{Answer, Backend, Client, Options, Server};
use serde_json::{Value, json};
use tokio::sync::Barrier;

/// The user of most tests.
pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
/// The password of every user until it changes.
pub(crate) const PASSWORD: &str = "guinevere";
/// A superuser.
pub(crate) const MERLIN: &str = "merlin@camelot.bt";

pub(crate) const LAYOUTS: [Layout; 2] = [Layout::Own, Layout::FastApiUsers];

/// A server with Arthur.
pub(crate) async fn camelot(options: Options) -> Server {
    let server = Server::with(options).await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

pub(crate) fn layout(layout: Layout) -> Options {
    Options { layout, ..Options::default() }
}

/// A superuser, signed in.
pub(crate) async fn merlin(server: &Server) -> Client {
    server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
    server.client().signed_in(Backend::Db, MERLIN, PASSWORD).await
}

/// A session of the same user at each backend.
pub(crate) async fn sessions(server: &Server, email: &str, password: &str) -> Vec<(Backend, Client)> {
    let mut sessions = Vec::new();
    for backend in Backend::all() {
        sessions.push((backend, server.client().signed_in(backend, email, password).await));
    }
    sessions
}

/// Whether a client is signed in.
pub(crate) async fn is_in(client: &Client) -> bool {
    let answer = client.get("/authenticated").await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{}", answer.text);
    answer.status == 200
}

/// The token that a client holds, bearer or cookie.
pub(crate) fn token_of(client: &Client) -> String {
    let header = client.headers.get("authorization").or(client.headers.get("cookie")).expect("a token");
    let text = header.to_str().expect("text");
    text.split_once([' ', '=']).expect("a token").1.to_owned()
}

/// The one token that a request to `path` has mailed to `email`.
async fn mailed(server: &Server, path: &str, email: &str) -> String {
    drop(server.mails().await);
    server.client().post_json(path, json!({ "email": email })).await.is(202, &json!(null));
    let mails = server.mails().await;
    let [mail] = &mails[..] else { panic!("not one mail: {mails:?}") };
    assert_eq!(mail.to, email);
    mail.token.clone()
}

pub(crate) async fn reset_token(server: &Server, email: &str) -> String {
    mailed(server, "/auth/forgot-password", email).await
}

pub(crate) async fn verify_token(server: &Server, email: &str) -> String {
    mailed(server, "/auth/request-verify-token", email).await
}

/// The token that moves the user to `new`, as `Policy::strict()` mails it.
pub(crate) async fn change_token(server: &Server, client: &Client, new: &str) -> String {
    drop(server.mails().await);
    let change = json!({ "email": new, "current_password": PASSWORD });
    assert_eq!(client.patch("/users/me", change).await.status, 200);
    let mails = server.mails().await;
    let [mail] = &mails[..] else { panic!("not one mail: {mails:?}") };
    assert_eq!((&*mail.to, mail.kind), (new, "change"));
    mail.token.clone()
}

/// What `count` tasks come to that start at the same moment.
pub(crate) async fn at_once<F>(count: usize, task: impl Fn(usize) -> F) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let tasks = (0..count).map(|n| {
        let (start, task) = (Arc::clone(&start), task(n));
        tokio::spawn(async move {
            start.wait().await;
            task.await
        })
    });
    let mut results = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        results.push(task.await.expect("no panic"));
    }
    results
}

/// `count` equal POSTs at the same moment, but for their bodies.
pub(crate) async fn posts(
    client: &Client,
    path: &'static str,
    count: usize,
    body: impl Fn(usize) -> Value,
) -> Vec<Answer> {
    at_once(count, |n| {
        let (client, body) = (client.clone(), body(n));
        async move { client.post_json(path, body).await }
    })
    .await
}

/// How many answers had which status and detail.
pub(crate) fn tally(answers: &[Answer]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let detail = answer.detail().as_str().unwrap_or_default().to_owned();
        *tally.entry((answer.status.as_u16(), detail)).or_default() += 1;
    }
    tally
}

/// Fails unless exactly one of `answers` has the status `won`, and all others are a 400 with this detail.
#[track_caller]
pub(crate) fn one_wins(answers: &[Answer], won: u16, detail: &str) {
    let expected = [((won, String::new()), 1), ((400, detail.to_owned()), answers.len() - 1)];
    assert_eq!(tally(answers), BTreeMap::from(expected));
}

/// What a test waits for without which it can't go on: a minute is a hang and not slowness.
pub(crate) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it does not hang")
}

/// The stored hash of a user's password.
pub(crate) fn stored_hash(server: &Server, email: &str) -> String {
    let row = server.database.rows().into_iter().find(|row| row.email == email);
    row.expect("a user").hashed_password
}

/// The number of users whose address is `email` in any case.
pub(crate) fn count_users(server: &Server, email: &str) -> usize {
    let email = email.to_lowercase();
    server.database.rows().iter().filter(|row| row.email.to_lowercase() == email).count()
}
