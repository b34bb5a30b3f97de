//! Signing up and in by way of a provider.

use axum_users_tests::{Backend, Event, on_each_store};
use serde_json::json;

use crate::common::{BASE_URL, PLACE, Scene, arthur};

#[on_each_store]
async fn who_is_new_becomes_a_user_and_who_comes_again_is_the_same() {
    let scene = Scene::new().await;
    let answer = scene.sign_in(&arthur()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json["token_type"]),
        (200, &json!("bearer")),
        "{}",
        answer.text
    );
    let client = scene.server.client().holding(Backend::Jwt, &answer);
    let me = client.get("/users/me").await;
    assert_eq!((&me.json["email"], &me.json["is_verified"]), (&json!("arthur@camelot.bt"), &json!(true)));
    // The same account, under another address.
    let moved = json!({ "sub": "arthur", "email": "king@camelot.bt", "email_verified": true });
    let again = scene.signed_in(&moved).await.get("/users/me").await;
    assert_eq!((&again.json["id"], &again.json["email"]), (&me.json["id"], &json!("arthur@camelot.bt")));
    let accounts = client.get("/users/me/oauth-accounts").await;
    let account = &accounts.json[0];
    assert_eq!(accounts.json.as_array().map(Vec::len), Some(1), "{}", accounts.text);
    assert_eq!((&account["oauth_name"], &account["account_id"]), (&json!("oidc"), &json!("arthur")));
    assert_eq!(account["account_email"], "king@camelot.bt");
    assert_eq!(account.as_object().map(|account| account.len()), Some(4), "{}", accounts.text);
}

#[on_each_store]
async fn what_goes_to_the_provider() {
    let scene = Scene::new().await;
    let trip = scene.start(&scene.server.client(), PLACE).await;
    assert!(trip.url.starts_with(&format!("{}/authorize?", scene.provider.url)), "{}", trip.url);
    let query = axum_users_tests::provider::query(&trip.url);
    assert_eq!(query["redirect_uri"], format!("{BASE_URL}/auth/oidc/callback"));
    assert_eq!(
        (&*query["scope"], query["nonce"].len(), query["code_challenge"].len()),
        ("openid email", 43, 43)
    );
    assert!(!trip.url.contains(trip.browser()));
}

#[on_each_store]
async fn hooks_see_how_a_user_came() {
    let scene = Scene::new().await;
    let me = scene.signed_in(&arthur()).await.get("/users/me").await;
    assert_eq!(me.json["display_name"], "Arthur", "a hook has taken it from the profile");
    let id = me.json["id"].as_str().expect("an id").parse().expect("a UUID");
    let events = scene.server.events().await;
    assert!(events.contains(&Event::RegisteredBy(id, "oidc".to_owned())), "{events:?}");
    assert!(events.contains(&Event::LoggedIn(id)), "{events:?}");
}
