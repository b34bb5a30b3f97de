//! A client of the app's own: a struct that says where its provider is, and who has signed in.

use axum_users::app::ProviderName;
use axum_users::clock::Clock;
use axum_users::oauth::{OAuthError, ProviderConfig, ProviderSession};
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::user::Profile;
use axum_users_tests::provider::{Fault, query};
use axum_users_tests::{Answer, Backend, Options, on_each_store};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::{COMPAT_MODES, Scene, accounts_of, arthur, backends, config, keys, knight};

const TABLE: ProviderName = ProviderName::new("table");

/// A provider of plain OAuth 2.0, at which users are knights.
struct RoundTable {
    base: String,
}

#[derive(Deserialize)]
struct Knight {
    sub: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

impl OAuthProvider for RoundTable {
    fn provider(&self) -> ProviderConfig {
        let provider =
            ProviderConfig::new(format!("{}/authorize", self.base), format!("{}/token", self.base));

        provider
            .scopes(&["profile"])
            .optional_scopes(&["quests"])
            .account_linking(AccountLinking::VerifiedEmail)
            .revocation_url(format!("{}/revoke", self.base))
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let Knight { sub, email, email_verified } = session.get(&format!("{}/userinfo", self.base)).await?;
        let issuer = self.base.clone();
        Ok(Profile::new(issuer, sub).email(email).email_verified(email_verified))
    }
}

async fn scene(compat: Compat) -> Scene {
    Scene::of(Options { compat, ..Options::default() }, |provider, setup| {
        let table = RoundTable { base: provider.url.clone() };
        setup.oauth(config()).oauth_provider(TABLE, table.with_credentials(keys()), backends())
    })
    .await
}

async fn sign_in(scene: &Scene, user: &Value) -> Answer {
    scene.trip(&scene.server.client(), "/auth/table", user).await
}

#[on_each_store]
async fn a_client_of_the_apps_own() {
    for compat in COMPAT_MODES {
        let scene = scene(compat).await;
        let trip = scene.led(&scene.server.client(), "/auth/table", "scopes=quests").await;
        let asked = query(&trip.url);
        assert_eq!((&*asked["scope"], asked.get("nonce")), ("quests", None), "no nonce without OpenID");
        assert_eq!(asked["code_challenge_method"], "S256");

        let answer = sign_in(&scene, &arthur()).await;
        let client = scene.server.client().holding(Backend::Jwt, &answer);
        assert_eq!(accounts_of(&client).await, [("table".to_owned(), "arthur".to_owned())]);
        let asked = scene.provider.requests();
        assert_eq!(asked, ["/token", "/userinfo"], "neither discovery nor keys");

        let account = scene.account_of(&client).await;
        let first = scene.tokens_of(&account).await.expect("they are opened");
        scene.server.clock.advance(HOUR);
        let second = scene.tokens_of(&account).await.expect("they are renewed");
        assert_ne!(first.access_token, second.access_token);

        // Associated with a user who has a password, and taken away again.
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        assert_eq!(scene.trip(&lancelot, "/auth/associate/table", &knight("galahad")).await.status, 200);
        let linked = scene.account_of(&lancelot).await;
        drop(scene.provider.requests());
        assert_eq!(lancelot.delete(&format!("/users/me/oauth-accounts/{}", linked.id)).await.status, 204);
        scene.server.camelot.drain().await;
        assert_eq!(scene.provider.requests(), ["/revoke"]);
    }
}

/// A provider that is not OpenID's has no ID token, and one that it sends all the same says nothing.
#[on_each_store]
async fn an_id_token_that_nobody_asked_for() {
    let scene = scene(Compat::None).await;
    scene.provider.claims(json!({ "sub": "mordred", "iss": "https://evil.example" }));
    let answer = sign_in(&scene, &arthur()).await;
    let client = scene.server.client().holding(Backend::Jwt, &answer);
    assert_eq!(accounts_of(&client).await, [("table".to_owned(), "arthur".to_owned())]);
}

/// An id is text of a length that the column holds.
#[on_each_store]
async fn ids_of_all_makes() {
    let scene = scene(Compat::None).await;
    let (long, too_long) = ("x".repeat(320), "x".repeat(321));
    for (sub, is_taken) in [
        ("7", true),
        ("\u{1f451}", true),
        ("a' OR '1'='1", true),
        ("line\nend", true),
        (&long, true),
        (&too_long, false),
        ("", false),
        ("nul\0", false),
    ] {
        let user =
            json!({ "sub": sub, "email": format!("{}@camelot.bt", sub.len()), "email_verified": true });
        let answer = sign_in(&scene, &user).await;
        if is_taken {
            let client = scene.server.client().holding(Backend::Jwt, &answer);
            assert_eq!(accounts_of(&client).await, [("table".to_owned(), sub.to_owned())]);
        } else {
            answer.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
        }
    }
}

/// Providers differ in what they say beside the token, and in how long it is.
#[on_each_store]
async fn tokens_of_all_makes() {
    for compat in COMPAT_MODES {
        let scene = scene(compat).await;
        scene.provider.fault("/userinfo", Some(Fault::Answers(200, arthur().to_string())));
        let now = scene.server.clock.now().seconds();
        let long = "x".repeat(10_000);
        for (answer, expires_in) in [
            (json!({}), None),
            (json!({ "expires_in": 60, "token_type": "Bearer" }), Some(60)),
            (json!({ "expires_in": "60", "token_type": "bearer" }), Some(60)),
            (json!({ "expires_in": null, "refresh_token": null }), None),
            (json!({ "expires_in": "soon", "refresh_token": "" }), None),
            (json!({ "expires_in": -60 }), Some(0)),
            (json!({ "expires_in": 1e300, "scope": ["profile"] }), None),
            (json!({ "refresh_token": ["a"], "id_token": 7 }), None),
            (json!({ "access_token": long }), None),
        ] {
            let mut tokens = json!({ "access_token": "an-access-token" });
            tokens.as_object_mut().expect("an object").extend(answer.as_object().expect("an object").clone());
            scene.provider.fault("/token", Some(Fault::Answers(200, tokens.to_string())));
            let said = sign_in(&scene, &arthur()).await;
            let client = scene.server.client().holding(Backend::Jwt, &said);
            let stored = scene.tokens_of(&scene.account_of(&client).await).await.expect("they are opened");
            assert_eq!(tokens["access_token"], stored.access_token);
            assert_eq!(stored.expires_at, expires_in.map(|seconds: i64| now + seconds), "{tokens}");
        }
        // One that expires in a thousand years is kept as well as the column can.
        let tokens = json!({ "access_token": "an-access-token", "expires_in": i64::MAX });
        scene.provider.fault("/token", Some(Fault::Answers(200, tokens.to_string())));
        assert_eq!(sign_in(&scene, &arthur()).await.status, 200, "{compat:?}");
    }
}
