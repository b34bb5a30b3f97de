//! Bodies that are broken, hostile or of the wrong kind: each is refused, and nothing has changed.

use axum_users_tests::{Answer, Backend, Client, Server, on_each_store};
use reqwest::Method;
use serde_json::{Value, json};

use crate::cast::{ARTHUR, PASSWORD, arthur_signed_in, merlin_signed_in, rows, with};
use crate::wire;

/// Everything that reads JSON.
const PLACES: [&str; 7] = [
    "/auth/jwt/login",
    "/auth/register",
    "/auth/forgot-password",
    "/auth/reset-password",
    "/auth/request-verify-token",
    "/auth/verify",
    "/users/me",
];

/// Sends a body to a place, with the method that it takes.
async fn send(
    client: &Client,
    place: &str,
    content_type: Option<&str>,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let method = if place == "/users/me" { Method::PATCH } else { Method::POST };
    let request = client.request(method, place).body(body);
    Answer::of(match content_type {
        Some(content_type) => request.header("content-type", content_type),
        None => request,
    })
    .await
}

#[on_each_store]
async fn broken_json_is_named_by_its_place() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    for (body, offset) in [
        ("{", 1),
        (r#"{"email": "#, 10),
        (r#"{"email" "arthur"}"#, 9),
        (r#"{"email": 'arthur'}"#, 10),
        ("{\n\"email\": ?}", 11),
        ("{} {}", 3),
        (r#"{"email": "arthur@camelot.bt""#, 29),
    ] {
        for place in PLACES {
            let answer = send(&client, place, Some("application/json"), body).await;
            answer.is_invalid(&[(json!(["body", offset]), "json_invalid")]);
        }
    }
    assert_eq!(rows(&server), before);
}

/// FastAPI Users accepts it, too.
#[on_each_store]
async fn a_byte_order_mark_is_ignored() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let marked = |body: Value| format!("\u{feff}{body}");
    let login = json!({ "username": ARTHUR, "password": PASSWORD });
    for (place, body, status) in [
        ("/auth/jwt/login", login, 200),
        ("/auth/register", json!({ "email": "kay@camelot.bt", "password": PASSWORD }), 201),
        ("/auth/forgot-password", json!({ "email": ARTHUR }), 202),
        ("/users/me", json!({ "display_name": "Arthur" }), 200),
    ] {
        let answer = send(&client, place, Some("application/json"), marked(body)).await;
        assert_eq!(answer.status, status, "{place}: {}", answer.text);
    }
    // One mark, at the start.
    for (body, offset) in [("\u{feff}", 0), ("\u{feff}\u{feff}{}", 0), ("{}\u{feff}", 2)] {
        let answer = send(&client, "/users/me", Some("application/json"), body).await;
        answer.is_invalid(&[(json!(["body", offset]), "json_invalid")]);
    }
}

#[on_each_store]
async fn what_json_can_not_hold_is_broken() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_value = format!(r#"{{"email": "a@b.bt", "password": "abc", "display_name": {deep}}}"#);
    for body in [
        b"{\"email\": \"\xff@camelot.bt\", \"password\": \"abc\"}".as_slice(),
        b"\xff\xfe{\0}\0",
        br#"{"email": "\ud800@camelot.bt", "password": "abc"}"#,
        b"{\"email\": \"a\0@camelot.bt\", \"password\": \"abc\"}",
        br#"{"email": NaN}"#,
        br#"{"credits": 1e999}"#,
        deep.as_bytes(),
        deep_value.as_bytes(),
    ] {
        for place in PLACES {
            let answer = send(&client, place, Some("application/json"), body.to_vec()).await;
            assert_eq!(answer.status, 422, "{}", answer.text);
            assert_eq!(answer.detail()[0]["type"], "json_invalid", "{}", answer.text);
        }
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn a_body_that_is_missing_or_no_object_is_named() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    let fields =
        |names: &[&str]| names.iter().map(|name| (json!(["body", name]), "missing")).collect::<Vec<_>>();
    for (place, embedded) in [
        ("/auth/jwt/login", Some(fields(&["username", "password"]))),
        ("/auth/register", None),
        ("/auth/forgot-password", Some(fields(&["email"]))),
        ("/auth/reset-password", Some(fields(&["token", "password"]))),
        ("/auth/request-verify-token", Some(fields(&["email"]))),
        ("/auth/verify", Some(fields(&["token"]))),
        ("/users/me", None),
    ] {
        for (body, kind) in [
            ("", "missing"),
            ("null", "model_attributes_type"),
            ("[]", "model_attributes_type"),
            ("1", "model_attributes_type"),
            (r#""arthur""#, "model_attributes_type"),
            ("true", "model_attributes_type"),
        ] {
            let answer = send(&client, place, Some("application/json"), body).await;
            let whole = vec![(json!(["body"]), kind)];
            answer.is_invalid(embedded.as_ref().unwrap_or(&whole));
        }
        let answer = send(&client, place, None, "").await;
        answer.is_invalid(embedded.as_ref().unwrap_or(&vec![(json!(["body"]), "missing")]));
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn json_goes_by_several_names() {
    let server = Server::start().await;
    for (index, content_type) in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.api+json",
        "application/merge-patch+json;v=1",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("knight{index}@camelot.bt");
        let body = json!({ "email": email, "password": PASSWORD }).to_string();
        let answer = server.client().post_raw("/auth/register", content_type, body).await;
        assert_eq!(answer.status, 201, "{content_type}: {}", answer.text);
        let body = json!({ "username": email, "password": PASSWORD }).to_string();
        let answer = server.client().post_raw("/auth/jwt/login", content_type, body).await;
        assert_eq!(answer.status, 200, "{content_type}: {}", answer.text);
    }
}

#[on_each_store]
async fn other_types_are_not_read() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    let body = json!({ "email": "king@camelot.bt", "password": PASSWORD, "username": ARTHUR }).to_string();
    for content_type in [
        None,
        Some("text/plain"),
        Some("text/json"),
        Some("application/xml"),
        Some("application/jsonp"),
        Some("application/octet-stream"),
        Some(""),
        Some("+json"),
    ] {
        for place in PLACES {
            let answer = send(&client, place, content_type, body.clone()).await;
            answer.refuses(415, json!("Unsupported Media Type"));
        }
    }
    // A form is read at the login alone: anyone's page can send one.
    let form = "application/x-www-form-urlencoded";
    for place in PLACES.into_iter().filter(|place| !place.ends_with("/login")) {
        let answer = send(&client, place, Some(form), "email=king%40camelot.bt&password=guinevere").await;
        answer.refuses(415, json!("Unsupported Media Type"));
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn a_broken_multipart_form_is_refused() {
    let server = Server::start().await;
    arthur_signed_in(&server).await;
    for (content_type, body) in [
        ("multipart/form-data", "--x--"),
        ("multipart/form-data; boundary=x", "no boundary"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\na",
        ),
    ] {
        let answer = server.client().post_raw("/auth/jwt/login", content_type, body).await;
        answer.is_invalid(&[(json!(["body"]), "form_invalid")]);
    }
}

#[on_each_store]
async fn a_body_over_the_limit_is_not_read() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    let authorization = client.headers["authorization"].to_str().expect("text");
    for place in PLACES {
        let method = if place == "/users/me" { "PATCH" } else { "POST" };
        for content_type in
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
        {
            let head = format!(
                "{method} {place} HTTP/1.1\r\nhost: camelot\r\nauthorization: {authorization}\r\n\
                 content-type: {content_type}\r\n"
            );
            // Ten megabytes that are announced, and not even sent.
            let announced = format!("{head}content-length: 10485760\r\n\r\n");
            // One chunk of 128 KiB, and no end in sight.
            let streamed =
                format!("{head}transfer-encoding: chunked\r\n\r\n20000\r\n{}", " ".repeat(0x20000));
            for request in [announced, streamed] {
                let answer = wire::send(&server.url, &request).await;
                assert!(answer.starts_with("HTTP/1.1 413 "), "{place}: {answer}");
                assert!(answer.contains("\r\ncache-control: no-store\r\n"), "{place}: {answer}");
                assert!(answer.ends_with(r#"{"detail":"Content Too Large"}"#), "{place}: {answer}");
            }
        }
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn no_hostile_text_is_an_address() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    for email in [
        "a\0@camelot.bt",
        "\0",
        "a@camelot.bt\0",
        "a\u{7}@camelot.bt",
        "a\u{1b}[0m@camelot.bt",
        "a@camelot.bt\r\nBcc: b@evil.bt",
        "a@b@camelot.bt",
        "a@camelot.bt,b@camelot.bt",
        "a@camelot.bt;b@camelot.bt",
        "Arthur <a@camelot.bt>",
        "\"a b\"@camelot.bt",
        "a\u{ff20}camelot.bt",
        "a@camelot\u{ff20}evil.bt",
        "a\u{200b}@camelot.bt",
        "a\u{202e}@camelot.bt",
        "a@localhost",
        "a@[127.0.0.1]",
        "@",
        "' OR 1=1 --@camelot.bt",
    ] {
        let mistakes = [(json!(["body", "email"]), "value_error")];
        let body = json!({ "email": email, "password": PASSWORD });
        client.post_json("/auth/register", body.clone()).await.is_invalid(&mistakes);
        client.patch("/users/me", body.clone()).await.is_invalid(&mistakes);
        // A text that looks an existing user up is nobody's.
        for place in ["/auth/forgot-password", "/auth/request-verify-token"] {
            client.post_json(place, body.clone()).await.is(202, &json!(null));
        }
        if !email.is_empty() {
            client.login(Backend::Jwt, email, PASSWORD).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
    }
    let long = format!("{}@camelot.bt", "a".repeat(60_000));
    let answer = client.register(&long, PASSWORD).await;
    answer.is_invalid(&[(json!(["body", "email"]), "value_error")]);
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn a_text_of_the_apps_own_holds_all_but_nul() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    for name in
        ["\u{7}\u{1b}[0m", "line\r\nline", "\u{202e}eman", "'); DROP TABLE user; --", "<script>", "\u{fffd}"]
    {
        let answer = client.patch("/users/me", json!({ "display_name": name })).await;
        assert_eq!((answer.status.as_u16(), &answer.json["display_name"]), (200, &json!(name)));
    }
    let before = rows(&server);
    for body in [json!({ "display_name": "nul\0within" }), json!({ "display_name": "\0" })] {
        let mistakes = [(json!(["body", "display_name"]), "value_error")];
        client.patch("/users/me", body.clone()).await.is_invalid(&mistakes);
        let body = with(json!({ "email": "king@camelot.bt", "password": PASSWORD }), body);
        client.post_json("/auth/register", body).await.is_invalid(&mistakes);
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn no_wrong_type_is_taken() {
    let server = Server::start().await;
    let (user, client) = arthur_signed_in(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let before = rows(&server);
    let path = format!("/users/{}", user.id);
    let wrong = |name: &str| -> Vec<Value> {
        let all = [json!(1), json!(1.5), json!(true), json!("text"), json!([]), json!({}), json!([1, 2])];
        all.into_iter()
            .filter(|value| match name {
                "email" | "is_active" | "is_superuser" | "is_verified" => true,
                "credits" => !value.is_i64(),
                _ => !value.is_string(),
            })
            .filter(|value| !(name.starts_with("is_") && value.is_boolean()))
            .collect()
    };
    for name in
        ["email", "password", "current_password", "display_name", "is_active", "is_superuser", "is_verified"]
    {
        for value in wrong(name) {
            let answer = client.patch("/users/me", json!({ name: value })).await;
            assert_eq!(answer.detail()[0]["loc"], json!(["body", name]), "{value}: {}", answer.text);
            assert_eq!(answer.status, 422, "{name}: {value}");
        }
    }
    for value in wrong("credits") {
        let answer = merlin.patch(&path, json!({ "credits": value })).await;
        assert_eq!((answer.status.as_u16(), &answer.detail()[0]["loc"]), (422, &json!(["body", "credits"])));
    }
    assert_eq!(rows(&server), before);
}
