//! Promise 3, `VerifyEmail::RequiredToLogin`: registering with an email and logging in does not reveal whether the email
//! has an account already.

use std::sync::atomic::Ordering;

use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::router::{Access, Routes};
use axum_users_tests::{
    Answer, Backend, Client, Event, Options, Server, Serving, on_each_store, verify_token,
};
use reqwest::Method;
use serde_json::json;

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD};
use crate::revocation::BCRYPT;

const MORDREDS: &str = "treason before dawn";
const NEW: &str = "mordred@camelot.bt";

/// A server with Arthur, who is verified, and Mordred, who has just registered and tried to register as Arthur, too.
async fn server(compat: axum_users::store::Compat, limits: Option<Limits>) -> Server {
    let options = Options { compat, policy: Policy::strict(), limits, ..Options::default() };
    let server = Server::with(options).await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    for email in [ARTHUR, NEW] {
        server.client().register(email, MORDREDS).await.is(202, &json!(null));
    }
    server.events().await;
    server
}

/// The status, headers and body of a response, without the date.
fn seen(answer: &Answer) -> (u16, Vec<(String, Vec<u8>)>, String) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    (answer.status.as_u16(), headers, answer.text.clone())
}

async fn runs(server: &Server) -> usize {
    server.camelot.drain().await;
    server.hashing.hashes.swap(0, Ordering::SeqCst) + server.hashing.checks.swap(0, Ordering::SeqCst)
}

#[on_each_store]
async fn a_login_after_a_registration_tells_nothing() {
    for compat in COMPAT_MODES {
        let server = server(compat, None).await;
        for backend in Backend::all() {
            runs(&server).await;
            let mut answers = Vec::new();
            for (email, password) in
                [(ARTHUR, MORDREDS), (NEW, MORDREDS), (NEW, "another"), ("no@camelot.bt", "x")]
            {
                let answer = server.client().login(backend, email, password).await;
                answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
                assert_eq!(runs(&server).await, 1, "{compat:?}, {backend:?}: {email}");
                answers.push(seen(&answer));
            }
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        }
        assert_eq!(server.events().await, [], "no hook is called");
    }
}

/// A stronger hash of the right password would take its time, too.
#[on_each_store]
async fn an_outdated_hash_of_an_unverified_user_stays() {
    for compat in COMPAT_MODES {
        let server = server(compat, None).await;
        server.database.set_hash(Some(NEW), BCRYPT);
        runs(&server).await;
        for password in [PASSWORD, "another"] {
            let answer = server.client().login(Backend::Jwt, NEW, password).await;
            answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            assert_eq!(runs(&server).await, 1, "{compat:?}: {password}");
        }
    }
}

#[on_each_store]
async fn the_right_password_of_an_unverified_user_counts_as_a_wrong_one() {
    for compat in COMPAT_MODES {
        let server = server(compat, Some(Limits::default())).await;
        for (email, password) in [(ARTHUR, MORDREDS), (NEW, MORDREDS)] {
            let mut statuses = Vec::new();
            for _ in 0..11 {
                statuses.push(server.client().login(Backend::Db, email, password).await.status.as_u16());
            }
            assert_eq!(statuses, [[400; 10].as_slice(), &[429]].concat(), "{compat:?}: {email}");
        }
    }
}

#[on_each_store]
async fn a_verified_email_lets_in() {
    for compat in COMPAT_MODES {
        let server = server(compat, None).await;
        let body = json!({ "token": verify_token(&server, NEW).await, "password": MORDREDS });
        assert_eq!(server.client().post_json("/auth/verify", body).await.status, 200);
        server.events().await;
        for backend in Backend::all() {
            for (email, password) in [(NEW, MORDREDS), (ARTHUR, PASSWORD)] {
                let client = server.client().signed_in(backend, email, password).await;
                let user = client.get("/users/me").await;
                assert_eq!(user.json["email"], email);
                let id = user.json["id"].as_str().expect("an id").parse().expect("a UUID");
                assert_eq!(server.events().await, [Event::LoggedIn(id)]);
            }
        }
        // A user who loses the verification keeps the session, but can't log in.
        let session = server.client().signed_in(Backend::Db, NEW, MORDREDS).await;
        let manager = Manager::for_code(server.camelot.clone());
        let user =
            manager.user_by_email(&NEW.parse().expect("an email")).await.expect("a store").expect("a user");
        let update = axum_users_tests::UserUpdate { is_verified: Some(false), ..Default::default() };
        manager.update_user(user, update, None).await.expect("an update");
        assert_eq!(session.get("/users/me").await.status, 200);
        let answer = server.client().login(Backend::Db, NEW, MORDREDS).await;
        answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
}

/// A router for verified users alone tells no more.
#[on_each_store]
async fn no_router_says_that_a_user_is_not_verified() {
    const DB: BackendName = BackendName::new("db");
    let server = server(axum_users::store::Compat::None, None).await;
    let serving = Serving::start(server.camelot.auth_routes::<()>(DB, Access::Verified)).await;
    let login = |client: Client, password: &'static str| async move {
        Answer::of(client.request(Method::POST, "/login").form(&[("username", NEW), ("password", password)]))
            .await
    };
    let (right, wrong) = (login(serving.client(), MORDREDS).await, login(serving.client(), "another").await);
    right.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    assert_eq!(seen(&right), seen(&wrong));
}

/// The other policies answer as before.
#[on_each_store]
async fn other_policies_let_unverified_users_in() {
    for compat in COMPAT_MODES {
        let server = Server::with(Options { compat, ..Options::default() }).await;
        server.client().register(NEW, MORDREDS).await;
        server.client().signed_in(Backend::Jwt, NEW, MORDREDS).await;
    }
}
