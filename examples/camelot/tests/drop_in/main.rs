//! Moving from FastAPI Users: the original and this example on one database and one Redis, in both directions and at
//! the same time.

mod both;
mod linked;

use std::time::Duration;

use axum_users_tests::Process;
use serde_json::{Value, json};

use crate::both::{BACKENDS, Both, PASSWORD, is_in, login, mailed, on_shared_databases, register, session};

on_shared_databases! {
    Original, sqlite, postgres:
    users_and_their_sessions_move
    bcrypt_moves
    mailed_tokens_move
    sign_outs_count_for_both
    a_new_password_ends_sessions_of_either
    both_serve_at_once
}

on_shared_databases! {
    Ours, sqlite, postgres:
    the_original_serves_what_ours_made
}

/// Whoever starts on the tables of the other finds them good enough.
async fn the_original_serves_what_ours_made(both: &Both) {
    users_and_their_sessions_move(both).await;
    both_serve_at_once(both).await;
}

async fn users_and_their_sessions_move(both: &Both) {
    for (way, from, to) in both.directions() {
        let email = format!("{}@camelot.bt", way.replace(' ', "-"));
        register(from, &email).await;
        for backend in BACKENDS {
            let session = session(&from.client, backend, &email, PASSWORD).await;
            assert!(is_in(from, &session).await, "{way}: {backend}");
            assert!(is_in(to, &session).await, "{way}: {backend} is not taken");
        }
        for backend in BACKENDS {
            let own = session(&to.client, backend, &email, PASSWORD).await;
            assert!(is_in(to, &own).await && is_in(from, &own).await, "{way}: {backend}");
            let refused = login(&to.client, backend, &email, "morgana").await;
            refused.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        // What one shows of a user, the other shows alike.
        let credentials = session(&from.client, "jwt", &email, PASSWORD).await;
        let shown = |server: &Process| {
            let client = server.client.with(credentials.0, &credentials.1);
            async move { client.get("/users/me").await.json }
        };
        assert_eq!(shown(from).await, shown(to).await, "{way}");
        let taken = to.client.register(&email.to_uppercase(), PASSWORD).await;
        taken.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
    }
}

async fn bcrypt_moves(both: &Both) {
    for (email, upgrader, other) in [
        ("lancelot@camelot.bt", &both.ours, &both.original),
        ("galahad@camelot.bt", &both.original, &both.ours),
    ] {
        register(&both.original, email).await;
        let body = json!({ "email": email, "password": PASSWORD });
        let old = both.original.client.post_json("/test/bcrypt", body).await;
        assert!(
            old.json["hashed_password"].as_str().is_some_and(|hash| hash.starts_with("$2b$")),
            "{}",
            old.text
        );
        session(&upgrader.client, "db", email, PASSWORD).await;
        let upgraded = both.stored_hash(email);
        assert!(upgraded.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"), "{upgraded}");
        session(&other.client, "db", email, PASSWORD).await;
        assert_eq!(both.stored_hash(email), upgraded, "the other finds it good enough");
    }
}

async fn mailed_tokens_move(both: &Both) {
    for (way, from, to) in both.directions() {
        let email = format!("{}@camelot.bt", way.replace(' ', "-"));
        let id = register(from, &email).await;
        let token = mailed(from, "/auth/request-verify-token", &id, &email).await;
        let verify = || to.client.post_json("/auth/verify", json!({ "token": token }));
        let verified = verify().await;
        assert_eq!((verified.status.as_u16(), &verified.json["is_verified"]), (200, &json!(true)), "{way}");
        verify().await.refuses(400, json!("VERIFY_USER_ALREADY_VERIFIED"));

        let token = mailed(from, "/auth/forgot-password", &id, &email).await;
        let reset =
            || to.client.post_json("/auth/reset-password", json!({ "token": token, "password": "lancelot" }));
        reset().await.is(200, &Value::Null);
        reset().await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        for server in [from, to] {
            assert_eq!(login(&server.client, "jwt", &email, PASSWORD).await.status, 400, "{way}");
            session(&server.client, "jwt", &email, "lancelot").await;
        }
        // A token of the one is no longer good at the one either, once the other has taken it.
        let again = json!({ "token": token, "password": "mordred" });
        let again = from.client.post_json("/auth/reset-password", again).await;
        again.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
    }
}

async fn sign_outs_count_for_both(both: &Both) {
    let email = "arthur@camelot.bt";
    register(&both.original, email).await;
    for (way, from, to) in both.directions() {
        // The original does not end a JWT when its user signs out.
        for backend in ["db", "redis"] {
            let (header, value) = session(&from.client, backend, email, PASSWORD).await;
            let logout = to.client.with(header, &value).post(&format!("/auth/{backend}/logout")).await;
            assert!([200, 204].contains(&logout.status.as_u16()), "{way}: {backend}: {}", logout.text);
            for server in [from, to] {
                assert!(!is_in(server, &(header, value.clone())).await, "{way}: {backend}");
            }
        }
    }
    let (header, value) = session(&both.original.client, "jwt", email, PASSWORD).await;
    assert_eq!(both.ours.client.with(header, &value).post("/auth/jwt/logout").await.status, 200);
    assert!(!is_in(&both.ours, &(header, value)).await, "ours ends it");
}

async fn a_new_password_ends_sessions_of_either(both: &Both) {
    let email = "arthur@camelot.bt";
    register(&both.original, email).await;
    let mut sessions = Vec::new();
    for backend in BACKENDS {
        for (way, from, _) in both.directions() {
            sessions.push((way, backend, session(&from.client, backend, email, PASSWORD).await));
        }
    }
    let (header, value) = session(&both.ours.client, "db", email, PASSWORD).await;
    let change =
        both.ours.client.with(header, &value).patch("/users/me", json!({ "password": "lancelot" })).await;
    assert_eq!(change.status, 200, "{}", change.text);
    for (way, backend, session) in &sessions {
        assert!(!is_in(&both.ours, session).await, "{way}: {backend} lives on at ours");
        // The original asks its database and its Redis. Of a JWT nobody can tell it, and nobody here has seen all the
        // tokens that it has put into Redis.
        let is_seen = *backend == "db" || (*backend == "redis" && *way == "from ours");
        let lives_on = is_seen && is_in(&both.original, session).await;
        assert!(!lives_on, "{way}: {backend} lives on at the original");
    }
    // A JWT of FastAPI Users names whole seconds: one that is issued in the second of the change counts as older.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for server in [&both.ours, &both.original] {
        for backend in BACKENDS {
            let new = session(&server.client, backend, email, "lancelot").await;
            assert!(is_in(&both.ours, &new).await && is_in(&both.original, &new).await, "{backend}");
        }
    }
}

async fn both_serve_at_once(both: &Both) {
    let emails = (0..3).map(|n| format!("knight-{n}@camelot.bt")).collect::<Vec<_>>();
    for (n, email) in emails.iter().enumerate() {
        register(both.directions()[n % 2].1, email).await;
    }
    let hashes = emails.iter().map(|email| both.stored_hash(email)).collect::<Vec<_>>();
    for _ in 0..2 {
        let sessions = futures_util::future::join_all(emails.iter().flat_map(|email| {
            both.directions().map(|(way, from, to)| async move {
                for backend in BACKENDS {
                    let session = session(&from.client, backend, email, PASSWORD).await;
                    assert!(is_in(to, &session).await, "{way}: {backend}");
                }
            })
        }));
        sessions.await;
    }
    // Neither finds the other's hashes outdated, or its own.
    assert_eq!(emails.iter().map(|email| both.stored_hash(email)).collect::<Vec<_>>(), hashes);

    // Of many registrations of one address at both, there is one user; ours answers as the contract says.
    let answers = futures_util::future::join_all((0..8).map(|n| {
        let (_, server, _) = both.directions()[n % 2];
        async move { (n % 2 == 1, server.client.register("Mordred@camelot.bt", PASSWORD).await) }
    }));
    let answers = answers.await;
    for (is_ours, answer) in &answers {
        assert!(!is_ours || [201, 400].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    let created = answers.iter().filter(|(_, answer)| answer.status == 201).count();
    assert_eq!(created, 1);
    let users = "SELECT count(*) AS value FROM \"user\" WHERE lower(email) = 'mordred@camelot.bt'";
    assert_eq!(both.database.number(users), 1);
}
