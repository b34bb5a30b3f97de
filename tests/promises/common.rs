//! What more than one promise needs.

use std::time::Duration;

use axum_users::store::Compat;
use axum_users_tests::{Answer, Backend, Client, Options, Server};
pub(crate) use axum_users_tests::{
    at_once, is_in, one_wins, reset_token, sessions, tally, token_of, verify_token,
};
use serde_json::Value;

/// The user of most tests.
pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
/// The password of every user until it changes.
pub(crate) const PASSWORD: &str = "guinevere";
/// A superuser.
pub(crate) const MERLIN: &str = "merlin@camelot.bt";

pub(crate) const COMPAT_MODES: [Compat; 2] = [Compat::None, Compat::FastApiUsers];

/// A server with Arthur.
pub(crate) async fn camelot(options: Options) -> Server {
    let server = Server::with(options).await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

pub(crate) fn compat(compat: Compat) -> Options {
    Options { compat, ..Options::default() }
}

/// A superuser, signed in.
pub(crate) async fn merlin(server: &Server) -> Client {
    server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
    server.client().signed_in(Backend::Db, MERLIN, PASSWORD).await
}

/// The token that moves the user to `new`, as `Policy::strict()` mails it.
pub(crate) async fn change_token(server: &Server, client: &Client, new: &str) -> String {
    axum_users_tests::change_token(server, client, PASSWORD, new).await
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
