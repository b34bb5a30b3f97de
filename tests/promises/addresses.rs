//! Promise 12: a new email is parsed once, strictly. One in, one out; mail goes only to the stored one.

use axum_users_tests::{Backend, Event, Options, Server, on_each_store};
use serde_json::json;

use crate::common::{PASSWORD, count_users, one_wins, posts};

const MIKE: &str = "mike@camelot.bt";

/// No address, or more than one.
const NONE: [&str; 45] = [
    "",
    " ",
    "mike",
    "@",
    "@camelot.bt",
    "mike@",
    "mike@@camelot.bt",
    "mike@evil@camelot.bt",
    "mike@evil.bt@camelot.bt",
    "mike@camelot.bt,evil@evil.bt",
    "mike@camelot.bt;evil@evil.bt",
    "mike@camelot.bt evil@evil.bt",
    "mike,evil@camelot.bt",
    "mike;evil@camelot.bt",
    "<mike@camelot.bt>",
    "mike@camelot.bt>",
    "Mike <mike@camelot.bt>",
    "mike(king)@camelot.bt",
    "\"mike\"@camelot.bt",
    "\"evil@evil.bt \"@camelot.bt",
    "mike\\@evil.bt@camelot.bt",
    "mike:evil@camelot.bt",
    "mike@camelot.bt\r\nBcc: evil@evil.bt",
    "mike\r\n@camelot.bt",
    "mike@camelot.bt\nevil@evil.bt",
    "mike\0@camelot.bt",
    "mike@camelot.bt\0.evil.bt",
    "mike\t@camelot.bt",
    "mi\u{200b}ke@camelot.bt",
    "mi\u{202e}ke@camelot.bt",
    "mike\u{a0}@camelot.bt",
    "mike\u{ff20}camelot.bt",
    "mike@camelot.bt\u{ff20}evil.bt",
    "mike\u{ff20}evil.bt@camelot.bt",
    "mike\u{fe6b}evil.bt@camelot.bt",
    "mike@camelot\u{ff0c}bt",
    "mike@camelot%2ebt",
    "mike@camelot_.bt",
    "mike@xn--camelot-.bt",
    "mike@xn--camelot.bt",
    "mike@[127.0.0.1]",
    "mike@127.0.0.1",
    "mike@localhost",
    "mike@camelot.bt.",
    "mike..evil@camelot.bt",
];

/// Addresses that look like Mike's, and whether they are his.
const TRICKS: [(&str, bool); 18] = [
    ("MIKE@CAMELOT.BT", true),
    (" mike@camelot.bt ", true),
    // NFC makes the Kelvin sign a K.
    ("mi\u{212a}e@camelot.bt", true),
    ("mike@camelot\u{3002}bt", true),
    ("mike@\u{ff43}amelot.bt", true),
    ("mike@\u{24d2}amelot.bt", true),
    ("mike@came\u{ad}lot.bt", true),
    ("m\u{131}ke@camelot.bt", false),
    ("M\u{130}KE@camelot.bt", false),
    ("m\u{ed}ke@camelot.bt", false),
    ("\u{ff4d}ike@camelot.bt", false),
    ("\u{217f}ike@camelot.bt", false),
    ("m\u{456}ke@camelot.bt", false),
    ("mi\u{138}e@camelot.bt", false),
    ("mike@c\u{430}melot.bt", false),
    ("mike@camel\u{f6}t.bt", false),
    ("mike+evil@camelot.bt", false),
    ("mike%evil.bt@camelot.bt", false),
];

async fn mikes() -> Server {
    let server = Server::start().await;
    server.user(MIKE, PASSWORD, |_| {}).await;
    drop(server.events().await);
    server
}

#[on_each_store]
async fn what_is_no_address_is_refused() {
    let server = mikes().await;
    for text in NONE {
        let body = json!({ "email": text, "password": PASSWORD });
        let answer = server.client().post_json("/auth/register", body.clone()).await;
        assert_eq!(answer.status, 422, "{text:?}");
        answer.is_invalid(&[(json!(["body", "email"]), "value_error")]);
        // What looks a user up takes every text, and finds nobody.
        for door in ["/auth/forgot-password", "/auth/request-verify-token"] {
            server.client().post_json(door, body.clone()).await.is(202, &json!(null));
        }
        for backend in Backend::all() {
            let answer = server.client().login(backend, text, PASSWORD).await;
            // An empty field of a form is a missing one.
            assert_eq!(answer.status, if text.is_empty() { 422 } else { 400 }, "{text:?}: {}", answer.text);
        }
    }
    assert_eq!(server.events().await, []);
}

#[on_each_store]
async fn no_such_address_by_a_change_either() {
    let server = mikes().await;
    let mike = server.client().signed_in(Backend::Db, MIKE, PASSWORD).await;
    for text in NONE {
        let answer = mike.patch("/users/me", json!({ "email": text })).await;
        assert_eq!(answer.status, 422, "{text:?}");
    }
    server.user("evil@evil.bt", PASSWORD, |_| {}).await;
    let evil = server.client().signed_in(Backend::Db, "evil@evil.bt", PASSWORD).await;
    for (trick, _) in TRICKS.into_iter().filter(|(_, is_mike)| *is_mike) {
        let answer = evil.patch("/users/me", json!({ "email": trick })).await;
        answer.refuses(400, json!("UPDATE_USER_EMAIL_ALREADY_EXISTS"));
    }
    assert_eq!(count_users(&server, MIKE), 1);
}

#[on_each_store]
async fn mail_goes_to_the_stored_address() {
    let server = mikes().await;
    for (trick, is_mike) in TRICKS {
        for (door, kind) in [("/auth/forgot-password", "reset"), ("/auth/request-verify-token", "verify")] {
            let answer = server.client().post_json(door, json!({ "email": trick })).await;
            answer.is(202, &json!(null));
            let mails = server.mails().await;
            let sent = mails.iter().map(|mail| (&*mail.to, mail.kind)).collect::<Vec<_>>();
            let expected = if is_mike { vec![(MIKE, kind)] } else { vec![] };
            assert_eq!(sent, expected, "{door}: {trick:?}");
        }
        for backend in Backend::all() {
            let status = if is_mike { 200 } else { 400 };
            assert_eq!(server.client().login(backend, trick, PASSWORD).await.status, status, "{trick:?}");
        }
    }
}

#[on_each_store]
async fn who_looks_like_another_is_another() {
    let server = mikes().await;
    for (trick, is_mike) in TRICKS {
        let answer = server.client().register(trick, "lancelot").await;
        if is_mike {
            answer.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
            continue;
        }
        assert_eq!(answer.status, 201, "{trick:?}: {}", answer.text);
        let stored = answer.json["email"].as_str().expect("an address").to_owned();
        drop(server.events().await);
        server.client().post_json("/auth/forgot-password", json!({ "email": trick })).await;
        let mails = server.mails().await;
        assert_eq!(mails.iter().map(|mail| &*mail.to).collect::<Vec<_>>(), [&*stored], "{trick:?}");
        assert_ne!(stored, MIKE);
        // The token is that one's own.
        let body = json!({ "token": mails[0].token, "password": "galahad" });
        assert_eq!(server.client().post_json("/auth/reset-password", body).await.status, 200);
        assert_eq!(server.client().login(Backend::Jwt, MIKE, PASSWORD).await.status, 200, "{trick:?}");
        assert_eq!(server.client().login(Backend::Jwt, MIKE, "galahad").await.status, 400, "{trick:?}");
    }
}

#[on_each_store]
async fn spellings_of_one_address_race_for_one_row() {
    let server = Server::with(Options::default()).await;
    let spellings = TRICKS.into_iter().filter(|(_, is_mike)| *is_mike).map(|(trick, _)| trick);
    let spellings = spellings.collect::<Vec<_>>();
    let answers = posts(
        &server.client(),
        "/auth/register",
        28,
        |n| json!({ "email": spellings[n % spellings.len()], "password": PASSWORD }),
    )
    .await;
    one_wins(&answers, 201, "REGISTER_USER_ALREADY_EXISTS");
    assert_eq!(count_users(&server, MIKE), 1);
    let events = server.events().await;
    assert!(matches!(events[..], [Event::Registered(_)]), "{events:?}");
}
