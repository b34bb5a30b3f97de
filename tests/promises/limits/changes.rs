//! Changes of an email or a password: each is counted before anything is looked up or hashed.

use std::sync::atomic::Ordering;

use axum_users::prelude::*;
use axum_users_tests::{Backend, Client, Server, on_each_store, strict_for_unverified};
use serde_json::{Value, json};

use super::{MINUTE, OFF, client_at, counters, is_too_many, limited};
use crate::common::{ARTHUR, MERLIN, PASSWORD};

const KAY: &str = "kay@camelot.bt";

/// The same session from another client.
fn moved_to(client: &Client, n: usize) -> Client {
    client.with("x-forwarded-for", &format!("198.51.{}.{}", n / 256, n % 256))
}

fn runs(server: &Server) -> usize {
    server.hashing.runs()
}

/// CWE-770: a user with one account can neither trigger hashes nor probe for taken emails without limit.
#[on_each_store]
async fn changes_of_one_account_are_limited_right_or_wrong() {
    for counts in counters().await {
        let limits = OFF.changes(Rate::new(5, 5 * MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
        server.user(KAY, PASSWORD, |_| {}).await;
        let arthur = client_at(&server, 1).signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        for (n, (body, status)) in [
            (json!({ "email": KAY }), 400),
            (json!({ "password": "xx" }), 400),
            (json!({ "email": "king@camelot.bt" }), 200),
            (json!({ "password": PASSWORD }), 200),
            (json!({ "email": KAY, "password": PASSWORD }), 400),
        ]
        .into_iter()
        .enumerate()
        {
            let answer = moved_to(&arthur, n).patch("/users/me", body).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
        let before = runs(&server);
        for body in
            [json!({ "email": KAY }), json!({ "email": "free@camelot.bt" }), json!({ "password": "x" })]
        {
            is_too_many(&moved_to(&arthur, 9).patch("/users/me", body).await, 60);
        }
        assert_eq!(runs(&server), before);
        // What changes neither is not counted, and another account is not concerned.
        assert_eq!(arthur.patch("/users/me", json!({ "display_name": "Arthur" })).await.status, 200);
        assert_eq!(arthur.patch("/users/me", json!({ "password": null })).await.status, 200);
        let kay = client_at(&server, 1).signed_in(Backend::Db, KAY, PASSWORD).await;
        assert_eq!(kay.patch("/users/me", json!({ "password": PASSWORD })).await.status, 200);
        server.clock.advance(MINUTE);
        assert_eq!(arthur.patch("/users/me", json!({ "email": ARTHUR })).await.status, 200);
    }
}

#[on_each_store]
async fn changes_of_one_client_are_limited_over_all_its_accounts() {
    for counts in counters().await {
        let limits = OFF.changes_per_ip(Rate::new(3, 3 * MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
        server.user(KAY, PASSWORD, |_| {}).await;
        let arthur = client_at(&server, 1).signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        let kay = client_at(&server, 1).signed_in(Backend::Jwt, KAY, PASSWORD).await;
        for client in [&arthur, &kay, &arthur] {
            client.patch("/users/me", json!({ "email": "free@camelot.bt" })).await;
        }
        is_too_many(&kay.patch("/users/me", json!({ "email": "free2@camelot.bt" })).await, 60);
        let elsewhere = moved_to(&kay, 2).patch("/users/me", json!({ "email": "free3@camelot.bt" })).await;
        assert_eq!(elsewhere.status, 200);
    }
}

/// A superuser's changes of others have a limit of their own; of itself it changes as others do, at either route.
#[on_each_store]
async fn changes_that_a_superuser_makes_are_limited() {
    for counts in counters().await {
        let limits = OFF
            .changes(Rate::new(1, MINUTE))
            .changes_per_ip(Rate::new(1, MINUTE))
            .changes_per_superuser(Rate::new(3, 3 * MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
        let arthur = server.database.rows().remove(0).id;
        let merlin = server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await.id;
        let client = client_at(&server, 1).signed_in(Backend::Db, MERLIN, PASSWORD).await;
        let path = format!("/users/{arthur}");
        for email in ["king@camelot.bt", MERLIN, "rex@camelot.bt"] {
            client.patch(&path, json!({ "email": email })).await;
        }
        let before = runs(&server);
        is_too_many(&client.patch(&path, json!({ "password": "lancelot" })).await, 60);
        assert_eq!(runs(&server), before);
        assert_eq!(client.patch(&path, json!({ "is_verified": true })).await.status, 200);
        let own = format!("/users/{merlin}");
        assert_eq!(client.patch(&own, json!({ "email": "ambrosius@camelot.bt" })).await.status, 200);
        is_too_many(&client.patch("/users/me", json!({ "email": MERLIN })).await, 60);
    }
}

/// CWE-400: a taken email is refused before the new password is hashed, and after its rules are checked.
#[on_each_store]
async fn a_taken_email_costs_no_hash() {
    let server = limited(&super::Counts::Here, OFF, Policy::fastapi_users().keep_last_superuser(true)).await;
    let kay = server.user(KAY, PASSWORD, |_| {}).await.id;
    server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let merlin = server.client().signed_in(Backend::Db, MERLIN, PASSWORD).await;
    let before = server.hashing.hashes.load(Ordering::SeqCst);
    for email in [KAY, "KAY@Camelot.bt", "kay@cam\u{ad}elot.bt"] {
        let change = |password: &str| json!({ "email": email, "password": password });
        let taken = json!("UPDATE_USER_EMAIL_ALREADY_EXISTS");
        arthur.patch("/users/me", change("lancelot")).await.refuses(400, taken.clone());
        let reason = "Password should be at least 3 characters";
        let invalid = json!({ "code": "UPDATE_USER_INVALID_PASSWORD", "reason": reason });
        arthur.patch("/users/me", change("xx")).await.refuses(400, invalid);
        let id = server.database.rows().into_iter().find(|row| row.email == ARTHUR).expect("Arthur").id;
        merlin.patch(&format!("/users/{id}"), change("lancelot")).await.refuses(400, taken);
    }
    assert_eq!(server.hashing.hashes.load(Ordering::SeqCst), before);
    // One's own email is not taken, in whatever case.
    let answer = merlin.patch(&format!("/users/{kay}"), json!({ "email": "KAY@camelot.bt" })).await;
    assert_eq!((answer.status.as_u16(), &answer.json["email"]), (200, &json!("KAY@camelot.bt")));
}

fn change(email: &str) -> Value {
    json!({ "email": email, "current_password": PASSWORD })
}

/// CWE-799: nobody has a stranger's mailbox filled, and each kind of mail leaves the others theirs.
#[on_each_store]
async fn mails_of_each_kind_have_a_bucket_of_their_own_per_recipient() {
    for counts in counters().await {
        let limits = OFF.emails_per_recipient(Rate::new(2, 2 * MINUTE));
        let server = limited(&counts, limits, strict_for_unverified()).await;
        server.user(KAY, PASSWORD, |_| {}).await;
        drop(server.events().await);
        let kinds = async || {
            let events = server.events().await;
            let kind = |event| match event {
                axum_users_tests::Event::Mailed(mail) => Some(mail.kind),
                axum_users_tests::Event::RegistrationOfKnown(_) => Some("registration"),
                _ => None,
            };
            events.into_iter().filter_map(kind).collect::<Vec<_>>()
        };
        let kay = client_at(&server, 1).signed_in(Backend::Db, KAY, PASSWORD).await;
        for n in 0..4 {
            let answer = moved_to(&kay, n).patch("/users/me", change(&ARTHUR.replace('a', "A"))).await;
            if n < 2 { assert_eq!(answer.status, 200) } else { is_too_many(&answer, 60) }
        }
        assert_eq!(kinds().await, ["change"; 2]);
        for n in 0..4 {
            client_at(&server, n).register(ARTHUR, "round-table-12").await.is(202, &json!(null));
        }
        assert_eq!(kinds().await, ["registration"; 2]);
        for (path, kind) in [("/auth/request-verify-token", "verify"), ("/auth/forgot-password", "reset")] {
            for n in 0..4 {
                client_at(&server, n).post_json(path, json!({ "email": ARTHUR })).await.is(202, &json!(null));
            }
            assert_eq!(kinds().await, [kind; 2]);
        }
    }
}

/// Over its limit of mails a client gets the answer that everybody gets, and nothing is sent.
#[on_each_store]
async fn mails_that_one_client_causes_are_limited_whatever_their_kind() {
    for counts in counters().await {
        let limits = OFF.mails(Rate::new(2, 2 * MINUTE));
        let server = limited(&counts, limits, Policy::strict()).await;
        let knights = ["kay@camelot.bt", "bors@camelot.bt", "gawain@camelot.bt", "tristan@camelot.bt"];
        for knight in knights {
            server.user(knight, PASSWORD, |_| {}).await;
        }
        drop(server.events().await);
        let arthur = client_at(&server, 1).signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        for knight in knights {
            client_at(&server, 1).register(knight, "round-table-12").await.is(202, &json!(null));
        }
        let events = server.events().await;
        let told = |event: &&axum_users_tests::Event| {
            matches!(event, axum_users_tests::Event::RegistrationOfKnown(_))
        };
        assert_eq!(events.iter().filter(told).count(), 2);
        for n in 0..3 {
            let answer = arthur.patch("/users/me", change(&format!("king{n}@camelot.bt"))).await;
            if n < 2 { assert_eq!(answer.status, 200) } else { is_too_many(&answer, 60) }
        }
        assert_eq!(server.mails().await.len(), 2);
    }
}
