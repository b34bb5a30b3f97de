//! A user who shows its accounts, with a number for an id, in an app that declares its client.

use axum::Router;
use axum_users::prelude::*;
use axum_users::testing;
use axum_users_tests::Serving;
use axum_users_tests::provider::{Provider, query};
use serde_json::{Value, json};

use crate::common::{BASE_URL, OAUTH_SECRET, arthur, keys};

#[derive(Clone, Debug, AuthUser)]
#[auth_user(oauth_accounts)]
pub(crate) struct Pilgrim {
    id: i64,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
}

fn tenant_client(request: &RequestInfo) -> Oidc {
    let issuer = request.headers.get("x-issuer").and_then(|issuer| issuer.to_str().ok());
    Oidc::new(issuer.unwrap_or_default().to_owned())
}

auth_app! {
    /// An app whose client is a function of the request, and whose keys are those of its configuration.
    pub(crate) struct Abbey {
        user: Pilgrim,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt },
        oauth: { oidc: tenant_client => jwt },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_stand_in_every_answer_that_shows_the_user() {
    let provider = Provider::start().await;
    let abbey = Abbey::start(AbbeyConfig {
        database: testing::in_memory(),
        secret: OAUTH_SECRET.into(),
        reset_password_token_secret: OAUTH_SECRET.into(),
        verification_token_secret: OAUTH_SECRET.into(),
        oauth: OAuthConfig::new(BASE_URL, OAUTH_SECRET).allow_private_networks(true),
        oidc: keys(),
    });
    let abbey = abbey.await.expect("the app starts");
    let serving = Serving::start(Router::new().merge(abbey.routes()).with_state(abbey)).await;
    let client = serving.client().with("x-issuer", &provider.url);
    let answer = client.get("/auth/oidc/authorize").await;
    let url = answer.json["authorization_url"].as_str().expect("an address");
    let (code, state) = (provider.sign_in(url, &arthur()), &query(url)["state"]);
    let (name, value) = answer.cookie().expect("a cookie");
    let cookie = format!("{name}={value}");
    let path = format!("/auth/oidc/callback?code={code}&state={state}");
    let answer = client.with("cookie", &cookie).get(&path).await;
    let token = answer.json["access_token"].as_str().expect("a token");
    let me = client.with("authorization", &format!("Bearer {token}")).get("/users/me").await;
    let account = json!({
        "id": 1,
        "oauth_name": me.json["oauth_accounts"][0]["oauth_name"],
        "account_id": "arthur",
        "account_email": "arthur@camelot.bt",
    });
    assert_eq!((&me.json["id"], &me.json["oauth_accounts"]), (&json!(1), &json!([account])), "{}", me.text);
    let registered = client.register("galahad@camelot.bt", "guinevere").await;
    assert_eq!((registered.status.as_u16(), &registered.json["oauth_accounts"]), (201, &json!([])));
    assert_eq!(registered.json.as_object().map(serde_json::Map::len), Some(6));
    assert_eq!(registered.json["hashed_password"], Value::Null);
}
