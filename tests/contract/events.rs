//! What hooks are told, and with what.

use axum_users_tests::{Backend, Event, Mail, Server, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, arthur, each_layout, merlin_signed_in};

#[on_each_store]
async fn of_a_registration() {
    let server = Server::start().await;
    let answer = server.client().register(ARTHUR, PASSWORD).await;
    let id = answer.json["id"].as_str().expect("an id").parse().expect("a UUID");
    assert_eq!(server.events().await, [Event::Registered(id)]);
    server.client().register(ARTHUR, PASSWORD).await;
    server.client().register("lancelot@camelot.bt", "ab").await;
    assert_eq!(server.events().await, []);
}

#[on_each_store]
async fn of_a_user_made_from_code() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    assert_eq!(server.events().await, [Event::Registered(user.id)]);
}

#[on_each_store]
async fn of_a_sign_in_and_of_no_sign_out() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    server.events().await;
    for backend in Backend::all() {
        let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        assert_eq!(server.events().await, [Event::LoggedIn(user.id)]);
        client.post(&format!("{}/logout", backend.path())).await;
        server.client().login(backend, ARTHUR, "morgana").await;
        assert_eq!(server.events().await, []);
    }
}

#[on_each_store]
async fn of_an_update_without_passwords() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    // A session that outlives its own change of the password.
    let client = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    server.events().await;
    for (body, told) in [
        (json!({}), json!({})),
        (json!({ "display_name": "The King" }), json!({ "display_name": "The King" })),
        (json!({ "display_name": null }), json!({ "display_name": null })),
        (json!({ "password": "excalibur", "current_password": PASSWORD }), json!({})),
        (json!({ "is_superuser": true, "credits": 7 }), json!({})),
    ] {
        assert_eq!(client.patch("/users/me", body).await.status, 200);
        assert_eq!(server.events().await, [Event::Updated(user.id, told)]);
    }
    let path = format!("/users/{}", user.id);
    for (body, told) in [
        (
            json!({ "is_verified": true, "credits": 7, "notes": "a fine man" }),
            json!({ "is_verified": true, "credits": 7 }),
        ),
        (
            json!({ "email": "king@camelot.bt", "password": "excalibur" }),
            json!({ "email": "king@camelot.bt" }),
        ),
    ] {
        assert_eq!(merlin.patch(&path, body).await.status, 200);
        assert_eq!(server.events().await, [Event::Updated(user.id, told)]);
    }
    merlin.patch(&path, json!({ "password": "ab" })).await;
    merlin.patch(&path, json!({ "email": 1 })).await;
    assert_eq!(server.events().await, []);
}

#[on_each_store]
async fn of_a_reset() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        server.events().await;
        server.client().post_json("/auth/forgot-password", json!({ "email": ARTHUR })).await;
        let events = server.events().await;
        let [Event::Mailed(Mail { to, kind: "reset", token })] = &events[..] else { panic!("{events:?}") };
        assert_eq!(to, ARTHUR);
        for (password, told) in
            [("ab", vec![]), ("excalibur", vec![Event::PasswordReset(user.id)]), ("once more", vec![])]
        {
            let body = json!({ "token": token, "password": password });
            server.client().post_json("/auth/reset-password", body).await;
            assert_eq!(server.events().await, told);
        }
    }
}

#[on_each_store]
async fn of_a_verification() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        server.events().await;
        server.client().post_json("/auth/request-verify-token", json!({ "email": ARTHUR })).await;
        let events = server.events().await;
        let [Event::Mailed(Mail { to, kind: "verify", token })] = &events[..] else { panic!("{events:?}") };
        assert_eq!(to, ARTHUR);
        for told in [vec![Event::Verified(user.id)], vec![]] {
            server.client().post_json("/auth/verify", json!({ "token": token })).await;
            assert_eq!(server.events().await, told);
        }
    }
}

#[on_each_store]
async fn of_a_deletion() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    let undying = server.user("undying@camelot.bt", PASSWORD, |_| {}).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    server.events().await;
    merlin.delete(&format!("/users/{}", undying.id)).await;
    assert_eq!(server.events().await, []);
    merlin.delete(&format!("/users/{}", user.id)).await;
    assert_eq!(server.events().await, [Event::BeforeDelete(user.id), Event::Deleted(user.id)]);
}
