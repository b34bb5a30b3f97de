//! Bodies: whatever stands in them, and whatever they are said to be.

use axum::http::header;
use axum_users::prelude::*;
use axum_users_tests::{Client, Options, is_in};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::app::{ARTHUR, Answer, App, PASSWORD, request};
use crate::cases::{almost, check, json as any_json, text};

/// Who takes a body, each with its method. `{id}` is Arthur's.
const ROUTES: [(&str, &str); 10] = [
    ("POST", "/auth/register"),
    ("POST", "/auth/forgot-password"),
    ("POST", "/auth/reset-password"),
    ("POST", "/auth/request-verify-token"),
    ("POST", "/auth/verify"),
    ("POST", "/auth/jwt/login"),
    ("POST", "/auth/db_cookie/login"),
    ("PATCH", "/users/me"),
    ("PATCH", "/users/{id}"),
    ("POST", "/auth/confirm-email"),
];

const KINDS: [&str; 8] = [
    "application/json",
    "application/json; charset=utf-8",
    "application/problem+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
];

/// A value for a field: the right one, almost, or anything.
fn field() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => almost(&["arthur@camelot.bt", "mordred@camelot.bt", "guinevere", "a.b.c"]).prop_map(Value::from),
        1 => any_json(),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
    ]
}

fn object() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "email",
        "password",
        "current_password",
        "token",
        "username",
        "is_active",
        "is_superuser",
        "is_verified",
        "id",
        "hashed_password",
        "display_name",
        "credits",
        "notes",
        "grant_type",
    ]);
    let names = prop_oneof![8 => names.prop_map(str::to_owned), 1 => text()];
    btree_map(names, field(), 0..8).prop_map(|members| json!(members))
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    const JSON: [&str; 4] = [
        r#"{"email": "mordred@camelot.bt", "password": "guinevere", "email": "x"}"#,
        r#"{"username": "arthur@camelot.bt", "password": "\ud800", "token": 1e999}"#,
        "username=arthur%40camelot.bt&password=x%ff%00&grant_type=password&username=a",
        "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\narthur@camelot.bt\r\n--x\r\nContent-Disposition: form-data; name=\"password\"; filename=\"x\"\r\n\r\nx\r\n--x--\r\n",
    ];
    prop_oneof![
        4 => object().prop_map(|object| object.to_string().into_bytes()),
        3 => almost(&JSON).prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..60),
        1 => any_json().prop_map(|json| json.to_string().into_bytes()),
        1 => (0..3_000_usize).prop_map(|depth| ["{\"a\":".repeat(depth), "[".repeat(depth)].concat().into_bytes()),
    ]
}

/// What must hold of the answers to a user's requests, whatever stands in their bodies.
fn hold(app: &App, cases: u32, session: &Client, holds: impl Fn(&str, &str, &Answer)) {
    let token = &session.headers["authorization"];
    let all = (prop::sample::select(ROUTES.to_vec()), prop::sample::select(KINDS.to_vec()), body());
    check(cases, &all, |((method, path), kind, body)| {
        let shown = String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned();
        let id = |user: &str| app.users().into_iter().find(|row| row.email == user).map(|row| row.id);
        let path = match path.strip_suffix("{id}") {
            Some(place) => format!("{place}{}", id(ARTHUR).unwrap_or_default()),
            None => path.to_owned(),
        };
        let mut request = request(method, &path, kind, body);
        request.headers_mut().insert(header::AUTHORIZATION, token.clone());
        let answer = app.ask(request);
        let status = answer.status.as_u16();
        let expected = [200, 201, 202, 400, 401, 403, 404, 413, 415, 422];
        assert!(expected.contains(&status), "{method} {path}: {status}: {shown}");
        holds(method, &shown, &answer);
    });
    assert!(app.runtime.block_on(is_in(session)), "it was somebody's all the time");
}

/// A14, A16: nobody becomes a superuser, or somebody else, by a body.
#[test]
fn a_body_does_what_it_may() {
    for policy in [Policy::fastapi_users(), Policy::strict()] {
        for app in App::on_each_store(&Options { policy, ..Options::default() }) {
            let session = app.signed_in(ARTHUR);
            let me = app.runtime.block_on(session.get("/users/me")).json;
            hold(&app, 350, &session, |method, shown, answer| {
                if answer.json["id"].is_string() {
                    assert_eq!(answer.json["is_superuser"], false, "{shown}");
                    assert_eq!(answer.json["credits"], 0, "{shown}");
                    assert!(method == "POST" || answer.json["id"] == me["id"], "{shown}");
                }
            });
            assert!(app.users().iter().all(|row| !row.is_superuser && row.notes.is_empty()));
        }
    }
}

/// What a superuser sends breaks nothing, either: what does not fit into a column is a 422.
#[test]
fn a_superusers_body_breaks_nothing() {
    for app in App::on_each_store(&Options::default()) {
        let merlin = "merlin@camelot.bt";
        app.runtime.block_on(app.server.user(merlin, PASSWORD, |merlin| merlin.is_superuser = Some(true)));
        hold(&app, 350, &app.signed_in(merlin), |_, _, _| {});
    }
}
