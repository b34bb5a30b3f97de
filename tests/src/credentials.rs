//! What users have in hand: sessions, and the tokens that were mailed to them.

use serde_json::json;

use crate::client::Client;
use crate::server::{Backend, Server};

/// A session of the same user at each backend.
pub async fn sessions(server: &Server, email: &str, password: &str) -> Vec<(Backend, Client)> {
    let mut sessions = Vec::new();
    for backend in Backend::all() {
        sessions.push((backend, server.client().signed_in(backend, email, password).await));
    }
    sessions
}

/// Whether a client is signed in.
pub async fn is_in(client: &Client) -> bool {
    let answer = client.get("/authenticated").await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{}", answer.text);
    answer.status == 200
}

/// The token that a client holds, bearer or cookie.
#[must_use]
pub fn token_of(client: &Client) -> String {
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

/// The token that resets a user's password.
pub async fn reset_token(server: &Server, email: &str) -> String {
    mailed(server, "/auth/forgot-password", email).await
}

/// The token that verifies a user's address.
pub async fn verify_token(server: &Server, email: &str) -> String {
    mailed(server, "/auth/request-verify-token", email).await
}

/// The token that moves a client's user to `new`, as `Policy::strict()` mails it.
pub async fn change_token(server: &Server, client: &Client, password: &str, new: &str) -> String {
    drop(server.mails().await);
    let change = json!({ "email": new, "current_password": password });
    assert_eq!(client.patch("/users/me", change).await.status, 200);
    let mails = server.mails().await;
    let [mail] = &mails[..] else { panic!("not one mail: {mails:?}") };
    assert_eq!((&*mail.to, mail.kind), (new, "change"));
    mail.token.clone()
}
