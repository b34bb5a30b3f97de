//! Promise 2: a changed or reset password, a deactivation and a deletion end every token of every strategy, at once.

use axum_users::prelude::*;
use axum_users_tests::{Backend, CHEAP, Client, Options, Server, on_each_store};
use serde_json::{Value, json};

use crate::common::{
    ARTHUR, COMPAT_MODES, PASSWORD, at_once, camelot, change_token, compat, is_in, merlin, reset_token,
    sessions, stored_hash, verify_token,
};

/// What ends a user's sessions.
#[derive(Clone, Copy, Debug)]
enum End {
    Reset,
    PasswordBySuperuser,
    Deactivation,
    Deletion,
}

impl End {
    const ALL: [Self; 4] = [Self::Reset, Self::PasswordBySuperuser, Self::Deactivation, Self::Deletion];

    async fn comes(self, server: &Server, merlin: &Client, arthur: &str) {
        let answer = match self {
            Self::Reset => {
                let token = reset_token(server, ARTHUR).await;
                let body = json!({ "token": token, "password": "lancelot" });
                server.client().post_json("/auth/reset-password", body).await
            }
            Self::PasswordBySuperuser => merlin.patch(arthur, json!({ "password": "lancelot" })).await,
            Self::Deactivation => merlin.patch(arthur, json!({ "is_active": false })).await,
            Self::Deletion => merlin.delete(arthur).await,
        };
        assert!(answer.status.is_success(), "{self:?}: {}", answer.text);
    }
}

/// Where a superuser finds the user of this session.
async fn path_of(client: &Client) -> String {
    format!("/users/{}", client.get("/users/me").await.json["id"].as_str().expect("an id"))
}

/// MySQL may undo one of them in favor of another: it is done again, and is no 503.
#[on_each_store]
async fn logins_and_logouts_at_the_moment_of_an_end_are_done_or_refused() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        for backend in Backend::all() {
            let path = path_of(&server.client().signed_in(backend, ARTHUR, PASSWORD).await).await;
            for password in ["lancelot", PASSWORD, "lancelot", PASSWORD] {
                let former = if password == PASSWORD { "lancelot" } else { PASSWORD };
                let mut clients = Vec::new();
                for _ in 0..8 {
                    clients.push(server.client().signed_in(backend, ARTHUR, former).await);
                }
                let statuses = at_once(16, |n| {
                    let (merlin, client, path) = (merlin.clone(), clients.get(n).cloned(), path.clone());
                    let login = server.client();
                    async move {
                        match (n, client) {
                            (_, Some(client)) => {
                                client.post(&format!("{}/logout", backend.path())).await.status
                            }
                            (8, None) => merlin.patch(&path, json!({ "password": password })).await.status,
                            (_, None) => login.login(backend, ARTHUR, former).await.status,
                        }
                    }
                });
                let statuses = statuses.await;
                assert_eq!(statuses[8], 200, "{each:?}, {backend:?}: {statuses:?}");
                let [logouts, logins] = [(0, [200, 401]), (9, [200, 400])].map(|(first, expected)| {
                    statuses[first..(first + 7)].iter().all(|s| expected.contains(&s.as_u16()))
                });
                assert!(logouts && logins, "{each:?}, {backend:?}: {statuses:?}");
            }
        }
    }
}

#[on_each_store]
async fn every_token_ends() {
    for each in COMPAT_MODES {
        for end in End::ALL {
            let server = camelot(compat(each)).await;
            let merlin = merlin(&server).await;
            let sessions = sessions(&server, ARTHUR, PASSWORD).await;
            let path = path_of(&sessions[0].1).await;
            for (backend, session) in &sessions {
                assert!(is_in(session).await, "{each:?}: {backend:?}");
            }
            end.comes(&server, &merlin, &path).await;
            for (backend, session) in &sessions {
                assert!(!is_in(session).await, "{each:?}: {backend:?} outlived {end:?}");
            }
            assert!(is_in(&merlin).await, "{each:?}: {end:?} is another user's");
        }
    }
}

#[on_each_store]
async fn the_session_that_changed_its_own_password_stays() {
    for each in COMPAT_MODES {
        for own in Backend::all() {
            let server = camelot(compat(each)).await;
            let others = sessions(&server, ARTHUR, PASSWORD).await;
            let session = server.client().signed_in(own, ARTHUR, PASSWORD).await;
            let change = json!({ "password": "lancelot" });
            assert_eq!(session.patch("/users/me", change).await.status, 200);
            assert_eq!(is_in(&session).await, !own.is_jwt(), "{each:?}: {own:?}");
            for (backend, other) in &others {
                assert!(!is_in(other).await, "{each:?}: {backend:?} outlived a change at {own:?}");
            }
            let refused = server.client().login(own, ARTHUR, PASSWORD).await;
            refused.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            assert!(is_in(&server.client().signed_in(own, ARTHUR, "lancelot").await).await);
        }
    }
}

#[on_each_store]
async fn what_a_deactivation_ended_does_not_come_back() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        let old = sessions(&server, ARTHUR, PASSWORD).await;
        let path = path_of(&old[0].1).await;
        for is_active in [false, true] {
            assert_eq!(merlin.patch(&path, json!({ "is_active": is_active })).await.status, 200);
            for (backend, session) in &old {
                assert!(!is_in(session).await, "{each:?}: {backend:?} with is_active {is_active}");
            }
        }
        server.clock.advance(MINUTE);
        for (backend, session) in sessions(&server, ARTHUR, PASSWORD).await {
            assert!(is_in(&session).await, "{each:?}: {backend:?}");
        }
        for (backend, session) in &old {
            assert!(!is_in(session).await, "{each:?}: {backend:?} came back");
        }
    }
}

#[on_each_store]
async fn a_logout_ends_its_own_token_alone() {
    for each in COMPAT_MODES {
        for backend in Backend::all() {
            let server = camelot(compat(each)).await;
            let session = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            let others = sessions(&server, ARTHUR, PASSWORD).await;
            let path = format!("{}/logout", backend.path());
            session.post(&path).await.is(200, &json!(null));
            assert!(!is_in(&session).await, "{each:?}: {backend:?}");
            session.post(&path).await.refuses(401, json!("Unauthorized"));
            for (other, session) in &others {
                assert!(is_in(session).await, "{each:?}: {backend:?} took {other:?} along");
            }
        }
    }
}

/// `guinevere`, as a database of before may hold it.
pub(crate) const BCRYPT: &str = "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C";

#[on_each_store]
async fn an_outdated_hash_is_upgraded_at_login() {
    for each in COMPAT_MODES {
        for backend in Backend::all() {
            let server = camelot(compat(each)).await;
            server.database.set_hash(None, BCRYPT);
            let wrong = server.client().login(backend, ARTHUR, "lancelot").await;
            wrong.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            assert_eq!(stored_hash(&server, ARTHUR), BCRYPT);

            let first = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            let upgraded = stored_hash(&server, ARTHUR);
            assert!(upgraded.starts_with("$argon2id$"));
            let second = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            assert_eq!(stored_hash(&server, ARTHUR), upgraded);
            assert!(is_in(&first).await && is_in(&second).await, "{each:?}: {backend:?}");
        }
    }
}

#[on_each_store]
async fn an_upgrade_is_no_change_of_the_password() {
    for each in COMPAT_MODES {
        let before = camelot(compat(each)).await;
        let old = sessions(&before, ARTHUR, PASSWORD).await;
        let hash = stored_hash(&before, ARTHUR);
        // The same database under a hasher that finds the hash too cheap.
        let database = before.database.config();
        let dearer = CHEAP.passes(2);
        let after =
            Server::of(compat(each), |config| config.database = database, |setup| setup.hasher(dearer)).await;
        let after = after.expect("the app starts");
        let new = after.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        assert_ne!(stored_hash(&before, ARTHUR), hash);
        assert!(is_in(&new).await);
        for (backend, session) in old.iter().filter(|(backend, _)| backend.is_stored()) {
            assert!(is_in(session).await, "{each:?}: {backend:?}");
        }
    }
}

/// B24: the first one that stores a better hash wins, and the others go by it.
#[on_each_store]
async fn logins_that_upgrade_at_once_are_all_good() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        for round in 0..5 {
            server.database.set_hash(None, BCRYPT);
            let sessions = at_once(8, |n| server.client().signed_in(Backend::nth(n), ARTHUR, PASSWORD)).await;
            for (n, session) in sessions.iter().enumerate() {
                assert!(is_in(session).await, "{each:?}: session {n} of round {round}");
            }
        }
    }
}

/// B24: a change of the password wins against an upgrade of the former hash.
#[on_each_store]
async fn no_login_slips_past_a_change_of_the_password() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        let path = path_of(&server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await).await;
        let current = stored_hash(&server, ARTHUR);
        // An outdated hash is changed by the login as well.
        for hash in [&*current, BCRYPT].repeat(10) {
            server.database.set_hash(Some(ARTHUR), hash);
            let sessions = at_once(2 * Backend::all().count() + 1, |n| {
                let (client, merlin, path) = (server.client(), merlin.clone(), path.clone());
                async move {
                    let Some(backend) = Backend::all().nth(n / 2) else {
                        let answer = merlin.patch(&path, json!({ "password": "lancelot" })).await;
                        assert_eq!(answer.status, 200, "{}", answer.text);
                        return None;
                    };
                    let answer = client.login(backend, ARTHUR, PASSWORD).await;
                    assert!([200, 400].contains(&answer.status.as_u16()), "{}", answer.text);
                    (answer.status == 200).then(|| (backend, client.holding(backend, &answer)))
                }
            })
            .await;
            for (backend, session) in sessions.into_iter().flatten() {
                assert!(!is_in(&session).await, "{each:?}: {backend:?} slipped past, from {hash}");
            }
        }
    }
}

#[on_each_store]
async fn of_many_sessions_that_take_the_user_over_one_does() {
    for each in COMPAT_MODES {
        for policy in [Policy::fastapi_users(), Policy::strict()] {
            let server = camelot(Options { compat: each, policy, ..Options::default() }).await;
            let password = |n| format!("password-{n}");
            let mut sessions = Vec::new();
            for n in 0..12 {
                let backend = Backend::nth(n);
                sessions.push((backend, server.client().signed_in(backend, ARTHUR, PASSWORD).await));
            }
            let answers = at_once(sessions.len(), |n| {
                let change = json!({ "password": password(n), "current_password": PASSWORD });
                let client = sessions[n].1.clone();
                async move { client.patch("/users/me", change).await }
            })
            .await;
            for (n, answer) in answers.iter().enumerate() {
                let (backend, session) = &sessions[n];
                let won = answer.status == 200;
                assert!(won || [400, 401].contains(&answer.status.as_u16()), "{each:?}: {}", answer.text);
                let login = server.client().login(Backend::Db, ARTHUR, &password(n)).await;
                assert_eq!(login.status == 200, won, "{each:?}: the password of session {n}");
                assert_eq!(is_in(session).await, won && !backend.is_jwt(), "{each:?}: session {n}");
            }
            assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{each:?}");
        }
    }
}

/// A change that a mailed token does not outlive, as a superuser makes it, and how it is undone.
fn changes() -> [(Value, Value); 2] {
    [
        (json!({ "email": "king@camelot.bt" }), json!({ "email": ARTHUR })),
        (json!({ "password": "lancelot rides" }), json!({ "password": PASSWORD })),
    ]
}

#[on_each_store]
async fn a_reset_token_ends_with_its_ground() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        let path = path_of(&server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await).await;
        for (change, back) in changes() {
            let token = reset_token(&server, ARTHUR).await;
            assert_eq!(merlin.patch(&path, change.clone()).await.status, 200);
            let body = json!({ "token": token, "password": "mordred" });
            let answer = server.client().post_json("/auth/reset-password", body).await;
            assert_eq!(answer.detail(), "RESET_PASSWORD_BAD_TOKEN", "{each:?}: {change}");
            assert_eq!(merlin.patch(&path, back).await.status, 200);
        }
    }
}

#[on_each_store]
async fn a_verify_token_ends_with_its_address() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        let token = verify_token(&server, ARTHUR).await;
        assert_eq!(arthur.patch("/users/me", json!({ "email": "king@camelot.bt" })).await.status, 200);
        let answer = server.client().post_json("/auth/verify", json!({ "token": token })).await;
        answer.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
        assert_eq!(arthur.get("/users/me").await.json["is_verified"], false);
    }
}

#[on_each_store]
async fn a_token_for_a_new_address_ends_with_its_ground() {
    let server =
        camelot(Options { policy: axum_users_tests::strict_for_unverified(), ..Options::default() }).await;
    let merlin = merlin(&server).await;
    let path = path_of(&server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await).await;
    for (change, back) in changes() {
        let arthur = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        let token = change_token(&server, &arthur, "mordred@camelot.bt").await;
        assert_eq!(merlin.patch(&path, change).await.status, 200);
        let body = json!({ "token": token, "password": PASSWORD });
        let answer = server.client().post_json("/auth/confirm-email", body).await;
        answer.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
        assert_eq!(merlin.patch(&path, back).await.status, 200);
    }
}

#[on_each_store]
async fn a_deactivated_user_is_mailed_nothing_and_resets_nothing() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        let path = path_of(&server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await).await;
        let token = reset_token(&server, ARTHUR).await;
        assert_eq!(merlin.patch(&path, json!({ "is_active": false })).await.status, 200);
        let body = json!({ "token": token, "password": "lancelot" });
        let answer = server.client().post_json("/auth/reset-password", body).await;
        answer.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            server.client().post_json(path, json!({ "email": ARTHUR })).await.is(202, &json!(null));
        }
        assert_eq!(server.mails().await, []);
    }
}

#[on_each_store]
async fn tokens_are_nothing_to_another_server() {
    let (server, other) = (camelot(Options::default()).await, camelot(Options::default()).await);
    for (backend, session) in sessions(&server, ARTHUR, PASSWORD).await {
        let header = if backend.is_cookie() { "cookie" } else { "authorization" };
        let value = session.headers[header].to_str().expect("text");
        assert!(!is_in(&other.client().with(header, value)).await, "{backend:?}");
    }
}
