//! `POST /forgot-password` and `POST /reset-password`.

use axum_users_tests::{Answer, Backend, Mail, Server, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, GALAHAD, PASSWORD, arthur, arthur_signed_in, each_layout, merlin_signed_in, rows};

const NEW_PASSWORD: &str = "lady of the lake";

/// Has a reset token sent to an address.
async fn forgot(server: &Server, email: &str) -> Answer {
    server.client().post_json("/auth/forgot-password", json!({ "email": email })).await
}

/// The token that Arthur is sent.
async fn token(server: &Server) -> String {
    forgot(server, ARTHUR).await.is(202, &json!(null));
    let [mail] = &server.mails().await[..] else { panic!("one mail") };
    mail.token.clone()
}

async fn reset(server: &Server, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    server.client().post_json("/auth/reset-password", body).await
}

#[on_each_store]
async fn whoever_is_asked_for_is_answered_alike() {
    for server in each_layout().await {
        arthur(&server).await;
        server.user(GALAHAD, PASSWORD, |user| user.is_active = Some(false)).await;
        for (email, mailed) in
            [(ARTHUR, true), (" ARTHUR@Camelot.bt", true), ("mordred@camelot.bt", false), (GALAHAD, false)]
        {
            forgot(&server, email).await.is(202, &json!(null));
            let mails = server.mails().await;
            assert_eq!(mails.len(), usize::from(mailed), "{email}");
            // It goes to the stored address, not to the one that was typed.
            assert!(mails.iter().all(|Mail { to, kind, .. }| (&**to, *kind) == (ARTHUR, "reset")));
        }
    }
}

#[on_each_store]
async fn a_token_sets_a_password_once() {
    for server in each_layout().await {
        arthur(&server).await;
        let token = token(&server).await;
        reset(&server, &token, NEW_PASSWORD).await.is(200, &json!(null));
        for backend in Backend::all() {
            let client = server.client();
            assert_eq!(client.login(backend, ARTHUR, NEW_PASSWORD).await.status, 200, "{backend:?}");
            let refused = client.login(backend, ARTHUR, PASSWORD).await;
            refused.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        let before = rows(&server);
        reset(&server, &token, "yet another").await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        assert_eq!(rows(&server), before);
    }
}

#[on_each_store]
async fn a_refused_password_leaves_the_token_good() {
    for server in each_layout().await {
        arthur(&server).await;
        let token = token(&server).await;
        let before = rows(&server);
        for (password, reason) in [
            ("", "Password should be at least 3 characters"),
            ("ab", "Password should be at least 3 characters"),
            ("is arthur@camelot.bt", "Password should not contain e-mail"),
        ] {
            let answer = reset(&server, &token, password).await;
            answer.refuses(400, json!({ "code": "RESET_PASSWORD_INVALID_PASSWORD", "reason": reason }));
        }
        assert_eq!(rows(&server), before);
        assert_eq!(reset(&server, &token, NEW_PASSWORD).await.status, 200);
    }
}

#[on_each_store]
async fn no_other_token_will_do() {
    for server in each_layout().await {
        arthur(&server).await;
        let session = server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await;
        let session = session.json["access_token"].as_str().expect("a token").to_owned();
        server.client().post_json("/auth/request-verify-token", json!({ "email": ARTHUR })).await;
        let [verification] = &server.mails().await[..] else { panic!("one mail") };
        let good = token(&server).await;
        let before = rows(&server);
        for bad in [
            "",
            "a.b.c",
            "no token",
            &session,
            &verification.token,
            &good[..good.len() - 1],
            &format!("{good}A"),
        ] {
            reset(&server, bad, NEW_PASSWORD).await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        }
        assert_eq!(rows(&server), before);
    }
}

#[on_each_store]
async fn a_token_dies_with_what_it_was_made_for() {
    for change in [json!({ "password": "a newer one" }), json!({ "is_active": false })] {
        for server in each_layout().await {
            let (_, merlin) = merlin_signed_in(&server).await;
            let path = format!("/users/{}", arthur(&server).await.id);
            let token = token(&server).await;
            assert_eq!(merlin.patch(&path, change.clone()).await.status, 200);
            reset(&server, &token, NEW_PASSWORD).await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        }
    }
    for server in each_layout().await {
        let (_, merlin) = merlin_signed_in(&server).await;
        let path = format!("/users/{}", arthur(&server).await.id);
        let token = token(&server).await;
        assert_eq!(merlin.delete(&path).await.status, 204);
        reset(&server, &token, NEW_PASSWORD).await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
    }
}

#[on_each_store]
async fn a_token_is_good_for_the_address_that_it_was_sent_to() {
    let server = Server::start().await;
    let (_, client) = arthur_signed_in(&server).await;
    let token = token(&server).await;
    assert_eq!(client.patch("/users/me", json!({ "email": "king@camelot.bt" })).await.status, 200);
    reset(&server, &token, NEW_PASSWORD).await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
}

#[on_each_store]
async fn names_every_mistake_at_once() {
    let server = Server::start().await;
    let place = |name: &str| json!(["body", name]);
    for (path, body, mistakes) in [
        ("/auth/forgot-password", json!({}), vec![(place("email"), "missing")]),
        ("/auth/forgot-password", json!({ "email": null }), vec![(place("email"), "string_type")]),
        ("/auth/forgot-password", json!({ "email": ["arthur"] }), vec![(place("email"), "string_type")]),
        (
            "/auth/reset-password",
            json!({}),
            vec![(place("token"), "missing"), (place("password"), "missing")],
        ),
        ("/auth/reset-password", json!({ "token": "a" }), vec![(place("password"), "missing")]),
        (
            "/auth/reset-password",
            json!({ "token": 1, "password": false }),
            vec![(place("token"), "string_type"), (place("password"), "string_type")],
        ),
    ] {
        server.client().post_json(path, body).await.is_invalid(&mistakes);
    }
}
