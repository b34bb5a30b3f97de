//! `GET /users/me` and `PATCH /users/me`.

use axum_users::prelude::{Access, Routes};
use axum_users_tests::{Backend, Server, Serving, on_each_store};
use serde_json::json;

use crate::cast::{
    ARTHUR, GALAHAD, PASSWORD, arthur, arthur_signed_in, deactivate, each_layout, merlin_signed_in, rows,
    shown, with,
};

#[on_each_store]
async fn shows_the_user() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        for backend in Backend::all() {
            let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            client.get("/users/me").await.is(200, &shown(&user));
        }
    }
}

#[on_each_store]
async fn asks_for_a_user() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let galahad = server.user(GALAHAD, PASSWORD, |_| {}).await;
    let inactive = server.client().signed_in(Backend::Jwt, GALAHAD, PASSWORD).await;
    deactivate(&server, &galahad).await;
    for client in [server.client(), server.client().with("authorization", "Bearer forged"), inactive] {
        client.get("/users/me").await.refuses(401, json!("Unauthorized"));
        // Who asks comes before what is asked.
        client.patch("/users/me", json!({ "email": 1 })).await.refuses(401, json!("Unauthorized"));
    }
    assert_eq!(client.get("/users/me").await.status, 200);
}

#[on_each_store]
async fn may_ask_for_a_verified_user() {
    let server = Server::start().await;
    let (user, arthur) = arthur_signed_in(&server).await;
    let galahad = server.user(GALAHAD, PASSWORD, |user| user.is_verified = Some(true)).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let users = server.camelot.users_routes(Access::Verified);
    let serving = Serving::start(axum::Router::new().nest("/users", users)).await;
    serving.client().get("/users/me").await.refuses(401, json!("Unauthorized"));
    // A superuser is no exception.
    for client in [arthur, merlin].map(|client| client.at(&serving.url)) {
        client.get("/users/me").await.refuses(403, json!("Forbidden"));
        client.patch("/users/me", json!({ "display_name": "A" })).await.refuses(403, json!("Forbidden"));
        client.get(&format!("/users/{}", user.id)).await.refuses(403, json!("Forbidden"));
        client.delete(&format!("/users/{}", user.id)).await.refuses(403, json!("Forbidden"));
    }
    let client = server.client().signed_in(Backend::Jwt, GALAHAD, PASSWORD).await;
    client.at(&serving.url).get("/users/me").await.is(200, &shown(&galahad));
}

#[on_each_store]
async fn changes_what_users_may_set() {
    let server = Server::start().await;
    let (user, client) = arthur_signed_in(&server).await;
    for name in [json!("The King"), json!(""), json!(null), json!("🗡️")] {
        let expected = with(shown(&user), json!({ "display_name": name }));
        client.patch("/users/me", json!({ "display_name": name })).await.is(200, &expected);
        client.get("/users/me").await.is(200, &expected);
    }
}

#[on_each_store]
async fn changes_nothing_by_what_it_ignores() {
    let server = Server::start().await;
    let (user, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    for body in [
        json!({}),
        json!({ "password": null }),
        json!({ "email": ARTHUR }),
        json!({ "is_superuser": true }),
        json!({ "is_verified": true }),
        json!({ "is_active": false }),
        json!({ "credits": 1000 }),
        json!({ "notes": "a fine man" }),
        json!({ "id": "00000000-0000-4000-8000-000000000000" }),
        json!({ "hashed_password": "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA" }),
        json!({ "is_superuser": true, "is_verified": true, "is_active": false, "credits": 1000, "role": "king" }),
    ] {
        client.patch("/users/me", body.clone()).await.is(200, &shown(&user));
        assert_eq!(rows(&server), before, "{body}");
    }
}

#[on_each_store]
async fn a_new_address_is_not_verified() {
    let server = Server::start().await;
    let user = server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(true)).await;
    let client = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    client.patch("/users/me", json!({ "email": ARTHUR })).await.is(200, &shown(&user));
    let moved = with(shown(&user), json!({ "email": "king@camelot.bt", "is_verified": false }));
    let body = json!({ "email": " king@CAMELOT.bt ", "is_verified": true });
    client.patch("/users/me", body).await.is(200, &moved);
    assert_eq!(server.client().login(Backend::Jwt, "king@camelot.bt", PASSWORD).await.status, 200);
    let former = server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await;
    former.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
}

#[on_each_store]
async fn the_own_address_may_change_its_case() {
    for is_verified in [false, true] {
        let server = Server::start().await;
        let user = server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(is_verified)).await;
        let client = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        for email in ["Arthur@camelot.bt", "ARTHUR@camelot.bt", ARTHUR] {
            // It is the same mailbox, and as verified as before.
            let expected = with(shown(&user), json!({ "email": email }));
            client.patch("/users/me", json!({ "email": email })).await.is(200, &expected);
        }
        let moved = with(shown(&user), json!({ "email": "arthurs@camelot.bt", "is_verified": false }));
        client.patch("/users/me", json!({ "email": "arthurs@camelot.bt" })).await.is(200, &moved);
    }
}

#[on_each_store]
async fn refuses_an_address_that_is_taken() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    server.user(GALAHAD, PASSWORD, |_| {}).await;
    let before = rows(&server);
    for email in [GALAHAD, "GALAHAD@camelot.bt", " galahad@CAMELOT.bt"] {
        let answer = client.patch("/users/me", json!({ "email": email, "display_name": "Galahad" })).await;
        answer.refuses(400, json!("UPDATE_USER_EMAIL_ALREADY_EXISTS"));
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn changes_the_password() {
    for server in each_layout().await {
        let (user, client) = arthur_signed_in(&server).await;
        client.patch("/users/me", json!({ "password": "excalibur" })).await.is(200, &shown(&user));
        let login = |password| {
            let client = server.client();
            async move { client.login(Backend::Db, ARTHUR, password).await }
        };
        assert_eq!(login("excalibur").await.status, 200);
        login(PASSWORD).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
}

#[on_each_store]
async fn refuses_a_password_that_breaks_a_rule() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    let too_long = "x".repeat(1025);
    for (password, reason) in [
        ("", "Password should be at least 3 characters"),
        ("ab", "Password should be at least 3 characters"),
        ("arthur@camelot.bt!", "Password should not contain e-mail"),
        (&too_long, "Password should be at most 1024 bytes"),
    ] {
        let body = json!({ "password": password, "email": "king@camelot.bt" });
        let detail = json!({ "code": "UPDATE_USER_INVALID_PASSWORD", "reason": reason });
        client.patch("/users/me", body).await.refuses(400, detail);
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn names_every_mistake_at_once() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let before = rows(&server);
    let place = |name: &str| json!(["body", name]);
    for (body, mistakes) in [
        (json!(null), vec![(json!(["body"]), "model_attributes_type")]),
        (json!([]), vec![(json!(["body"]), "model_attributes_type")]),
        (json!({ "email": null }), vec![(place("email"), "string_type")]),
        (json!({ "email": "arthur" }), vec![(place("email"), "value_error")]),
        (json!({ "password": 1 }), vec![(place("password"), "string_type")]),
        (json!({ "display_name": ["a"] }), vec![(place("display_name"), "string_type")]),
        (
            json!({ "is_active": null, "is_superuser": null, "is_verified": null }),
            vec![
                (place("is_active"), "bool_type"),
                (place("is_superuser"), "bool_type"),
                (place("is_verified"), "bool_type"),
            ],
        ),
        (
            json!({ "email": "", "password": [], "display_name": 1 }),
            vec![
                (place("email"), "value_error"),
                (place("password"), "string_type"),
                (place("display_name"), "string_type"),
            ],
        ),
    ] {
        client.patch("/users/me", body).await.is_invalid(&mistakes);
    }
    assert_eq!(rows(&server), before);
}
