//! What more than one test needs.

use axum_users::prelude::*;
use axum_users::redis::RedisConnection;
use axum_users::store::Compat;
use axum_users_tests::redis_server::{AnyRedis, command};
use axum_users_tests::{Backend, Client, Options, Server};
pub(crate) use axum_users_tests::{is_in, token_of};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
pub(crate) const PASSWORD: &str = "guinevere";
pub(crate) const COMPAT_MODES: [Compat; 2] = [Compat::None, FastApiUsers];

/// The backends whose tokens are in Redis.
pub(crate) const BOTH: [Backend; 2] = [Backend::Redis, Backend::RedisCookie];

/// A server with Arthur, whose backends are the usual ones and those with Redis.
pub(crate) async fn camelot(compat: Compat, redis: &str) -> Server {
    let connection = RedisOptions::default().connect(redis).await.expect("Redis is there");
    with_connection(compat, connection).await
}

/// The same, on a connection that is there.
pub(crate) async fn with_connection(compat: Compat, connection: RedisConnection) -> Server {
    let options = Options { compat, redis: Some(connection), ..Options::default() };
    let server = Server::of(options, |_| {}, |setup| setup);
    let server = server.await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

/// A superuser, signed in elsewhere.
pub(crate) async fn merlin(server: &Server) -> Client {
    server.user("merlin@camelot.bt", PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
    server.client().signed_in(Backend::Db, "merlin@camelot.bt", PASSWORD).await
}

pub(crate) async fn arthur(server: &Server, backend: Backend) -> Client {
    server.client().signed_in(backend, ARTHUR, PASSWORD).await
}

/// A session of Arthur's at each backend, with Redis or without.
pub(crate) async fn sessions(server: &Server) -> Vec<(Backend, Client)> {
    let mut sessions = Vec::new();
    for backend in Backend::WITHOUT_REDIS.into_iter().chain(BOTH) {
        sessions.push((backend, arthur(server, backend).await));
    }
    sessions
}

/// A client that holds `token`.
pub(crate) fn holding(server: &Server, token: &str) -> Client {
    server.client().with("authorization", &format!("Bearer {token}"))
}

/// The id of a signed-in client's user.
pub(crate) async fn id_of(client: &Client) -> String {
    client.get("/users/me").await.json["id"].as_str().expect("an id").to_owned()
}

/// Where a token's record lies.
pub(crate) fn record_key(token: &str) -> String {
    format!("axum-users:token:{}", URL_SAFE_NO_PAD.encode(Sha256::digest(token)))
}

/// Where FastAPI Users looks a token up.
pub(crate) fn compat_key(token: &str) -> String {
    format!("fastapi_users_token:{token}")
}

/// Where a user's tokens are listed.
pub(crate) fn index_key(id: &str) -> String {
    format!("axum-users:user:{id}")
}

/// How many of a token's keys are there, of its two.
pub(crate) fn keys_of(redis: &AnyRedis, token: &str) -> usize {
    redis.run(&command(&["EXISTS", &record_key(token), &compat_key(token)]))
}

/// How many keys a token has.
pub(crate) fn keys_in(compat: Compat) -> usize {
    if compat == Compat::None { 1 } else { 2 }
}
