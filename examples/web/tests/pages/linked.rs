//! Signing in with another service, and the accounts there.

use axum_users_tests::provider::{Fault, Provider, query};
use axum_users_tests::{Answer, Client};
use serde_json::{Value, json};

use crate::common::{
    ARTHUR, NEW_PASSWORD, PASSWORD, Scene, between, keeping, leads, send, titles, token, told,
};

/// A browser follows the link on `page` to the service, where `user` signs in, and comes back.
async fn goes_by(provider: &Provider, client: &Client, page: &str, user: &Value) -> Answer {
    let shown = client.get(page).await;
    let link = between(&shown.text, "href=\"/auth/", "\"").expect("a link to the service");
    let link = format!("/auth/{}", link.replace("&amp;", "&"));
    let away = client.get(&link).await;
    assert_eq!(away.status, 303, "{}", away.text);
    let code = provider.sign_in(away.header("location"), user);
    let state = &query(away.header("location"))["state"];
    let (place, _) = link.split_once("/authorize").expect("the first step");
    let own = client.headers.get("cookie").map(|own| own.to_str().expect("text").to_owned());
    let cookies = own.into_iter().chain([away.cookies()[0].split(';').next().expect("one").to_owned()]);
    let back = client.with("cookie", &cookies.collect::<Vec<_>>().join("; "));
    back.get(&format!("{place}/callback?code={code}&state={state}")).await
}

fn arthur() -> Value {
    json!({ "sub": "arthur", "email": ARTHUR, "email_verified": true })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_a_password() {
    let provider = Provider::start().await;
    let scene = Scene::at(&provider).await;
    let back = goes_by(&provider, &scene.client(), "/sign-in", &arthur()).await;
    leads(&back, "/account");
    let client = keeping(&scene.client(), &back);
    let account = client.get("/account").await;
    let (_, name) = provider.url.split_once("://").expect("an address");
    assert!(account.text.contains(&format!("{ARTHUR} at {name}")), "{}", account.text);
    // There is nothing that a change could ask for.
    assert!(!account.text.contains("type=\"password\""), "{}", account.text);

    let unlink = between(&account.text, "action=\"/account/unlink/", "\"").expect("a button");
    let unlink = format!("/account/unlink/{unlink}");
    let refused = client.post(&unlink).await;
    assert_eq!((refused.status.as_u16(), titles(&refused).0), (422, "Error: Your account"));
    let mistake = "Without it you could sign in no more: set a password first";
    assert_eq!(told(&refused, "alert"), Some(mistake));

    leads(&client.post("/account/password-mail").await, "/account?notice=mail-sent");
    let link = scene.link("/reset").await;
    let typed = [("token", token(&link)), ("password", NEW_PASSWORD)];
    leads(&send(&client, "/reset", &typed).await, "/sign-in?notice=password-reset");
    let typed = [("email", ARTHUR), ("password", NEW_PASSWORD)];
    let signed_in = send(&scene.client(), "/sign-in", &typed).await;
    let client = keeping(&scene.client(), &signed_in);
    let account = client.get("/account").await;
    assert!(account.text.contains("type=\"password\""));
    assert!(account.text.contains("There are none."), "the reset has unlinked the account: {}", account.text);

    // The provider reports the email as verified, so a login through it links the account again.
    let back = goes_by(&provider, &scene.client(), "/sign-in", &arthur()).await;
    let client = keeping(&scene.client(), &back);
    let account = client.get("/account").await;
    let unlink = between(&account.text, "action=\"/account/unlink/", "\"").expect("a button");
    let unlink = format!("/account/unlink/{unlink}");
    leads(&client.post(&unlink).await, "/account?notice=unlinked");
    let account = client.get("/account?notice=unlinked").await;
    assert_eq!(told(&account, "status"), Some("The account is no longer linked."));
    assert!(account.text.contains("There are none."), "{}", account.text);
    // It is gone, and what is no account never was one.
    for unlink in [&*unlink, "/account/unlink/x"] {
        let answer = client.post(unlink).await;
        assert_eq!((answer.status.as_u16(), titles(&answer).1), (404, "There is no such page"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_linked() {
    let provider = Provider::start().await;
    let scene = Scene::at(&provider).await;
    let (_, client) = scene.arthur().await;
    let somewhere = json!({ "sub": "king", "email": "king@avalon.bt", "email_verified": true });
    let back = goes_by(&provider, &client, "/account", &somewhere).await;
    leads(&back, "/account?notice=linked");
    let account = client.get("/account?notice=linked").await;
    assert_eq!(told(&account, "status"), Some("The account is linked."));
    assert!(account.text.contains("king@avalon.bt at 127.0.0.1:"), "{}", account.text);
    // It signs in from now on; and is nobody else's.
    leads(&goes_by(&provider, &scene.client(), "/sign-in", &somewhere).await, "/account");
    let kay = scene.user("kay@camelot.bt").await;
    let kay = scene.signed_in(&kay).await;
    let back = goes_by(&provider, &kay, "/account", &somewhere).await;
    leads(&back, "/account?error=OAUTH_ACCOUNT_ALREADY_LINKED");
    let account = kay.get("/account?error=OAUTH_ACCOUNT_ALREADY_LINKED").await;
    assert_eq!(told(&account, "alert"), Some("That account is linked to another user."));
}

/// A session that has ended in the meantime.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_links_an_account() {
    let provider = Provider::start().await;
    let scene = Scene::at(&provider).await;
    let answer = scene.client().get("/auth/associate/oidc/authorize?next=/account").await;
    assert_eq!((answer.status.as_u16(), titles(&answer).1), (401, "You are not signed in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_said_where_one_signs_in() {
    let provider = Provider::start().await;
    let scene = Scene::at(&provider).await;
    scene.user(ARTHUR).await;
    let unvouched = json!({ "sub": "arthur", "email": ARTHUR });
    let back = goes_by(&provider, &scene.client(), "/sign-in", &unvouched).await;
    leads(&back, "/sign-in?error=LOGIN_BAD_CREDENTIALS");
    for (code, said) in [
        ("OAUTH_USER_ALREADY_EXISTS", "There is an account with your address."),
        ("OAUTH_REFUSED", "You did not sign in there."),
        ("OAUTH_NOT_AVAILABLE_EMAIL", "We need an address, and you have none there."),
        ("LOGIN_BAD_CREDENTIALS", "That account can't sign in here."),
        ("OAUTH_INVALID_STATE", "That took too long, or was begun in another browser."),
        ("ACCESS_TOKEN_ALREADY_EXPIRED", "That took too long, or was begun in another browser."),
        ("OAUTH_PROVIDER_FAILED", "The other service does not answer as it should."),
    ] {
        let shown = scene.client().get(&format!("/sign-in?error={code}")).await;
        assert!(told(&shown, "alert").is_some_and(|text| text.starts_with(said)), "{code}: {}", shown.text);
    }
    // Whoever has a password signs in by it all the same.
    let typed = [("email", ARTHUR), ("password", PASSWORD)];
    leads(&send(&scene.client(), "/sign-in", &typed).await, "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down() {
    let provider = Provider::start().await;
    let scene = Scene::at(&provider).await;
    provider.fault("/.well-known/openid-configuration", Some(Fault::Answers(503, String::new())));
    let answer = scene.client().get("/auth/oidc/authorize?next=/account&on_error=/sign-in").await;
    leads(&answer, "/sign-in?error=OAUTH_PROVIDER_FAILED");
    // What no page leads to is a page, too.
    for (address, status) in
        [("/auth/oidc/authorize", 502), ("/auth/oidc/callback", 400), ("/auth/oidc/authorize?next=//x", 422)]
    {
        let answer = scene.client().get(address).await;
        assert_eq!(answer.status, status, "{address}");
        assert!(answer.header("content-type").starts_with("text/html"), "{address}");
    }
}
