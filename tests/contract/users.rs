//! `GET`, `PATCH` and `DELETE /users/{id}`.

use axum_users_tests::{Answer, Backend, Client, Server, User, on_each_store};
use reqwest::Method;
use serde_json::json;

use crate::cast::{
    ARTHUR, GALAHAD, MERLIN, PASSWORD, arthur, arthur_signed_in, each_layout, merlin_signed_in, rows, shown,
    with,
};

/// A well-formed id that nobody has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn path(user: &User) -> String {
    format!("/users/{}", user.id)
}

async fn ask(client: &Client, method: &Method, id: &str) -> Answer {
    let request = client.request(method.clone(), &format!("/users/{id}"));
    Answer::of(if *method == Method::PATCH { request.json(&json!({})) } else { request }).await
}

#[on_each_store]
async fn who_asks_comes_first() {
    let server = Server::start().await;
    let (user, arthur) = arthur_signed_in(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let before = rows(&server);
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        for id in [&*user.id.to_string(), NOBODY, "1", "no-id", "%FF", "%00", "me%2f"] {
            let nobody = ask(&server.client(), &method, id).await;
            nobody.refuses(401, json!("Unauthorized"));
            assert_eq!(nobody.header("www-authenticate"), "Bearer");
            ask(&arthur, &method, id).await.refuses(403, json!("Forbidden"));
            if *id != user.id.to_string() {
                ask(&merlin, &method, id).await.refuses(404, json!("Not Found"));
            }
        }
    }
    assert_eq!(rows(&server), before);
    // So does it before the body.
    let broken = |client: Client| async move {
        let request = client.request(Method::PATCH, &format!("/users/{NOBODY}")).body("{");
        Answer::of(request.header("content-type", "application/json")).await
    };
    broken(server.client()).await.refuses(401, json!("Unauthorized"));
    broken(arthur).await.refuses(403, json!("Forbidden"));
    broken(merlin).await.refuses(404, json!("Not Found"));
}

#[on_each_store]
async fn every_backend_lets_superusers_in() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        merlin_signed_in(&server).await;
        for backend in Backend::all() {
            let merlin = server.client().signed_in(backend, MERLIN, PASSWORD).await;
            merlin.get(&path(&user)).await.is(200, &shown(&user));
        }
    }
}

#[on_each_store]
async fn an_id_is_read_in_any_form() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let id = user.id;
    for form in [
        id.hyphenated().to_string(),
        id.simple().to_string(),
        id.braced().to_string(),
        id.urn().to_string(),
        id.to_string().to_uppercase(),
    ] {
        merlin.get(&format!("/users/{form}")).await.is(200, &shown(&user));
    }
}

#[on_each_store]
async fn a_superuser_sets_flags_and_what_is_its_to_set() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    for change in [
        json!({ "is_superuser": true }),
        json!({ "is_superuser": false }),
        json!({ "is_verified": true }),
        json!({ "is_active": false }),
        json!({ "is_active": true, "is_verified": false }),
        json!({ "credits": -7 }),
        json!({ "display_name": "The King" }),
        json!({ "display_name": null, "credits": 2_147_483_647 }),
    ] {
        let expected = with(merlin.get(&path(&user)).await.json, change.clone());
        merlin.patch(&path(&user), change).await.is(200, &expected);
        merlin.get(&path(&user)).await.is(200, &expected);
    }
}

#[on_each_store]
async fn not_even_a_superuser_sets_the_rest() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let before = rows(&server);
    for body in [
        json!({}),
        json!({ "password": null }),
        json!({ "notes": "a fine man" }),
        json!({ "id": NOBODY }),
        json!({ "hashed_password": "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA" }),
    ] {
        merlin.patch(&path(&user), body.clone()).await.is(200, &shown(&user));
        assert_eq!(rows(&server), before, "{body}");
    }
}

#[on_each_store]
async fn a_new_address_is_not_verified() {
    let server = Server::start().await;
    let user = server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(true)).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let moved = with(shown(&user), json!({ "email": "king@camelot.bt", "is_verified": false }));
    merlin.patch(&path(&user), json!({ "email": "king@camelot.bt" })).await.is(200, &moved);
    // With the address as it is, the flag is the superuser's to set.
    let verified = with(moved, json!({ "is_verified": true }));
    let body = json!({ "email": "king@camelot.bt", "is_verified": true });
    merlin.patch(&path(&user), body).await.is(200, &verified);
}

/// A superuser's `is_verified` counts, whether the email changes or only its case.
#[on_each_store]
async fn an_explicit_flag_counts_beside_a_new_address() {
    let server = Server::start().await;
    let user = server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(true)).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    for (email, flag, is_verified) in [
        ("king@camelot.bt", Some(true), true),
        ("King@camelot.bt", None, true),
        ("king@camelot.bt", Some(false), false),
        ("KING@camelot.bt", Some(true), true),
        ("arthur@camelot.bt", Some(false), false),
        ("Arthur@camelot.bt", None, false),
    ] {
        let mut body = json!({ "email": email });
        if let Some(flag) = flag {
            body["is_verified"] = json!(flag);
        }
        let expected = with(shown(&user), json!({ "email": email, "is_verified": is_verified }));
        merlin.patch(&path(&user), body).await.is(200, &expected);
    }
}

#[on_each_store]
async fn refuses_what_a_user_may_not_have_either() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    server.user(GALAHAD, PASSWORD, |_| {}).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let before = rows(&server);
    let invalid = |reason: &str| json!({ "code": "UPDATE_USER_INVALID_PASSWORD", "reason": reason });
    for (body, detail) in [
        (json!({ "email": GALAHAD }), json!("UPDATE_USER_EMAIL_ALREADY_EXISTS")),
        (json!({ "email": "Galahad@CAMELOT.bt" }), json!("UPDATE_USER_EMAIL_ALREADY_EXISTS")),
        (json!({ "password": "ab" }), invalid("Password should be at least 3 characters")),
        (json!({ "password": ARTHUR }), invalid("Password should not contain e-mail")),
    ] {
        merlin.patch(&path(&user), body).await.refuses(400, detail);
    }
    for (body, name, kind) in [
        (json!({ "email": null }), "email", "string_type"),
        (json!({ "is_active": null }), "is_active", "bool_type"),
        (json!({ "is_superuser": null }), "is_superuser", "bool_type"),
        (json!({ "is_verified": null }), "is_verified", "bool_type"),
        (json!({ "is_verified": "maybe" }), "is_verified", "bool_parsing"),
        (json!({ "credits": null }), "credits", "int_type"),
        (json!({ "credits": 1.5 }), "credits", "int_from_float"),
        (json!({ "credits": "many" }), "credits", "int_parsing"),
        (json!({ "credits": 3_000_000_000_u32 }), "credits", "value_error"),
    ] {
        merlin.patch(&path(&user), body).await.is_invalid(&[(json!(["body", name]), kind)]);
    }
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn deletes_a_user_and_all_that_hangs_on_it() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        let (_, merlin) = merlin_signed_in(&server).await;
        let mut sessions = Vec::new();
        for backend in Backend::all() {
            sessions.push(server.client().signed_in(backend, ARTHUR, PASSWORD).await);
        }
        let answer = merlin.delete(&path(&user)).await;
        assert_eq!((answer.status.as_u16(), &*answer.text), (204, ""));
        for session in sessions {
            session.get("/users/me").await.refuses(401, json!("Unauthorized"));
        }
        for answer in [
            merlin.get(&path(&user)).await,
            merlin.patch(&path(&user), json!({})).await,
            merlin.delete(&path(&user)).await,
        ] {
            answer.refuses(404, json!("Not Found"));
        }
        assert_eq!(server.client().register(ARTHUR, PASSWORD).await.status, 201);
    }
}

#[on_each_store]
async fn a_superuser_may_delete_itself() {
    let server = Server::start().await;
    let (user, merlin) = merlin_signed_in(&server).await;
    // The last one stays.
    server.user("morgan@camelot.bt", PASSWORD, |morgan| morgan.is_superuser = Some(true)).await;
    assert_eq!(merlin.delete(&path(&user)).await.status, 204);
    merlin.get("/users/me").await.refuses(401, json!("Unauthorized"));
    assert_eq!(rows(&server).len(), 1);
}

#[on_each_store]
async fn a_hook_may_keep_a_user() {
    let server = Server::start().await;
    let user = server.user("undying@camelot.bt", PASSWORD, |_| {}).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let before = rows(&server);
    // What the hook says is not for clients.
    merlin.delete(&path(&user)).await.refuses(500, json!("Internal Server Error"));
    assert_eq!(rows(&server), before);
    merlin.get(&path(&user)).await.is(200, &shown(&user));
}

/// There is no way to delete oneself: `me` is an id here that nobody has.
#[on_each_store]
async fn nobody_is_deleted_as_me() {
    let server = Server::start().await;
    arthur(&server).await;
    let arthur = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let before = rows(&server);
    server.client().delete("/users/me").await.refuses(401, json!("Unauthorized"));
    arthur.delete("/users/me").await.refuses(403, json!("Forbidden"));
    merlin.delete("/users/me").await.refuses(404, json!("Not Found"));
    assert_eq!(rows(&server), before);
}
