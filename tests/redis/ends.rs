//! What ends a token, and what does not.

use axum_users::prelude::*;
use axum_users_tests::redis_server::{AnyRedis, command};
use axum_users_tests::{Client, Server};
use serde_json::json;

use crate::common::{
    ARTHUR, BOTH, COMPAT_MODES, PASSWORD, arthur, camelot, compat_key, id_of, is_in, keys_in, keys_of,
    merlin, record_key, sessions, token_of,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_until_its_logout() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        for backend in BOTH {
            let server = camelot(compat, redis.url()).await;
            let others = sessions(&server).await;
            let session = arthur(&server, backend).await;
            let path = format!("{}/logout", backend.path());
            assert!(is_in(&session).await);
            assert_eq!(keys_of(&redis, &token_of(&session)), keys_in(compat), "{compat:?}");
            session.post(&path).await.is(200, &json!(null));
            assert!(!is_in(&session).await, "{compat:?}: {backend:?}");
            assert_eq!(keys_of(&redis, &token_of(&session)), 0, "{compat:?}");
            session.post(&path).await.refuses(401, json!("Unauthorized"));
            for (other, session) in &others {
                assert!(is_in(session).await, "{compat:?}: {backend:?} took {other:?} along");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_outlives_what_redis_forgets() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let session = arthur(&server, BOTH[0]).await;
        let keys = [record_key(&token_of(&session)), compat_key(&token_of(&session))];
        let before = keys.each_ref().map(|key| redis.run::<Option<String>>(&command(&["GET", key])));
        session.post("/auth/redis/logout").await.is(200, &json!(null));
        for (key, value) in keys.iter().zip(before) {
            if let Some(value) = value {
                redis.run::<()>(&command(&["SET", key, &value, "EX", "3600"]));
            }
        }
        assert_eq!(keys_of(&redis, &token_of(&session)), keys_in(compat));
        assert!(!is_in(&session).await, "{compat:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_that_changed_its_own_password_stays() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        for own in BOTH {
            let server = camelot(compat, redis.url()).await;
            let others = sessions(&server).await;
            let session = arthur(&server, own).await;
            for password in ["lancelot", "galahad"] {
                assert_eq!(session.patch("/users/me", json!({ "password": password })).await.status, 200);
                assert!(is_in(&session).await, "{compat:?}: {own:?}");
            }
            for (backend, other) in &others {
                assert!(!is_in(other).await, "{compat:?}: {backend:?} outlived a change at {own:?}");
                assert_eq!(keys_of(&redis, &token_of(other)), 0, "{compat:?}: {backend:?}");
            }
            let ttl: i64 = redis.run(&command(&["PTTL", &record_key(&token_of(&session))]));
            assert!((1..=3_600_000).contains(&ttl), "{compat:?}: {ttl}");
            server.clock.advance(HOUR);
            assert!(!is_in(&session).await, "{compat:?}: it lives no longer for it");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_that_changed_its_own_password_can_sign_out() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let session = arthur(&server, BOTH[0]).await;
        assert_eq!(session.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
        session.post("/auth/redis/logout").await.is(200, &json!(null));
        assert!(!is_in(&session).await, "{compat:?}");
        assert_eq!(keys_of(&redis, &token_of(&session)), 0, "{compat:?}");
    }
}

/// What ends a user's sessions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Reset,
    PasswordBySuperuser,
    PasswordElsewhere,
    Deactivation,
    Deletion,
}

impl End {
    const ALL: [Self; 5] =
        [Self::Reset, Self::PasswordBySuperuser, Self::PasswordElsewhere, Self::Deactivation, Self::Deletion];

    async fn comes(self, server: &Server, merlin: &Client, path: &str) {
        let answer = match self {
            Self::Reset => {
                drop(server.mails().await);
                let body = json!({ "email": ARTHUR });
                server.client().post_json("/auth/forgot-password", body).await.is(202, &json!(null));
                let token = server.mails().await.remove(0).token;
                let body = json!({ "token": token, "password": "lancelot" });
                server.client().post_json("/auth/reset-password", body).await
            }
            Self::PasswordBySuperuser => merlin.patch(path, json!({ "password": "lancelot" })).await,
            Self::PasswordElsewhere => {
                let jwt = arthur(server, axum_users_tests::Backend::Jwt).await;
                jwt.patch("/users/me", json!({ "password": "lancelot" })).await
            }
            Self::Deactivation => merlin.patch(path, json!({ "is_active": false })).await,
            Self::Deletion => merlin.delete(path).await,
        };
        assert!(answer.status.is_success(), "{self:?}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_token_ends() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        for end in End::ALL {
            let server = camelot(compat, redis.url()).await;
            let merlin = merlin(&server).await;
            let others = server.client().signed_in(BOTH[0], "merlin@camelot.bt", PASSWORD).await;
            let sessions = [arthur(&server, BOTH[0]).await, arthur(&server, BOTH[1]).await];
            let id = id_of(&sessions[0]).await;
            // What the list of a user's tokens does not know ends all the same.
            redis.run::<()>(&command(&["DEL", &crate::common::index_key(&id)]));
            let listed = arthur(&server, BOTH[0]).await;
            end.comes(&server, &merlin, &format!("/users/{id}")).await;
            for session in sessions.iter().chain([&listed]) {
                assert!(!is_in(session).await, "{compat:?}: a token outlived {end:?}");
            }
            assert_eq!(keys_of(&redis, &token_of(&listed)), 0, "{compat:?}: {end:?}");
            assert_eq!(keys_of(&redis, &token_of(&sessions[0])), keys_in(compat), "{compat:?}: {end:?}");
            assert!(is_in(&others).await, "{compat:?}: {end:?} is another user's");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deactivation_ended_does_not_come_back() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let merlin = merlin(&server).await;
        let unlisted = arthur(&server, BOTH[0]).await;
        let id = id_of(&unlisted).await;
        redis.run::<()>(&command(&["DEL", &crate::common::index_key(&id)]));
        let listed = arthur(&server, BOTH[1]).await;
        for is_active in [false, true] {
            let change = json!({ "is_active": is_active });
            assert_eq!(merlin.patch(&format!("/users/{id}"), change).await.status, 200);
            assert!(!is_in(&unlisted).await && !is_in(&listed).await, "{compat:?}: {is_active}");
        }
        server.clock.advance(MINUTE);
        assert!(is_in(&arthur(&server, BOTH[0]).await).await, "{compat:?}");
        assert!(!is_in(&unlisted).await && !is_in(&listed).await, "{compat:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_login_slips_past_a_change_of_the_password() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let merlin = merlin(&server).await;
        let path = format!("/users/{}", id_of(&arthur(&server, BOTH[0]).await).await);
        for _ in 0..5 {
            let logins = (0..6).map(|n| {
                let (client, backend) = (server.client(), BOTH[n % 2]);
                tokio::spawn(async move {
                    let answer = client.login(backend, ARTHUR, PASSWORD).await;
                    assert!([200, 400].contains(&answer.status.as_u16()), "{}", answer.text);
                    (answer.status == 200).then(|| client.holding(backend, &answer))
                })
            });
            let logins = logins.collect::<Vec<_>>();
            assert_eq!(merlin.patch(&path, json!({ "password": "lancelot" })).await.status, 200);
            for login in logins {
                if let Some(session) = login.await.expect("no panic") {
                    assert!(!is_in(&session).await, "{compat:?}: a login slipped past");
                }
            }
            assert_eq!(merlin.patch(&path, json!({ "password": PASSWORD })).await.status, 200);
        }
    }
}
