//! OWASP ASVS 5.0, V16.3: who reads the log learns of each sign-in, refusal and change: who, from where, by which backend
//! and why. What it doesn't learn is what somebody typed.

use std::time::Duration;

use axum_users::event::EventKind;
use axum_users::prelude::*;
use axum_users_tests::{Backend, Options, Server, has_own_process, on_each_store, told, traced};
use serde_json::json;

use crate::common::{ARTHUR, MERLIN, PASSWORD, reset_token, verify_token};

const MINUTE: Duration = Duration::from_secs(60);

/// What is told of a server's users, bit by bit.
pub(crate) struct Log {
    pub(crate) seen: usize,
}

impl Log {
    /// Fails unless these events have been told since the last look, in this order, from this machine.
    #[track_caller]
    pub(crate) fn tells(&mut self, expected: &[&str]) {
        let told = told();
        let new = told[self.seen..].iter().map(|line| line.replace(" client=127.0.0.1", " from here"));
        assert_eq!(new.collect::<Vec<_>>(), expected);
        self.seen = told.len();
    }
}

#[on_each_store]
async fn a_life_is_told() {
    if !has_own_process() {
        return;
    }
    let server =
        Server::with(Options { policy: axum_users_tests::strict_for_unverified(), ..Options::default() })
            .await;
    let client = server.client();
    let mut log = Log { seen: told().len() };

    let id = server.user(ARTHUR, PASSWORD, |_| {}).await.id;
    log.tells(&[&format!("registered user={id}")]);

    client.login(Backend::Db, ARTHUR, "mordred-was-here").await;
    let refused = |reason: &str| {
        format!(r#"sign_in_refused reason="{reason}" user={id} from here backend="db" method="password""#)
    };
    log.tells(&[&refused("wrong_password")]);
    let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    log.tells(&[&format!(r#"signed_in user={id} from here backend="db" method="password""#)]);

    session.get("/verified").await;
    session.get(&format!("/users/{id}")).await;
    log.tells(&[
        &format!(r#"access_refused reason="not_verified" user={id} from here"#),
        &format!(r#"access_refused reason="not_superuser" user={id} from here"#),
    ]);

    let token = verify_token(&server, ARTHUR).await;
    for _ in 0..2 {
        client.post_json("/auth/verify", json!({ "token": token, "password": PASSWORD })).await;
    }
    client.post_json("/auth/verify", json!({ "token": "no-token-at-all" })).await;
    log.tells(&[
        &format!("verification_requested user={id} from here"),
        &format!("verified user={id} from here"),
        &format!(r#"verification_refused reason="already_verified" user={id} from here"#),
        r#"verification_refused reason="unknown_token" from here"#,
    ]);

    let token = reset_token(&server, ARTHUR).await;
    for _ in 0..2 {
        let body = json!({ "token": token, "password": "holy-grail" });
        client.post_json("/auth/reset-password", body).await;
    }
    // The session hung on the former password.
    session.get("/authenticated").await;
    log.tells(&[
        &format!("password_reset_requested user={id} from here"),
        &format!("password_reset user={id} from here"),
        r#"password_reset_refused reason="ended" from here"#,
        r#"token_refused reason="unknown_token" from here"#,
    ]);

    let session = client.signed_in(Backend::Jwt, ARTHUR, "holy-grail").await;
    session.patch("/users/me", json!({ "password": "round-table" })).await;
    let change = json!({ "password": "round-table", "current_password": "holy-grail" });
    session.patch("/users/me", change).await;
    session.get("/authenticated").await;
    log.tells(&[
        &format!(r#"signed_in user={id} from here backend="jwt" method="password""#),
        &format!(r#"update_refused reason="bad_current_password" user={id} by={id} from here"#),
        &format!("user_updated user={id} by={id} from here"),
        &format!("password_changed user={id} by={id} from here"),
        r#"token_refused reason="ended" from here"#,
    ]);

    // One client has one line a minute for each reason.
    server.clock.advance(MINUTE);
    let session = client.signed_in(Backend::Jwt, ARTHUR, "round-table").await;
    session.post("/auth/jwt/logout").await;
    session.get("/authenticated").await;
    server.clock.advance(HOUR * 2);
    session.get("/authenticated").await;
    log.tells(&[
        &format!(r#"signed_in user={id} from here backend="jwt" method="password""#),
        &format!(r#"signed_out user={id} from here backend="jwt""#),
        r#"token_refused reason="ended" from here"#,
        r#"token_refused reason="expired" from here"#,
    ]);

    let by = server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await.id;
    let merlin = client.signed_in(Backend::Db, MERLIN, PASSWORD).await;
    let path = format!("/users/{id}");
    merlin.patch(&path, json!({ "is_active": false })).await;
    client.login(Backend::Db, ARTHUR, "round-table").await;
    merlin.patch(&path, json!({ "is_active": true, "is_superuser": true })).await;
    merlin.patch(&path, json!({ "is_superuser": false, "email": "king@camelot.bt" })).await;
    merlin.delete(&path).await;
    let done = |what: &str| format!("{what} user={id} by={by} from here");
    log.tells(&[
        &format!("registered user={by}"),
        &format!(r#"signed_in user={by} from here backend="db" method="password""#),
        &done("user_updated"),
        &done("deactivated"),
        &refused("inactive"),
        &done("user_updated"),
        &done("activated"),
        &done("superuser_granted"),
        &done("user_updated"),
        &done("email_changed"),
        &done("superuser_revoked"),
        &done("deleted"),
    ]);
}

#[on_each_store]
async fn who_is_nobody_has_a_name_that_tells_nothing() {
    if !has_own_process() {
        return;
    }
    let server = Server::start().await;
    let client = server.client();
    let seen = told().len();
    for username in ["nobody@camelot.bt", " NOBODY@Camelot.bt", "noone@camelot.bt", "a-password-by-mistake"] {
        client.login(Backend::Db, username, PASSWORD).await;
    }
    client.post_json("/auth/forgot-password", json!({ "email": "nobody@camelot.bt" })).await;
    let told = told()[seen..].to_vec();
    let digests = told.iter().map(|line| line.split_once("email_digest=").map(|(_, digest)| digest));
    let [nobody, again, noone, mistake, forgot] = digests.collect::<Vec<_>>()[..] else { panic!("{told:?}") };
    assert!(nobody.is_some_and(|digest| digest.len() == r#""1234567""#.len()), "{told:?}");
    assert_eq!((again, forgot, mistake), (nobody, nobody, None), "{told:?}");
    assert!(noone.is_some() && noone != nobody, "{told:?}");
    assert!(told[3].contains(r#"reason="no_address""#), "{told:?}");
    let traced = traced().to_lowercase();
    for typed in ["nobody@", "noone@", "a-password-by-mistake"] {
        assert!(!traced.contains(typed), "{typed}");
    }
    // Another app has other names for them.
    let other = Server::of(Options::default(), |config| config.secret = "x".repeat(32).into(), |setup| setup);
    other.await.expect("the app starts").client().login(Backend::Db, "nobody@camelot.bt", PASSWORD).await;
    let last = told_last();
    assert!(last.contains("email_digest=") && !last.ends_with(nobody.expect("a digest")), "{last}");
}

fn told_last() -> String {
    told().pop().expect("something is told")
}

#[on_each_store]
async fn another_site_is_told() {
    if !has_own_process() {
        return;
    }
    let server = Server::start().await;
    let form = server.client().with("sec-fetch-site", "cross-site");
    assert_eq!(form.login(Backend::Cookie, ARTHUR, PASSWORD).await.status, 403);
    let host = server.url.trim_start_matches("http://");
    let expected = |backend: &str, origin: &str| {
        format!(
            r#"cross_site_refused client=127.0.0.1 backend="{backend}"{origin} host="{host}" setting="trusted_origins""#
        )
    };
    assert_eq!(told_last(), expected("cookie", ""));
    // The operator sees which origin to trust.
    let page = server.client().with("origin", "https://app.camelot.bt");
    assert_eq!(page.login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 403);
    assert_eq!(told_last(), expected("jwt", r#" origin="https://app.camelot.bt""#));
    // One client has one line a minute.
    server.clock.advance(MINUTE);
    // Of a page's URL, its path and query may hold a token.
    let page = server.client().with("referer", "https://app.camelot.bt/reset?token=holy-grail");
    assert_eq!(page.login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 403);
    assert_eq!(told_last(), expected("jwt", r#" origin="https://app.camelot.bt""#));
    server.clock.advance(MINUTE);
    // What a client sends is escaped and cut.
    let long = format!("https://\"{}", "x".repeat(1000));
    let page = server.client().with("origin", &long);
    assert_eq!(page.login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 403);
    assert_eq!(told_last(), expected("jwt", &format!(r#" origin="https://\"{}""#, "x".repeat(191))));
}

/// The README's table: names and levels.
#[test]
fn the_readme_knows_each_event() {
    let readme = include_str!("../../README.md");
    let rows = readme.lines().skip_while(|line| !line.starts_with("| event | level |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let shown = rows.map(|row| {
        let cells = row.split('|').map(str::trim).collect::<Vec<_>>();
        (cells[1].trim_matches('`').to_owned(), cells[2].to_owned())
    });
    let known = EventKind::ALL.iter().map(|kind| (kind.name().to_owned(), kind.level().to_string()));
    assert_eq!(shown.collect::<Vec<_>>(), known.collect::<Vec<_>>());
}
