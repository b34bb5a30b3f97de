//! Promise 10: no password, token or secret appears in a log or an answer but the one that is meant to carry it.

use std::fmt::{Debug, Display};

use axum_users::prelude::*;
use axum_users::secret::{Key, Keyring};
use axum_users::store::Compat;
use axum_users::token::digest;
use axum_users_tests::{
    Answer, Backend, Client, Options, RESET_SECRET, SECRET, Server, VERIFY_SECRET, has_own_process,
    on_each_database, on_each_store, trace_everything, traced, untraced,
};
use serde::Serialize;
use serde_json::json;

use crate::common::{
    ARTHUR, COMPAT_MODES, PASSWORD, camelot, change_token, compat, is_in, merlin, reset_token, sessions,
    stored_hash, token_of, verify_token,
};

/// What has been said and answered so far.
#[derive(Default)]
struct Story {
    secrets: Vec<String>,
    answers: Vec<Answer>,
}

impl Story {
    fn secret(&mut self, secret: &str) -> String {
        self.secrets.push(secret.to_owned());
        secret.to_owned()
    }

    fn told(&mut self, answer: Answer, status: u16) {
        assert_eq!(answer.status, status, "{}", answer.text);
        self.answers.push(answer);
    }

    /// Signs in at every backend. The token is a secret of all answers but this one.
    async fn signed_in(&mut self, server: &Server, email: &str, password: &str) -> Vec<(Backend, Client)> {
        let mut sessions = Vec::new();
        for backend in Backend::all() {
            let answer = server.client().login(backend, email, password).await;
            let session = server.client().holding(backend, &answer);
            let token = self.secret(&token_of(&session));
            let shown = answer.shown();
            assert_eq!(shown.matches(&token).count(), 1, "{backend:?}: {shown}");
            for secret in self.secrets.iter().filter(|secret| **secret != token) {
                assert!(!shown.contains(secret), "{backend:?}: {shown}");
            }
            sessions.push((backend, session));
        }
        sessions
    }
}

#[on_each_store]
async fn a_whole_life_leaks_nothing() {
    if !has_own_process() {
        return;
    }
    trace_everything();
    let mut story = Story::default();
    for secret in [SECRET, RESET_SECRET, VERIFY_SECRET] {
        story.secret(secret);
    }
    for each in COMPAT_MODES {
        for policy in [Policy::fastapi_users(), axum_users_tests::strict_for_unverified()] {
            live(&mut story, Options { compat: each, policy, ..Options::default() }).await;
        }
    }
    let traced = traced();
    // What is held back was there to be seen: the story is told, without its secrets.
    for event in
        ["registered", "signed_in", "signed_out", "sign_in_refused", "verified", "password_reset", "deleted"]
    {
        assert!(traced.contains(event), "nothing is traced of `{event}`");
    }
    untraced(story.secrets.iter().map(String::as_str));
    for secret in &story.secrets {
        for answer in &story.answers {
            assert!(!answer.shown().contains(secret), "answered: {}", answer.shown());
        }
    }
}

/// A life from registration to deletion, with all that can go wrong in it.
async fn live(story: &mut Story, options: Options) {
    let is_strict = options.policy.confirm_email_change;
    let server = Server::with(options).await;
    let client = server.client();
    let (first, wrong) = (story.secret("first-password-of-arthur"), story.secret("wrong-password-of-arthur"));
    let (second, third) =
        (story.secret("second-password-of-arthur"), story.secret("third-password-of-arthur"));

    for status in if is_strict { [202, 202] } else { [201, 400] } {
        story.told(client.register(ARTHUR, &first).await, status);
    }
    story.told(client.post_json("/auth/register", json!({ "email": first, "password": [first] })).await, 422);
    let too_long = story.secret(&first.repeat(50));
    story.told(client.register("kay@camelot.bt", &too_long).await, 400);
    story.secret(&stored_hash(&server, ARTHUR));
    story.told(client.login(Backend::Jwt, ARTHUR, &wrong).await, 400);
    story.told(client.login(Backend::Db, "nobody@camelot.bt", &wrong).await, 400);

    let sessions = story.signed_in(&server, ARTHUR, &first).await;
    for (backend, session) in &sessions {
        story.told(session.get("/users/me").await, 200);
        story.told(session.get("/claims").await, if backend.is_jwt() { 200 } else { 401 });
        story.told(session.post(&format!("{}/logout", backend.path())).await, 200);
        story.told(session.get("/users/me").await, 401);
    }

    let verify = story.secret(&verify_token(&server, ARTHUR).await);
    for status in [200, 400] {
        let body = json!({ "token": verify, "password": first });
        story.told(client.post_json("/auth/verify", body).await, status);
    }
    story.told(client.post_json("/auth/verify", json!({ "token": first })).await, 400);
    story.told(client.post_json("/auth/verify", json!({ "token": [verify] })).await, 422);

    let reset = story.secret(&reset_token(&server, ARTHUR).await);
    for status in [200, 400] {
        let body = json!({ "token": reset, "password": second });
        story.told(client.post_json("/auth/reset-password", body).await, status);
    }
    story.secret(&stored_hash(&server, ARTHUR));

    let sessions = story.signed_in(&server, ARTHUR, &second).await;
    let session = &sessions[2].1;
    if is_strict {
        let change = json!({ "password": third, "current_password": wrong });
        story.told(session.patch("/users/me", change).await, 400);
        let change = json!({ "email": "king@camelot.bt", "current_password": second });
        drop(server.mails().await);
        story.told(session.patch("/users/me", change).await, 200);
        let change = story.secret(&server.mails().await.remove(0).token);
        for status in [200, 400] {
            let body = json!({ "token": change, "password": second });
            story.told(client.post_json("/auth/confirm-email", body).await, status);
        }
    }
    let change = json!({ "password": third, "current_password": second, "display_name": "King" });
    story.told(session.patch("/users/me", change).await, 200);
    for event in server.events().await {
        assert!(!format!("{event:?}").contains(&third) && !format!("{event:?}").contains(&second));
    }

    // A stored hash that can't be checked is written down as such, and no more.
    let broken = story.secret("$argon2id$v=19$broken-hash-of-arthur");
    let hash = story.secret(&format!("{broken}-end"));
    let merlin = merlin(&server).await;
    let id = session.get("/users/me").await.json["id"].as_str().expect("an id").to_owned();
    let email = session.get("/users/me").await.json["email"].as_str().expect("an address").to_owned();
    server.database.set_hash(Some(&email), &hash);
    story.told(client.login(Backend::Jwt, &email, &third).await, 400);

    let path = format!("/users/{id}");
    story.told(merlin.patch(&path, json!({ "password": first })).await, 200);
    story.told(merlin.get(&path).await, 200);
    story.told(merlin.delete(&path).await, 204);
    story.told(merlin.delete(&path).await, 404);
    story.secret(&token_of(&merlin));
    drop(server.events().await);
}

/// Fails to compile where `$type` has `$trait`: two ways then lead to the same function.
macro_rules! lacks {
    ($($type:ty: $($trait:ident)*;)*) => {$($({
        trait Probe<Way> {
            fn lacks() {}
        }
        struct HasIt;
        impl<T: ?Sized> Probe<()> for T {}
        impl<T: ?Sized + $trait> Probe<HasIt> for T {}
        <$type as Probe<_>>::lacks();
    })*)*};
}

#[test]
fn secrets_have_no_words() {
    lacks! {
        Password: Debug Display Serialize;
        Key: Debug Display Serialize;
        Keyring: Debug Display Serialize;
        Secrets: Debug Display Serialize;
        HashedPassword: Display Serialize;
        axum_users::manager::Credentials: Debug Display Serialize;
        axum_users::manager::Authenticated<axum_users_tests::User>: Debug Display Serialize;
        axum_users::token::JwtKeys: Debug Display Serialize;
        axum_users::token::Fingerprints: Debug Display Serialize;
        axum_users::settings::Settings: Debug Display Serialize;
        axum_users_tests::CamelotConfig: Debug Display Serialize;
        axum_users_tests::User: Serialize;
    }
    let hash = HashedPassword::new("$argon2id$v=19$m=64,t=1,p=1$salt$hash");
    assert_eq!(format!("{hash:?}"), "HashedPassword(…)");
    assert_eq!(format!("{hash:#?}"), "HashedPassword(…)");
}

#[on_each_store]
async fn what_can_be_printed_prints_no_secret() {
    let server = camelot(Options::default()).await;
    let hash = stored_hash(&server, ARTHUR);
    let user =
        Manager::for_code(server.camelot.clone()).user_by_email(&ARTHUR.parse().expect("an address")).await;
    let printed = format!("{user:#?} {:#?}", server.camelot);
    assert!(printed.contains(ARTHUR));
    for secret in [&*hash, SECRET, RESET_SECRET, VERIFY_SECRET, PASSWORD] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[on_each_database]
async fn stored_tokens_are_no_tokens() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        for (backend, session) in sessions(&server, ARTHUR, PASSWORD).await {
            let (token, dump) = (token_of(&session), server.database.dump());
            let (in_clear, hashed) = (dump.contains(&token), dump.contains(&digest(&token)));
            let expected = match (backend.is_stored(), each) {
                (false, _) => (false, false),
                (true, Compat::None) => (false, true),
                (true, _) => (true, false),
            };
            assert_eq!((in_clear, hashed), expected, "{each:?}: {backend:?}");
            // What a thief reads there opens nothing.
            let stolen = server.client().with("authorization", &format!("Bearer {}", digest(&token)));
            assert!(!is_in(&stolen).await, "{each:?}: {backend:?}");
        }
        let mailed = [verify_token(&server, ARTHUR).await, reset_token(&server, ARTHUR).await];
        let jwt = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        assert_eq!(jwt.post("/auth/jwt/logout").await.status, 200);
        let body = json!({ "token": mailed[0] });
        assert_eq!(server.client().post_json("/auth/verify", body).await.status, 200);
        let body = json!({ "token": mailed[1], "password": "lancelot-du-lac" });
        assert_eq!(server.client().post_json("/auth/reset-password", body).await.status, 200);
        let dump = server.database.dump();
        assert!(dump.contains(ARTHUR));
        for secret in [&mailed[0], &mailed[1], &token_of(&jwt), PASSWORD, "lancelot-du-lac", SECRET] {
            assert!(!dump.contains(secret), "{each:?}: {secret}");
        }
    }
}

#[on_each_database]
async fn a_token_for_a_new_address_is_not_stored() {
    let server =
        camelot(Options { policy: axum_users_tests::strict_for_unverified(), ..Options::default() }).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let token = change_token(&server, &arthur, "king@camelot.bt").await;
    let body = json!({ "token": token, "password": PASSWORD });
    assert_eq!(server.client().post_json("/auth/confirm-email", body).await.status, 200);
    assert!(!server.database.dump().contains(&token));
}
