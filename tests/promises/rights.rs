//! Promise 2: what takes a right away stops requests that are already on their way.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use axum_users::prelude::*;
use axum_users_tests::{
    Backend, Camelot, Client, HashingGate, Held, Options, Server, Serving, User, at_once, on_each_store,
    reset_token,
};
use serde_json::{Value, json};

use crate::common::{COMPAT_MODES, PASSWORD, compat, in_time, is_in, merlin};

const MORDRED: &str = "mordred@camelot.bt";

/// What takes the rights of a session away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Logout,
    OwnPassword,
    Reset,
    PasswordBySuperuser,
    Deactivation,
    Reactivation,
    Deletion,
}

impl End {
    const ALL: [Self; 7] = [
        Self::Logout,
        Self::OwnPassword,
        Self::Reset,
        Self::PasswordBySuperuser,
        Self::Deactivation,
        Self::Reactivation,
        Self::Deletion,
    ];

    /// Those that hash nothing.
    const WITHOUT_HASH: [Self; 4] = [Self::Logout, Self::Deactivation, Self::Reactivation, Self::Deletion];

    /// Ends `session`, which is `user`'s and at `backend`.
    async fn comes(
        self,
        server: &Server,
        (backend, session): (Backend, &Client),
        user: &User,
        merlin: &Client,
    ) {
        let path = format!("/users/{}", user.id);
        let email = &*user.email;
        match self {
            Self::Logout => {
                assert_eq!(session.post(&format!("{}/logout", backend.path())).await.status, 200);
            }
            Self::OwnPassword => {
                let owner = server.client().signed_in(Backend::Db, email, PASSWORD).await;
                let change = json!({ "password": "lancelot", "current_password": PASSWORD });
                assert_eq!(owner.patch("/users/me", change).await.status, 200);
            }
            Self::Reset => {
                let body = json!({ "token": reset_token(server, email).await, "password": "lancelot" });
                assert_eq!(server.client().post_json("/auth/reset-password", body).await.status, 200);
            }
            Self::PasswordBySuperuser => {
                assert_eq!(merlin.patch(&path, json!({ "password": "lancelot" })).await.status, 200);
            }
            Self::Deactivation => {
                assert_eq!(merlin.patch(&path, json!({ "is_active": false })).await.status, 200);
            }
            Self::Reactivation => {
                for is_active in [false, true] {
                    assert_eq!(merlin.patch(&path, json!({ "is_active": is_active })).await.status, 200);
                }
            }
            Self::Deletion => assert_eq!(merlin.delete(&path).await.status, 204),
        }
    }
}

/// The stored row of a user, `null` where there is none.
async fn row(merlin: &Client, user: &User) -> Value {
    let answer = merlin.get(&format!("/users/{}", user.id)).await;
    if answer.status == 404 { Value::Null } else { answer.json }
}

/// The session is revoked while the body of its write is still on its way.
#[on_each_store]
async fn a_write_whose_session_is_revoked_while_its_body_comes_is_rejected() {
    for each in COMPAT_MODES {
        let server = Server::with(compat(each)).await;
        let merlin = merlin(&server).await;
        for backend in Backend::all() {
            for end in End::ALL {
                let email = format!("{end:?}-{backend:?}@camelot.bt");
                let user = server.user(&email, PASSWORD, |_| {}).await;
                let session = server.client().signed_in(backend, &email, PASSWORD).await;
                let write = json!({ "display_name": "The thief" });
                let held = Held::send(&session, "PATCH", "/users/me", &write).await.expect("let in");
                end.comes(&server, (backend, &session), &user, &merlin).await;
                assert_eq!(held.release().await, 401, "{each:?}: {backend:?}: {end:?}");
                let name = &row(&merlin, &user).await["display_name"];
                assert_eq!(name, &Value::Null, "{each:?}: {backend:?}: {end:?}");
            }
        }
    }
}

/// The session is revoked when its write has been authenticated for the last time: the transaction looks again.
#[on_each_store]
async fn a_write_whose_session_is_revoked_before_its_transaction_is_rejected() {
    for each in COMPAT_MODES {
        let gate = HashingGate::open();
        let server = Server::of(compat(each), |_| {}, |setup| setup.hasher(gate.clone())).await;
        let server = server.expect("the app starts");
        let merlin = merlin(&server).await;
        for backend in Backend::all() {
            for end in End::WITHOUT_HASH {
                let email = format!("{end:?}-{backend:?}@camelot.bt");
                let user = server.user(&email, PASSWORD, |_| {}).await;
                let session = server.client().signed_in(backend, &email, PASSWORD).await;
                gate.set(false);
                let write = json!({ "password": "mordred", "display_name": "The thief" });
                let pending = tokio::spawn({
                    let session = session.clone();
                    async move { session.patch("/users/me", write).await }
                });
                gate.holds(1).await;
                end.comes(&server, (backend, &session), &user, &merlin).await;
                gate.set(true);
                let answer = in_time(pending).await.expect("no panic");
                answer.refuses(401, json!("Unauthorized"));
                let name = &row(&merlin, &user).await["display_name"];
                assert_eq!(name, &Value::Null, "{each:?}: {backend:?}: {end:?}");
                let login = server.client().login(Backend::Jwt, &email, "mordred").await;
                assert_eq!(login.status, 400, "{each:?}: {backend:?}: {end:?}: the thief's password");
            }
        }
    }
}

/// A superuser's write on itself and on others, held open while the owner demotes and deactivates it.
#[on_each_store]
async fn a_superuser_who_is_demoted_while_the_body_comes_changes_nothing() {
    for each in COMPAT_MODES {
        let server = Server::with(compat(each)).await;
        let merlin = merlin(&server).await;
        let other = server.user("other@camelot.bt", PASSWORD, |_| {}).await;
        for backend in Backend::all() {
            for (taken, status) in [
                (json!({ "is_superuser": false }), 403),
                (json!({ "is_superuser": false, "is_active": false }), 401),
            ] {
                let email = format!("{status}-{backend:?}@camelot.bt");
                let user = server.user(&email, PASSWORD, |user| user.is_superuser = Some(true)).await;
                let session = server.client().signed_in(backend, &email, PASSWORD).await;
                let own = format!("/users/{}", user.id);
                let rights = json!({ "is_superuser": true, "is_active": true });
                let on_itself = Held::send(&session, "PATCH", &own, &rights).await.expect("let in");
                let path = format!("/users/{}", other.id);
                let on_other = Held::send(&session, "PATCH", &path, &rights).await.expect("let in");
                assert_eq!(merlin.patch(&own, taken.clone()).await.status, 200);
                assert_eq!(on_itself.release().await, status, "{each:?}: {backend:?}: {taken}");
                assert_eq!(on_other.release().await, status, "{each:?}: {backend:?}: {taken}");
                assert_eq!(row(&merlin, &user).await["is_superuser"], false);
                assert_eq!(row(&merlin, &other).await["is_superuser"], false);
            }
        }
    }
}

#[on_each_store]
async fn a_superuser_who_is_demoted_before_the_transaction_changes_nothing() {
    for each in COMPAT_MODES {
        let gate = HashingGate::open();
        let server = Server::of(compat(each), |_| {}, |setup| setup.hasher(gate.clone())).await;
        let server = server.expect("the app starts");
        let merlin = merlin(&server).await;
        let other = server.user("other@camelot.bt", PASSWORD, |_| {}).await;
        let user = server.user(MORDRED, PASSWORD, |user| user.is_superuser = Some(true)).await;
        let session = server.client().signed_in(Backend::Jwt, MORDRED, PASSWORD).await;
        gate.set(false);
        let pending = tokio::spawn({
            let (session, path) = (session.clone(), format!("/users/{}", other.id));
            let write = json!({ "password": "mordred", "is_superuser": true });
            async move { session.patch(&path, write).await }
        });
        gate.holds(1).await;
        let own = format!("/users/{}", user.id);
        assert_eq!(merlin.patch(&own, json!({ "is_superuser": false })).await.status, 200);
        gate.set(true);
        in_time(pending).await.expect("no panic").refuses(403, json!("Forbidden"));
        assert_eq!(row(&merlin, &other).await["is_superuser"], false, "{each:?}");
    }
}

/// Requests without the right to write are rejected from the headers alone.
#[on_each_store]
async fn a_body_is_not_asked_of_those_who_may_not_write() {
    let server = Server::start().await;
    let user = server.user(MORDRED, PASSWORD, |_| {}).await;
    let session = server.client().signed_in(Backend::Db, MORDRED, PASSWORD).await;
    let path = format!("/users/{}", user.id);
    let write = json!({ "is_superuser": true });
    for (client, path, status) in [
        (&server.client(), "/users/me", 401),
        (&server.client(), &*path, 401),
        (&session, &*path, 403),
        (&session, "/users/nobody", 403),
    ] {
        let answer = Held::send(client, "PATCH", path, &write).await;
        assert_eq!(answer.err(), Some(status), "{path}");
    }
    assert!(is_in(&session).await);
}

#[derive(serde::Deserialize)]
struct Payment {
    amount: u32,
}

/// A handler of an app's own, as the README has it.
async fn pay(State(app): State<Camelot>, request: Request) -> Result<String, Response> {
    let (mut parts, body) = request.into_parts();
    CurrentUser::<Camelot>::from_request_parts(&mut parts, &app)
        .await
        .map_err(IntoResponse::into_response)?;
    let body = Request::from_parts(parts.clone(), body);
    let Json(payment) =
        Json::<Payment>::from_request(body, &app).await.map_err(IntoResponse::into_response)?;
    let again = CurrentUser::<Camelot>::from_request_parts(&mut parts, &app).await;
    let user = again.map_err(IntoResponse::into_response)?;
    Ok(format!("{} pays {}", user.email, payment.amount))
}

#[on_each_store]
async fn a_handler_that_follows_the_guide_rejects_a_session_that_is_revoked_while_its_body_comes() {
    let server = Server::start().await;
    server.user(MORDRED, PASSWORD, |_| {}).await;
    let pay = Router::new().route("/pay", post(pay)).with_state(server.camelot.clone());
    let serving = Serving::start(pay).await;
    for backend in Backend::all() {
        let session = server.client().signed_in(backend, MORDRED, PASSWORD).await;
        let payer = session.at(&serving.url);
        let send = || async { Held::send(&payer, "POST", "/pay", &json!({ "amount": 1 })).await };
        assert_eq!(send().await.expect("let in").release().await, 200, "{backend:?}");
        let held = send().await.expect("let in");
        assert_eq!(session.post(&format!("{}/logout", backend.path())).await.status, 200);
        assert_eq!(held.release().await, 401, "{backend:?}");
        assert_eq!(send().await.err(), Some(401), "{backend:?}: nobody's body is asked for");
    }
}

/// Superusers, each signed in.
async fn superusers(server: &Server, count: usize) -> Vec<(String, Client)> {
    let mut superusers = Vec::new();
    for n in 0..count {
        let email = format!("merlin-{n}@camelot.bt");
        let user = server.user(&email, PASSWORD, |user| user.is_superuser = Some(true)).await;
        let session = server.client().signed_in(Backend::nth(n), &email, PASSWORD).await;
        superusers.push((format!("/users/{}", user.id), session));
    }
    superusers
}

/// How many active superusers there are.
fn left(server: &Server) -> usize {
    let rows = server.database.rows();
    rows.iter().filter(|row| row.is_superuser && row.is_active).count()
}

/// The requests that take a superuser's rights away, each with the error code returned for the last superuser.
fn demotions() -> [(Option<Value>, &'static str); 3] {
    [
        (Some(json!({ "is_superuser": false })), "UPDATE_USER_LAST_SUPERUSER"),
        (Some(json!({ "is_active": false })), "UPDATE_USER_LAST_SUPERUSER"),
        (None, "DELETE_USER_LAST_SUPERUSER"),
    ]
}

#[on_each_store]
async fn the_last_active_superuser_stays() {
    for policy in [Policy::fastapi_users().keep_last_superuser(true), Policy::strict()] {
        let server = Server::with(Options { policy: policy.clone(), ..Options::default() }).await;
        // Neither of them is an active superuser.
        server
            .user("asleep@camelot.bt", PASSWORD, |user| {
                (user.is_active, user.is_superuser) = (Some(false), Some(true));
            })
            .await;
        server.user("other@camelot.bt", PASSWORD, |_| {}).await;
        let superusers = superusers(&server, 1).await;
        let (path, session) = &superusers[0];
        for (change, code) in demotions() {
            let answer = match &change {
                Some(change) => session.patch(path, change.clone()).await,
                None => session.delete(path).await,
            };
            answer.refuses(400, json!(code));
            assert_eq!(left(&server), 1, "{change:?}");
        }
        // What leaves the rights as they are is no demotion.
        let change = json!({ "is_superuser": true, "is_active": true, "display_name": "Merlin" });
        assert_eq!(session.patch(path, change).await.status, 200);
    }
}

/// Superusers who each take their own rights away, or each other's: one is left.
#[on_each_store]
async fn of_many_superusers_who_leave_at_once_one_stays() {
    for (change, code) in demotions() {
        for turn in [0, 1] {
            let server = Server::start().await;
            let superusers = superusers(&server, 4).await;
            let answers = at_once(superusers.len(), |n| {
                let (session, change) = (superusers[n].1.clone(), change.clone());
                let path = superusers[(n + turn) % superusers.len()].0.clone();
                async move {
                    match change {
                        Some(change) => session.patch(&path, change).await,
                        None => session.delete(&path).await,
                    }
                }
            })
            .await;
            for answer in &answers {
                let known = match answer.status.as_u16() {
                    200 | 204 | 401 | 403 | 404 => true,
                    400 => answer.detail() == code,
                    _ => false,
                };
                assert!(known, "{change:?}: {}", answer.text);
            }
            assert!(left(&server) >= 1, "{change:?}: {turn}");
            if turn == 0 {
                assert_eq!(left(&server), 1, "{change:?}");
            }
        }
    }
}

/// FastAPI Users lets the last one go, and so does code of the app's own.
#[on_each_store]
async fn the_original_policy_and_code_may_demote_the_last_superuser() {
    let options = Options { compat: FastApiUsers, policy: Policy::fastapi_users(), ..Options::default() };
    let server = Server::with(options).await;
    let superusers = superusers(&server, 1).await;
    let (path, session) = &superusers[0];
    assert_eq!(session.patch(path, json!({ "is_superuser": false })).await.status, 200);
    assert_eq!(left(&server), 0);

    let server = Server::start().await;
    let merlin = server.user("merlin@camelot.bt", PASSWORD, |user| user.is_superuser = Some(true)).await;
    let manager = Manager::for_code(server.camelot.clone());
    manager.delete(merlin, None).await.expect("code may");
    assert_eq!(left(&server), 0);
}
