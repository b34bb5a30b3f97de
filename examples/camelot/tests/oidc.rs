//! The example with an OpenID provider that nobody here wrote.

use std::process::Command;

use axum_users_tests::oidc_provider::OidcProvider;
use axum_users_tests::{Backend, Process, Visitor};
use serde_json::json;
use tempfile::TempDir;

/// A running example with further variables in its environment, and what its users lie in.
fn start(environment: &[(&str, &str)]) -> (Process, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_camelot"));
    command
        .env("BIND", "127.0.0.1:0")
        .env("DATABASE_URL", format!("sqlite://{}", folder.path().join("camelot.db").display()))
        .env("SECRET", "excalibur-excalibur-excalibur-excalibur")
        .envs(environment.iter().copied());
    (Process::start(&mut command), folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_in_by_a_provider() {
    let Some(provider) = OidcProvider::start() else { return };
    let (camelot, _folder) = start(&provider.environment());
    let answer = Visitor::new("arthur", camelot.client.url()).sign_in_at("/auth/oidc").await;
    assert_eq!(answer.json["token_type"], "bearer", "{}", answer.text);
    let arthur = camelot.client.holding(Backend::Jwt, &answer);
    arthur.get("/verified").await.is(200, &json!({ "message": "Hello arthur@camelot.bt!" }));
    let id = arthur.get("/users/me").await.json["id"].as_str().expect("an id").to_owned();
    // The hook of the registration runs off the request.
    let mut lines = [camelot.line(), camelot.line()];
    lines.sort();
    assert_eq!(lines, [format!("User {id} has registered."), format!("User {id} logged in.")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_an_account_to_who_is_signed_in() {
    let Some(provider) = OidcProvider::start() else { return };
    let (camelot, _folder) = start(&provider.environment());
    let lancelot = Visitor::new("lancelot", camelot.client.url());
    let email = "knight-of-the-cart@camelot.bt";
    let id = lancelot.client.register(email, "guinevere").await.json["id"].clone();
    assert_eq!(lancelot.client.login(Backend::Cookie, email, "guinevere").await.status, 200);
    assert_eq!(lancelot.sign_in_at("/auth/associate/oidc").await.json["id"], id);
    let accounts = lancelot.client.get("/users/me/oauth-accounts").await;
    let account = &accounts.json[0];
    assert_eq!((&account["oauth_name"], &account["account_id"]), (&json!("oidc"), &json!("lancelot")));
}

/// The provider leads nobody to an address that it was not told of.
#[tokio::test(flavor = "multi_thread")]
async fn is_found_at_its_public_address() {
    let Some(provider) = OidcProvider::start() else { return };
    let public = [("BASE_URL", "https://camelot.bt")];
    let (camelot, _folder) = start(&[&provider.environment()[..], &public].concat());
    Visitor::new("arthur", camelot.client.url()).sign_in_at("/auth/oidc").await;
    assert!(provider.refusal().starts_with("invalid_redirect_uri: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_way_to_a_provider_that_is_not_named() {
    let (camelot, _folder) = start(&[("OAUTH_ISSUER", "")]);
    camelot.client.get("/auth/oidc/authorize").await.refuses(404, json!("Not Found"));
}
