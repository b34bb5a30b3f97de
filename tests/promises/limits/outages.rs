//! A fault of ours is no wrong password: a 503 gives the guess back, where no hash was compared.

use axum_users::manager::Credentials;
use axum_users::password::PoolSize;
use axum_users::prelude::*;
use axum_users_tests::{Backend, Client, Fault, Faults, HashingGate as Gate, Place, Server, on_each_store};
use serde_json::json;
use tokio::task::JoinSet;

use super::{Counts, MINUTE, NOBODY, OFF, client_at, counters, is_too_many, start_with};
use crate::common::{ARTHUR, PASSWORD, in_time};

/// Rates under which every kind of guess is counted.
fn limits(most: u32) -> [Limits; 2] {
    let rate = Some(Rate::new(most, most * MINUTE));
    [OFF.passwords(rate), OFF.passwords_per_account(rate)]
}

async fn wrong(client: &Client, email: &str) {
    client.login(Backend::Jwt, email, "lancelot").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
}

/// Has the app's own code ask for so many hashes that one runs, one waits, and the queue is full.
async fn filled(gate: &Gate, server: &Server) -> JoinSet<()> {
    gate.set(false);
    let mut others = JoinSet::new();
    for _ in 0..8 {
        let manager = Manager::for_code(server.camelot.clone());
        let credentials = Credentials::new("kay@camelot.bt", PASSWORD);
        others.spawn(async move { drop(manager.authenticate(&credentials).await) });
    }
    for _ in 0..6 {
        in_time(others.join_next()).await.expect("one more").expect("no panic");
    }
    others
}

/// The store is unreachable when the user is looked up.
#[on_each_store]
async fn a_guess_that_was_not_compared_is_given_back() {
    for counts in counters().await {
        // Counters in the database would be unreachable, too.
        if let Counts::InDatabase = counts {
            continue;
        }
        for limits in limits(3) {
            let faults = Faults::default();
            let place = Place { faults: Some(faults.clone()), ..Place::default() };
            let server =
                start_with(&counts, limits, Policy::fastapi_users().keep_last_superuser(true), |setup| {
                    setup.database(place)
                })
                .await;
            server.user(ARTHUR, PASSWORD, |_| {}).await;
            for email in [ARTHUR, NOBODY] {
                let client = client_at(&server, 1);
                wrong(&client, email).await;
                for _ in 0..10 {
                    faults.strike(0, Fault::Fails);
                    assert_eq!(client.login(Backend::Jwt, email, "lancelot").await.status, 503);
                    drop(faults.calls());
                }
                // It adds no more than it took: two are left of three.
                wrong(&client, email).await;
                wrong(&client, email).await;
                is_too_many(&client.login(Backend::Jwt, email, "lancelot").await, 60);
            }
        }
    }
}

/// One hash runs and one waits: the next login is turned away, known or unknown, and costs no guess.
#[on_each_store]
async fn a_full_queue_costs_no_guess() {
    for counts in counters().await {
        for limits in limits(3) {
            let gate = Gate::open();
            let pool = PoolSize::new(1, 1);
            let hasher = gate.clone();
            let server =
                start_with(&counts, limits, Policy::fastapi_users().keep_last_superuser(true), |setup| {
                    setup.hasher(hasher).hashing_pool(pool)
                })
                .await;
            server.user(ARTHUR, PASSWORD, |_| {}).await;
            let mut others = filled(&gate, &server).await;
            for email in [ARTHUR, NOBODY] {
                let client = client_at(&server, 1);
                for _ in 0..10 {
                    assert_eq!(client.login(Backend::Jwt, email, "lancelot").await.status, 503, "{email}");
                }
            }
            gate.set(true);
            while in_time(others.join_next()).await.is_some() {}
            for email in [ARTHUR, NOBODY] {
                let client = client_at(&server, 1);
                for _ in 0..3 {
                    wrong(&client, email).await;
                }
                is_too_many(&client.login(Backend::Jwt, email, "lancelot").await, 60);
            }
        }
    }
}

/// Once a hash has been compared, nothing is given back: the token can't be stored, and the answer is a 503 all the same.
#[on_each_store]
async fn a_password_that_was_compared_counts_whatever_fails_then() {
    let faults = Faults::default();
    let place = Place { faults: Some(faults.clone()), ..Place::default() };
    let [limits, _] = limits(3);
    let server =
        start_with(&Counts::Here, limits, Policy::fastapi_users().keep_last_superuser(true), |setup| {
            setup.database(place)
        })
        .await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let client = client_at(&server, 1);
    for _ in 0..3 {
        // The look-up, and then the transaction of the token.
        faults.strike(1, Fault::Fails);
        assert_eq!(client.login(Backend::Db, ARTHUR, PASSWORD).await.status, 503);
        drop(faults.calls());
    }
    is_too_many(&client.login(Backend::Db, ARTHUR, PASSWORD).await, 60);
}

/// Where a session asks for the current password, too.
#[on_each_store]
async fn a_full_queue_costs_no_guess_at_the_current_password() {
    let gate = Gate::open();
    let hasher = gate.clone();
    let [limits, _] = limits(2);
    let server = start_with(&Counts::Here, limits, Policy::strict(), |setup| {
        setup.hasher(hasher).hashing_pool(PoolSize::new(1, 1))
    })
    .await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let arthur = client_at(&server, 1).signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let change = || json!({ "password": "round-table-12", "current_password": "lancelot" });
    let mut others = filled(&gate, &server).await;
    for _ in 0..5 {
        assert_eq!(arthur.patch("/users/me", change()).await.status, 503);
    }
    gate.set(true);
    while in_time(others.join_next()).await.is_some() {}
    for _ in 0..2 {
        arthur.patch("/users/me", change()).await.refuses(400, json!("UPDATE_USER_BAD_CURRENT_PASSWORD"));
    }
    is_too_many(&arthur.patch("/users/me", change()).await, 60);
}

/// During an outage nobody loses the mails of an hour.
#[on_each_store]
async fn a_mail_that_was_not_sent_is_given_back() {
    for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
        let faults = Faults::default();
        let place = Place { faults: Some(faults.clone()), ..Place::default() };
        let limits = OFF.mails(Rate::new(2, HOUR)).emails_per_recipient(Rate::new(2, HOUR));
        let server =
            start_with(&Counts::Here, limits, Policy::fastapi_users().keep_last_superuser(true), |setup| {
                setup.database(place)
            })
            .await;
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        drop(server.events().await);
        let client = client_at(&server, 1);
        for _ in 0..5 {
            faults.strike(0, Fault::Fails);
            assert_eq!(client.post_json(path, json!({ "email": ARTHUR })).await.status, 503);
            drop(faults.calls());
        }
        for _ in 0..4 {
            client.post_json(path, json!({ "email": ARTHUR })).await.is(202, &json!(null));
        }
        assert_eq!(server.mails().await.len(), 2);
    }
}

/// The share of the queue that one client has: a quarter, so that others find places.
#[on_each_store]
async fn one_client_cannot_fill_the_queue_of_hashes() {
    let gate = Gate::open();
    let hasher = gate.clone();
    let server: Server =
        start_with(&Counts::Here, OFF, Policy::fastapi_users().keep_last_superuser(true), |setup| {
            setup.hasher(hasher).hashing_pool(PoolSize::new(1, 8))
        })
        .await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    gate.set(false);
    let flood = |address: &'static str, count: usize| {
        let client = server.client().with("x-forwarded-for", address);
        let mut logins = JoinSet::new();
        for _ in 0..count {
            let client = client.clone();
            logins.spawn(async move { client.login(Backend::Jwt, ARTHUR, PASSWORD).await.status.as_u16() });
        }
        logins
    };
    let mut running = flood("203.0.113.1", 1);
    gate.holds(1).await;
    // Whatever /64 of its /48 it comes from, and whatever it asks for.
    let mut crowd = flood("2001:db8:1:1::1", 10);
    for _ in 0..8 {
        assert_eq!(in_time(crowd.join_next()).await.expect("one more").expect("no panic"), 503);
    }
    let neighbor = server.client().with("x-forwarded-for", "2001:db8:1:2::1");
    assert_eq!(neighbor.login(Backend::Jwt, NOBODY, PASSWORD).await.status, 503);
    assert_eq!(neighbor.register("kay@camelot.bt", PASSWORD).await.status, 503);
    let mut another = flood("2001:db8:2::1", 3);
    assert_eq!(in_time(another.join_next()).await.expect("one more").expect("no panic"), 503);
    let mut last = flood("198.51.100.7", 3);
    assert_eq!(in_time(last.join_next()).await.expect("one more").expect("no panic"), 503);
    gate.set(true);
    for logins in [&mut running, &mut crowd, &mut another, &mut last] {
        while let Some(status) = in_time(logins.join_next()).await {
            assert_eq!(status.expect("no panic"), 200);
        }
    }
}
