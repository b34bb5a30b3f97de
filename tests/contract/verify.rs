//! `POST /request-verify-token` and `POST /verify`.

use axum_users_tests::{Answer, Backend, Mail, Server, on_each_store};
use serde_json::json;

use crate::cast::{
    ARTHUR, GALAHAD, MERLIN, PASSWORD, arthur, each_layout, merlin_signed_in, rows, shown, with,
};

/// Has a verification token sent to an address.
async fn request(server: &Server, email: &str) -> Answer {
    server.client().post_json("/auth/request-verify-token", json!({ "email": email })).await
}

/// The token that Arthur is sent.
async fn token(server: &Server) -> String {
    request(server, ARTHUR).await.is(202, &json!(null));
    let [mail] = &server.mails().await[..] else { panic!("one mail") };
    mail.token.clone()
}

async fn verify(server: &Server, token: &str) -> Answer {
    server.client().post_json("/auth/verify", json!({ "token": token })).await
}

#[on_each_store]
async fn whoever_is_asked_for_is_answered_alike() {
    for server in each_layout().await {
        arthur(&server).await;
        server.user(GALAHAD, PASSWORD, |user| user.is_active = Some(false)).await;
        server.user(MERLIN, PASSWORD, |user| user.is_verified = Some(true)).await;
        for (email, mailed) in [
            (ARTHUR, true),
            ("ARTHUR@camelot.bt ", true),
            ("mordred@camelot.bt", false),
            (GALAHAD, false),
            (MERLIN, false),
        ] {
            request(&server, email).await.is(202, &json!(null));
            let mails = server.mails().await;
            assert_eq!(mails.len(), usize::from(mailed), "{email}");
            assert!(mails.iter().all(|Mail { to, kind, .. }| (&**to, *kind) == (ARTHUR, "verify")));
        }
    }
}

#[on_each_store]
async fn a_token_verifies_once() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        let client = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        client.get("/verified").await.refuses(403, json!("Forbidden"));
        let token = token(&server).await;
        verify(&server, &token).await.is(200, &with(shown(&user), json!({ "is_verified": true })));
        assert_eq!(client.get("/verified").await.status, 200);
        verify(&server, &token).await.refuses(400, json!("VERIFY_USER_ALREADY_VERIFIED"));
    }
}

#[on_each_store]
async fn no_other_token_will_do() {
    for server in each_layout().await {
        arthur(&server).await;
        let session = server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await;
        let session = session.json["access_token"].as_str().expect("a token").to_owned();
        server.client().post_json("/auth/forgot-password", json!({ "email": ARTHUR })).await;
        let [reset] = &server.mails().await[..] else { panic!("one mail") };
        let good = token(&server).await;
        let before = rows(&server);
        for bad in
            ["", "a.b.c", "no token", &session, &reset.token, &good[..good.len() - 1], &format!("{good}A")]
        {
            verify(&server, bad).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
        }
        assert_eq!(rows(&server), before);
    }
}

#[on_each_store]
async fn a_token_dies_with_what_it_was_made_for() {
    for server in each_layout().await {
        let (_, merlin) = merlin_signed_in(&server).await;
        let path = format!("/users/{}", arthur(&server).await.id);
        for change in
            [json!({ "is_active": false }), json!({ "is_active": true, "email": "king@camelot.bt" })]
        {
            let token = token(&server).await;
            assert_eq!(merlin.patch(&path, change).await.status, 200);
            verify(&server, &token).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
            merlin.patch(&path, json!({ "is_active": true, "email": ARTHUR })).await;
            server.events().await;
        }
        let token = token(&server).await;
        assert_eq!(merlin.delete(&path).await.status, 204);
        verify(&server, &token).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    }
}

#[on_each_store]
async fn names_every_mistake() {
    let server = Server::start().await;
    for (path, body, name, kind) in [
        ("/auth/request-verify-token", json!({}), "email", "missing"),
        ("/auth/request-verify-token", json!({ "email": 1 }), "email", "string_type"),
        ("/auth/verify", json!({}), "token", "missing"),
        ("/auth/verify", json!({ "token": null }), "token", "string_type"),
    ] {
        let mistakes = [(json!(["body", name]), kind)];
        server.client().post_json(path, body).await.is_invalid(&mistakes);
    }
}
