//! F65: a state is signed with a key of its own, and tokens of other purposes are no states.

use axum_users::secret::KeyPurpose;
use axum_users::store::Compat;
use axum_users_tests::provider::Provider;
use axum_users_tests::{
    Backend, CamelotConfig, Options, Server, change_token, key, on_each_store, reset_token,
    strict_for_unverified, token_of, verify_token,
};
use serde_json::json;

use crate::common::{ARTHUR, COMPAT_MODES, OAUTH_SECRET, PASSWORD, PLACE, Scene, arthur, clients};
use crate::state::{UNREADABLE, signature};

/// FastAPI Users signs states with the secret itself. Every other app derives a key for them.
#[on_each_store]
async fn a_state_has_its_own_key_except_for_what_fastapi_users_signs() {
    for (compat, is_taken) in COMPAT_MODES.into_iter().zip([false, true]) {
        let scene = Scene::in_layout(compat).await;
        let trip = scene.start(&scene.server.client(), PLACE).await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        let (message, _) = trip.state.rsplit_once('.').expect("a signature");
        let with = |key: &[u8]| format!("{message}.{}", signature(message, key));
        assert_eq!(with(&key(OAUTH_SECRET, KeyPurpose::OAuthState, compat)), trip.state, "{compat:?}");
        let with_secret = with(OAUTH_SECRET.as_bytes());
        let of_tokens = with(&key(OAUTH_SECRET, KeyPurpose::ProviderTokens, compat));
        let of_sessions = with(&key(OAUTH_SECRET, KeyPurpose::Session, Compat::None));
        drop(scene.provider.requests());
        for state in [&of_tokens, &of_sessions, &with_secret] {
            if state == &trip.state {
                continue;
            }
            let answer = trip.back_with(&[("code", &code), ("state", state)]).await;
            scene.refuses_unasked("F65: signed with another key", &answer, UNREADABLE);
        }
        assert_eq!(with_secret == trip.state, is_taken, "{compat:?}");
        assert_eq!(trip.back(&code).await.status, 200, "{compat:?}");
    }
}

/// Tokens of other purposes are no states even where one secret signs all of them.
#[on_each_store]
async fn one_secret_for_all() {
    for compat in COMPAT_MODES {
        let provider = Provider::start().await;
        let one = |config: &mut CamelotConfig| {
            config.reset_password_token_secret = OAUTH_SECRET.into();
            config.verification_token_secret = OAUTH_SECRET.into();
            config.secret = OAUTH_SECRET.into();
        };
        let options = Options { compat, policy: strict_for_unverified(), ..Options::default() };
        let server = Server::of(options, one, |setup| clients(&provider, setup));
        let scene = Scene { server: server.await.expect("the app starts"), provider };
        let server = &scene.server;
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let session = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        let change = change_token(server, &session, PASSWORD, "king@camelot.bt").await;
        let tokens = [
            reset_token(server, ARTHUR).await,
            verify_token(server, ARTHUR).await,
            change,
            token_of(&session),
        ];
        let trip = scene.start(&server.client(), PLACE).await;
        drop(scene.provider.requests());
        for token in tokens {
            let answer = trip.back_with(&[("code", "code"), ("state", &token)]).await;
            scene.refuses_unasked("F65: a token of another purpose", &answer, UNREADABLE);
        }
        // And the other way round.
        let state = &trip.state;
        let bearer = server.client().with("authorization", &format!("Bearer {state}"));
        bearer.get("/users/me").await.refuses(401, json!("Unauthorized"));
        for (path, code) in [
            ("/auth/reset-password", "RESET_PASSWORD_BAD_TOKEN"),
            ("/auth/verify", "VERIFY_USER_BAD_TOKEN"),
            ("/auth/confirm-email", "VERIFY_USER_BAD_TOKEN"),
        ] {
            let body = json!({ "token": state, "password": "lancelot-du-lac" });
            server.client().post_json(path, body).await.refuses(400, json!(code));
        }
    }
}
