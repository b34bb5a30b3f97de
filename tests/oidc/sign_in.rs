//! Signing up and in.

use axum_users_tests::oidc_provider::OidcProvider;
use axum_users_tests::{Backend, on_each_store};
use serde_json::json;

use crate::common::Scene;

#[on_each_store]
async fn who_is_new_becomes_a_user_and_who_comes_again_is_the_same() {
    let Some(scene) = Scene::new().await else { return };
    let arthur = scene.visitor("arthur");
    let answer = scene.sign_in(&arthur).await;
    assert_eq!((answer.url.path(), &*answer.text), ("/account", "<h1>Hello Arthur!</h1>"));
    let me = arthur.client.get("/users/me").await;
    assert_eq!((&me.json["email"], &me.json["is_verified"]), (&json!("arthur@camelot.bt"), &json!(true)));

    // In the same browser, in another one, and without redirects at another backend.
    scene.sign_in(&arthur).await;
    let elsewhere = scene.signed_in("arthur").await;
    let answer = elsewhere.sign_in_at("/auth/oidc").await;
    let bearer = scene.server.client().holding(Backend::Jwt, &answer);
    for client in [&arthur.client, &elsewhere.client, &bearer] {
        assert_eq!(client.get("/users/me").await.json, me.json);
    }
    let accounts = bearer.get("/users/me/oauth-accounts").await;
    let account = &accounts.json[0];
    assert_eq!(accounts.json.as_array().map(Vec::len), Some(1), "{}", accounts.text);
    assert_eq!((&account["oauth_name"], &account["account_id"]), (&json!("oidc"), &json!("arthur")));
    let other = scene.signed_in("lancelot").await.client.get("/users/me").await;
    assert_ne!(other.json["id"], me.json["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_signature_and_each_way_to_tell_who_asks() {
    for algorithm in ["RS256", "ES256"] {
        for auth in ["client_secret_post", "client_secret_basic"] {
            let environment = [("ALGORITHM", algorithm), ("CLIENT_AUTH", auth)];
            let Some(provider) = OidcProvider::with(&environment) else { return };
            let scene = Scene::at(provider).await;
            let answer = scene.sign_in(&scene.visitor("arthur")).await;
            assert_eq!(answer.text, "<h1>Hello Arthur!</h1>", "{algorithm}, {auth}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_as_good_as_the_provider_says() {
    let Some(scene) = Scene::new().await else { return };
    for (name, vouched) in [("arthur", true), ("mordred", false)] {
        let me = scene.signed_in(name).await.client.get("/users/me").await;
        assert_eq!(me.json["is_verified"], vouched, "{name}");
    }
}

#[on_each_store]
async fn the_user_with_the_address_gets_the_account_if_the_provider_vouches_for_it() {
    let Some(scene) = Scene::new().await else { return };
    for name in ["arthur", "mordred"] {
        let email = format!("{name}@camelot.bt");
        scene.server.user(&email, "guinevere", |create| create.is_verified = Some(true)).await;
    }
    let arthur = scene.signed_in("arthur").await;
    // Both ways lead to the one user.
    let by_password = scene.server.client().signed_in(Backend::Jwt, "arthur@camelot.bt", "guinevere").await;
    assert_eq!(by_password.get("/users/me").await.json, arthur.client.get("/users/me").await.json);

    let answer = scene.sign_in(&scene.visitor("mordred")).await;
    assert_eq!((answer.url.path(), answer.url.query()), ("/sorry", Some("error=OAUTH_USER_ALREADY_EXISTS")));
}

/// Whoever registered it may have been someone else.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_of_an_address_that_nobody_proved_to_own_is_gone() {
    let Some(scene) = Scene::new().await else { return };
    let client = scene.server.client();
    assert_eq!(client.register("arthur@camelot.bt", "mordred").await.status, 201);
    let intruder = client.signed_in(Backend::Db, "arthur@camelot.bt", "mordred").await;
    scene.signed_in("arthur").await;
    assert_eq!(intruder.get("/users/me").await.status, 401);
    let again = client.login(Backend::Db, "arthur@camelot.bt", "mordred").await;
    again.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
}
