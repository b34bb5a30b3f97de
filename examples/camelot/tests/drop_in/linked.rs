//! Accounts at other services that the original has linked: they stay with their users, and sign them in.

use axum_users_tests::oidc_provider::OidcProvider;
use axum_users_tests::{Answer, Process, Visitor};
use serde_json::json;

use crate::both::{Both, PASSWORD, is_in, login, on_shared_databases, register, session};

on_shared_databases! {
    Original, sqlite, postgres:
    linked_accounts_stay_with_their_users
    a_linked_account_signs_in
    who_is_new_by_a_provider_is_the_original_s_too
}

async fn linked_accounts_stay_with_their_users(both: &Both) {
    let email = "percival@camelot.bt";
    register(&both.original, email).await;
    let linked = both.original.client.post_json("/test/oauth-account", json!({ "email": email })).await;
    assert_eq!(linked.status, 201, "{}", linked.text);
    let accounts = || {
        both.database.texts(
            "SELECT concat(a.oauth_name, ' ', a.account_id) AS value FROM oauth_account AS a \
             JOIN \"user\" AS u ON u.id = a.user_id",
        )
    };
    assert_eq!(accounts(), ["google people/c123"]);
    let (header, value) = session(&both.ours.client, "jwt", email, PASSWORD).await;
    let moved =
        both.ours.client.with(header, &value).patch("/users/me", json!({ "email": "king@camelot.bt" })).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(accounts(), ["google people/c123"]);
    let id = moved.json["id"].as_str().expect("an id");
    both.database.execute("UPDATE \"user\" SET is_superuser = (1 = 1)");
    assert_eq!(both.ours.client.with(header, &value).delete(&format!("/users/{id}")).await.status, 204);
    assert_eq!(both.database.number("SELECT count(*) AS value FROM oauth_account"), 0);
}

/// A provider, and one more of ours, which signs in by it.
fn with_provider(both: &Both) -> Option<(OidcProvider, Process)> {
    let provider = OidcProvider::start()?;
    let ours = both.another(&provider.environment());
    Some((provider, ours))
}

/// Signs in by way of the provider.
async fn sign_in(ours: &Process, name: &str) -> (&'static str, String) {
    let answer = Visitor::new(name, ours.client.url()).sign_in_at("/auth/oidc").await;
    let token = answer.json["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.text));
    ("authorization", format!("Bearer {token}"))
}

/// Whose an account is, and what lies there of it, as the original reads it.
async fn found(both: &Both, name: &str) -> Answer {
    let path = format!("/test/oauth-account?oauth_name=oidc&account_id={name}");
    let found = both.original.client.get(&path).await;
    assert_eq!(found.status, 200, "{}", found.text);
    found
}

async fn a_linked_account_signs_in(both: &Both) {
    let Some((provider, ours)) = with_provider(both) else { return };
    let email = "knight-of-the-cart@camelot.bt";
    let id = register(&both.original, email).await;
    let account = json!({ "email": email, "oauth_name": "oidc", "account_id": "lancelot" });
    assert_eq!(both.original.client.post_json("/test/oauth-account", account).await.status, 201);

    let (header, token) = sign_in(&ours, "lancelot").await;
    for server in [&ours, &both.original] {
        let me = server.client.with(header, &token).get("/users/me").await;
        assert_eq!((&me.json["id"], &me.json["email"]), (&json!(id), &json!(email)), "{}", me.text);
    }
    // The original reads what has become of it.
    let found = found(both, "lancelot").await;
    assert_eq!(found.json["user_id"], *id);
    assert_eq!(found.json["account_email"], "lancelot@camelot.bt");
    assert!(found.json["expires_at"].is_i64(), "{}", found.text);
    assert!(provider.takes(found.json["access_token"].as_str().expect("a token")).await);
    assert_eq!(both.database.number("SELECT count(*) AS value FROM oauth_account"), 1);
    // And the password is what it was.
    drop(session(&both.original.client, "db", email, PASSWORD).await);
}

async fn who_is_new_by_a_provider_is_the_original_s_too(both: &Both) {
    let Some((_provider, ours)) = with_provider(both) else { return };
    let galahad = sign_in(&ours, "galahad").await;
    assert!(is_in(&ours, &galahad).await && is_in(&both.original, &galahad).await);
    let me = both.original.client.with(galahad.0, &galahad.1).get("/users/me").await;
    assert_eq!(found(both, "galahad").await.json["user_id"], me.json["id"]);
    // There is no password that would do, at neither.
    for server in [&ours, &both.original] {
        let refused = login(&server.client, "db", "galahad@camelot.bt", PASSWORD).await;
        refused.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
}
