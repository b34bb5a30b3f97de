//! `POST /register`.

use axum_users_tests::{Backend, Server, on_each_store};
use serde_json::{Value, json};

use crate::cast::{ARTHUR, PASSWORD, arthur, rows, with};

/// What a registration of Arthur is answered with, less the id.
fn arthur_shown(id: &Value) -> Value {
    json!({
        "id": id,
        "email": ARTHUR,
        "is_active": true,
        "is_superuser": false,
        "is_verified": false,
        "display_name": null,
        "credits": 0,
    })
}

#[on_each_store]
async fn makes_a_user() {
    let server = Server::start().await;
    let answer = server.client().register(ARTHUR, PASSWORD).await;
    answer.is(201, &arthur_shown(&answer.json["id"]));
    let [row] = &rows(&server)[..] else { panic!("one user") };
    assert_eq!(answer.json["id"], row.id.as_str());
    assert_eq!((&*row.email, &*row.notes, row.credits), (ARTHUR, "", 0));
    assert!(row.hashed_password.starts_with("$argon2id$"), "{}", row.hashed_password);
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
}

#[on_each_store]
async fn takes_the_fields_that_users_may_set() {
    let server = Server::start().await;
    for (email, name) in [
        (ARTHUR, json!("The King")),
        ("lancelot@camelot.bt", json!("")),
        ("percival@camelot.bt", json!(null)),
    ] {
        let body = json!({ "email": email, "password": PASSWORD, "display_name": name });
        let answer = server.client().post_json("/auth/register", body).await;
        let expected =
            with(arthur_shown(&answer.json["id"]), json!({ "email": email, "display_name": name }));
        answer.is(201, &expected);
    }
}

#[on_each_store]
async fn ignores_the_fields_that_they_may_not() {
    for field in [
        json!({ "is_superuser": true }),
        json!({ "is_verified": true }),
        json!({ "is_active": false }),
        json!({ "credits": 1000 }),
        json!({ "credits": "a lot" }),
        json!({ "notes": "a fine man" }),
        json!({ "id": "00000000-0000-4000-8000-000000000000" }),
        json!({ "hashed_password": "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA" }),
        json!({ "created_at": 0, "oauth_accounts": [], "user": {} }),
    ] {
        let server = Server::start().await;
        let body = with(json!({ "email": ARTHUR, "password": PASSWORD }), field.clone());
        let answer = server.client().post_json("/auth/register", body).await;
        answer.is(201, &arthur_shown(&answer.json["id"]));
        let [row] = &rows(&server)[..] else { panic!("one user") };
        assert_eq!(row.notes, "", "{field}");
        assert_ne!(row.id, "00000000-0000-4000-8000-000000000000", "{field}");
        assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200, "{field}");
    }
}

#[on_each_store]
async fn stores_an_address_in_its_normal_form() {
    let server = Server::start().await;
    for (typed, stored) in [
        (" King.Arthur@Camelot.BT ", "King.Arthur@camelot.bt"),
        ("a@MÜNCHEN.de", "a@münchen.de"),
        ("b@xn--mnchen-3ya.de", "b@münchen.de"),
        ("e\u{301}lodie@camelot.bt", "élodie@camelot.bt"),
    ] {
        assert_eq!(server.client().register(typed, PASSWORD).await.json["email"], stored);
    }
}

#[on_each_store]
async fn refuses_an_address_that_is_taken() {
    let server = Server::start().await;
    arthur(&server).await;
    let before = rows(&server);
    for email in [ARTHUR, "ARTHUR@camelot.bt", " arthur@CAMELOT.bt"] {
        let answer = server.client().register(email, "another one").await;
        answer.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn checks_the_password_before_the_address() {
    let server = Server::start().await;
    arthur(&server).await;
    let too_long = "x".repeat(1025);
    for (password, reason) in [
        ("", "Password should be at least 3 characters"),
        ("ab", "Password should be at least 3 characters"),
        ("arthur@camelot.bt!", "Password should not contain e-mail"),
        (&too_long, "Password should be at most 1024 bytes"),
    ] {
        // Once for an address that is taken.
        let answer = server.client().register(ARTHUR, password).await;
        answer.refuses(400, json!({ "code": "REGISTER_INVALID_PASSWORD", "reason": reason }));
    }
    let answer = server.client().register("lancelot@camelot.bt", "ab").await;
    let reason = "Password should be at least 3 characters";
    answer.refuses(400, json!({ "code": "REGISTER_INVALID_PASSWORD", "reason": reason }));
    assert_eq!(rows(&server).len(), 1);
    assert_eq!(server.client().register("lancelot@camelot.bt", &"x".repeat(1024)).await.status, 201);
}

#[on_each_store]
async fn takes_a_password_exactly_as_it_is() {
    let server = Server::start().await;
    for (index, password) in
        ["  spaces  ", "nul\0within", "tab\tand\nline", "pässwörd", "🗡️🛡️🏰"].into_iter().enumerate()
    {
        let email = format!("knight{index}@camelot.bt");
        assert_eq!(server.client().register(&email, password).await.status, 201, "{password:?}");
        let login = server.client().login(Backend::Jwt, &email, password).await;
        assert_eq!(login.status, 200, "{password:?}");
        let login = server.client().login(Backend::Jwt, &email, password.trim()).await;
        assert_eq!(login.status == 200, password.trim() == password, "{password:?}");
    }
}

#[on_each_store]
async fn names_every_mistake_at_once() {
    let server = Server::start().await;
    let place = |name: &str| json!(["body", name]);
    for (body, mistakes) in [
        (json!({}), vec![(place("email"), "missing"), (place("password"), "missing")]),
        (json!({ "email": ARTHUR }), vec![(place("password"), "missing")]),
        (json!({ "password": PASSWORD }), vec![(place("email"), "missing")]),
        (
            json!({ "email": null, "password": null }),
            vec![(place("email"), "string_type"), (place("password"), "string_type")],
        ),
        (
            json!({ "email": ["a@b.bt"], "password": { "a": 1 } }),
            vec![(place("email"), "string_type"), (place("password"), "string_type")],
        ),
        (json!({ "email": "arthur", "password": PASSWORD }), vec![(place("email"), "value_error")]),
        (json!({ "email": "", "password": PASSWORD }), vec![(place("email"), "value_error")]),
        (
            json!({ "email": "a@b@camelot.bt", "password": 1, "is_active": "maybe", "display_name": 3 }),
            vec![
                (place("email"), "value_error"),
                (place("password"), "string_type"),
                (place("is_active"), "bool_parsing"),
                (place("display_name"), "string_type"),
            ],
        ),
    ] {
        server.client().post_json("/auth/register", body).await.is_invalid(&mistakes);
    }
    assert_eq!(rows(&server), []);
}
