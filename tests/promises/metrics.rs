//! The feature `metrics`: what is told is counted under the same names, and hashing is timed.

use std::collections::BTreeMap;

use axum_users_tests::{Backend, Options, Server, has_own_process, on_each_store};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use serde_json::json;

use crate::common::{ARTHUR, PASSWORD, camelot, posts};

/// What is counted in this process from now on: the test runner gives each test one of its own.
fn counted() -> Snapshotter {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().expect("the only one in this process");
    snapshotter
}

/// The metrics of this crate, each with its labels in the order of the alphabet.
fn metrics(snapshotter: &Snapshotter) -> BTreeMap<String, DebugValue> {
    let metrics = snapshotter.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
        let key = key.key();
        let mut labels =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect::<Vec<_>>();
        labels.sort();
        (format!("{} {}", key.name(), labels.join(",")).trim_end().to_owned(), value)
    });
    metrics.filter(|(name, _)| name.starts_with("axum_users_")).collect()
}

#[on_each_store]
async fn what_is_told_is_counted() {
    if !has_own_process() {
        return;
    }
    let snapshotter = counted();
    let server = camelot(Options::default()).await;
    let client = server.client();
    for password in ["mordred-was-here", "morgana-was-here"] {
        client.login(Backend::Db, ARTHUR, password).await;
    }
    client.login(Backend::Jwt, "nobody@camelot.bt", PASSWORD).await;
    let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    // Not each of them has a line.
    for _ in 0..3 {
        session.get("/superuser").await;
        client.with("authorization", "Bearer no-token-at-all").get("/authenticated").await;
    }

    let mut metrics = metrics(&snapshotter);
    for (labels, count) in [
        ("event=registered", 1),
        ("backend=db,event=sign_in_refused,method=password,reason=wrong_password", 2),
        ("backend=jwt,event=sign_in_refused,method=password,reason=unknown_user", 1),
        ("backend=db,event=signed_in,method=password", 1),
        ("event=access_refused,reason=not_superuser", 3),
        ("event=token_refused,reason=unknown_token", 3),
    ] {
        let counted = metrics.remove(&format!("axum_users_events_total {labels}"));
        assert_eq!(counted, Some(DebugValue::Counter(count)), "{labels}: {metrics:?}");
    }
    assert_eq!(metrics.remove("axum_users_hashing_queue"), Some(DebugValue::Gauge(0.0.into())));
    let mut samples = |name: &str| match metrics.remove(name) {
        Some(DebugValue::Histogram(samples)) => samples.len(),
        other => panic!("{name}: {other:?}"),
    };
    // The decoy of the start is one of those that were hashed.
    assert_eq!(samples("axum_users_hashing_seconds operation=hash"), 2);
    assert_eq!(samples("axum_users_hashing_seconds operation=verify"), 4);
    assert_eq!(samples("axum_users_hashing_wait_seconds"), 6);
    assert_eq!(metrics.keys().next(), None, "nothing else is counted");
}

#[on_each_store]
async fn labels_are_few_whoever_comes() {
    if !has_own_process() {
        return;
    }
    let snapshotter = counted();
    let server = Server::start().await;
    posts(
        &server.client(),
        "/auth/db/login",
        20,
        |n| json!({ "username": format!("knight-{n}@camelot.bt"), "password": format!("password-{n}") }),
    )
    .await;
    let metrics = metrics(&snapshotter);
    let mut events = metrics.iter().filter(|(name, _)| name.starts_with("axum_users_events_total"));
    let labels = "backend=db,event=sign_in_refused,method=password,reason=unknown_user";
    let (name, count) = events.next().expect("it is counted");
    assert_eq!((&**name, count), (&*format!("axum_users_events_total {labels}"), &DebugValue::Counter(20)));
    assert!(events.next().is_none(), "{metrics:?}");
}
