//! Accounts of users who are here already: another one, and one less.

use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, Visitor, on_each_store};
use serde_json::{Value, json};

use crate::common::Scene;
use crate::tokens::tokens_of;

/// Somebody who has signed in with a password, in a browser in which the account of `name` will be used.
async fn by_password(scene: &Scene, email: &str, name: &str) -> Visitor {
    let visitor = scene.visitor(name);
    assert_eq!(visitor.client.register(email, "guinevere").await.status, 201);
    assert_eq!(visitor.client.login(Backend::Cookie, email, "guinevere").await.status, 200);
    visitor
}

/// Goes to the provider and back, for an account that becomes its user's.
async fn associate(visitor: &Visitor) -> Answer {
    visitor.sign_in_at("/auth/associate/oidc").await
}

async fn accounts(visitor: &Visitor) -> Vec<Value> {
    let answer = visitor.client.get("/users/me/oauth-accounts").await;
    answer.json.as_array().unwrap_or_else(|| panic!("{}", answer.text)).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_becomes_the_user_s_who_is_signed_in() {
    let Some(scene) = Scene::new().await else { return };
    let knight = by_password(&scene, "knight-of-the-cart@camelot.bt", "lancelot").await;
    let answer = associate(&knight).await;
    assert_eq!(answer.json["email"], "knight-of-the-cart@camelot.bt", "{}", answer.text);
    let lancelot = scene.signed_in("lancelot").await;
    assert_eq!(lancelot.client.get("/users/me").await.json["id"], answer.json["id"]);
    let [account] = &accounts(&lancelot).await[..] else { panic!("not one account") };
    assert_eq!(
        (&account["account_id"], &account["account_email"]),
        (&json!("lancelot"), &json!("lancelot@camelot.bt"))
    );

    // It is no other user's then.
    let galahad = by_password(&scene, "galahad@camelot.bt", "lancelot").await;
    associate(&galahad).await.refuses(400, json!("OAUTH_ACCOUNT_ALREADY_LINKED"));
    assert!(accounts(&galahad).await.is_empty());
}

#[on_each_store]
async fn an_account_that_goes_is_revoked() {
    let Some(scene) = Scene::new().await else { return };
    let knight = by_password(&scene, "knight-of-the-cart@camelot.bt", "lancelot").await;
    associate(&knight).await;
    let tokens = tokens_of(&scene, "knight-of-the-cart@camelot.bt").await;
    let renewing = tokens.refresh_token.as_deref().expect("it was asked for");
    for token in [&tokens.access_token, renewing] {
        assert!(scene.provider.takes(token).await);
    }
    let [account] = &accounts(&knight).await[..] else { panic!("not one account") };
    let path = format!("/users/me/oauth-accounts/{}", account["id"].as_str().expect("an id"));
    assert_eq!(knight.client.delete(&path).await.status, 204);
    scene.server.camelot.drain().await;
    for token in [&tokens.access_token, renewing] {
        assert!(!scene.provider.takes(token).await);
    }
    // Whoever comes with it now is somebody new.
    let lancelot = scene.signed_in("lancelot").await.client.get("/users/me").await;
    assert_eq!(lancelot.json["email"], "lancelot@camelot.bt");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_way_to_sign_in_stays() {
    let Some(scene) = Scene::new().await else { return };
    let arthur = scene.signed_in("arthur").await;
    let [account] = &accounts(&arthur).await[..] else { panic!("not one account") };
    let path = format!("/users/me/oauth-accounts/{}", account["id"].as_str().expect("an id"));
    arthur.client.delete(&path).await.refuses(400, json!("OAUTH_LAST_LOGIN_METHOD"));
    let tokens = tokens_of(&scene, "arthur@camelot.bt").await;
    assert!(scene.provider.takes(&tokens.access_token).await);
}
