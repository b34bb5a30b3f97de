//! A11, `Policy::strict()`: who verifies an address must also be who registered with it. Else whoever registers with
//! another's address has a good account as soon as its owner opens the link.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::testing;
use axum_users_tests::{
    Answer, Backend, Client, Event, Options, Server, User, at_once, change_token, is_in, on_each_store,
    one_wins, reset_token, verify_token,
};
use serde_json::{Value, json};

use crate::cast::{ARTHUR, GALAHAD, PASSWORD, rows, shown, with};

const MORDREDS: &str = "treason before dawn";

/// A server for each layout, strict in this one thing or in all.
async fn each_server() -> Vec<Server> {
    let mut servers = Vec::new();
    let this_alone = Policy::fastapi_users().require_password_to_verify(true);
    for policy in [this_alone, Policy::strict()] {
        for compat in [Compat::None, FastApiUsers] {
            let options = Options { compat, policy: policy.clone(), ..Options::default() };
            servers.push(Server::with(options).await);
        }
    }
    servers
}

/// A user who is not verified.
async fn arthur(server: &Server) -> User {
    server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(false)).await
}

/// A session of a user, who need not be able to log in: it may be older than the change that took the verification away.
async fn session(server: &Server, backend: Backend, email: &str) -> Client {
    let manager = Manager::for_code(server.camelot.clone());
    let user =
        manager.user_by_email(&email.parse().expect("an email")).await.expect("a store").expect("a user");
    let mut client = server.client();
    client.headers = testing::sign_in(&server.camelot, backend.name(), &user).await.expect("signed in");
    client
}

async fn verify(client: &Client, body: Value) -> Answer {
    client.post_json("/auth/verify", body).await
}

fn is_verified(server: &Server) -> bool {
    rows(server).iter().any(|row| row.email == ARTHUR && row.is_verified)
}

#[on_each_store]
async fn the_password_verifies() {
    for server in each_server().await {
        let user = arthur(&server).await;
        server.events().await;
        let token = verify_token(&server, ARTHUR).await;
        let body = json!({ "token": token, "password": PASSWORD });
        let verified = with(shown(&user), json!({ "is_verified": true }));
        verify(&server.client(), body.clone()).await.is(200, &verified);
        assert_eq!(server.events().await, [Event::Verified(user.id)]);
        // Whatever the password is then.
        for body in [body, json!({ "token": token })] {
            verify(&server.client(), body).await.refuses(400, json!("VERIFY_USER_ALREADY_VERIFIED"));
        }
    }
}

#[on_each_store]
async fn a_session_of_the_user_verifies() {
    for server in each_server().await {
        let user = arthur(&server).await;
        for backend in Backend::all() {
            let client = session(&server, backend, ARTHUR).await;
            let body = json!({ "token": verify_token(&server, ARTHUR).await });
            let verified = with(shown(&user), json!({ "is_verified": true }));
            verify(&client, body).await.is(200, &verified);
            let manager = Manager::for_code(server.camelot.clone());
            let again = axum_users_tests::UserUpdate { is_verified: Some(false), ..Default::default() };
            manager.update_user(user.clone(), again, None).await.expect("an update");
        }
    }
}

/// The token is good once more after each: neither is a guess for free, nor does it cost the owner the mail.
#[on_each_store]
async fn nothing_else_does_and_uses_nothing_up() {
    for server in each_server().await {
        arthur(&server).await;
        server.user(GALAHAD, PASSWORD, |_| {}).await;
        let token = verify_token(&server, ARTHUR).await;
        let (anyone, galahad) =
            (server.client(), server.client().signed_in(Backend::Jwt, GALAHAD, PASSWORD).await);
        let arthurs = session(&server, Backend::Db, ARTHUR).await;
        let too_long = "x".repeat(1025);
        for (client, body) in [
            (&anyone, json!({ "token": token })),
            (&anyone, json!({ "token": token, "password": "" })),
            (&anyone, json!({ "token": token, "password": "morgana" })),
            (&anyone, json!({ "token": token, "password": "GUINEVERE" })),
            (&anyone, json!({ "token": token, "password": too_long })),
            (&galahad, json!({ "token": token })),
            // What is said counts, and not who says it.
            (&arthurs, json!({ "token": token, "password": "morgana" })),
        ] {
            verify(client, body.clone()).await.refuses(400, json!("VERIFY_USER_BAD_PASSWORD"));
            assert!(!is_verified(&server), "{body}");
        }
        assert_eq!(
            anyone
                .with("cookie", "axum-users=none")
                .post_json("/auth/verify", json!({ "token": token }))
                .await
                .status,
            400
        );
        let body = json!({ "token": token, "password": PASSWORD });
        assert_eq!(verify(&anyone, body).await.status, 200);
    }
}

/// Without a good token nobody learns anything of a password, not even by time: nothing is hashed.
#[on_each_store]
async fn a_password_is_checked_for_a_good_token_alone() {
    for server in each_server().await {
        arthur(&server).await;
        let session = session(&server, Backend::Jwt, ARTHUR).await;
        let used = reset_token(&server, ARTHUR).await;
        let before = server.hashing.runs();
        for token in ["", "a.b.c", &used] {
            for password in [PASSWORD, "morgana"] {
                for client in [&server.client(), &session] {
                    let answer = verify(client, json!({ "token": token, "password": password })).await;
                    answer.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
                }
            }
        }
        assert_eq!(server.hashing.runs(), before);
    }
}

#[on_each_store]
async fn another_site_verifies_nobody() {
    for server in each_server().await {
        arthur(&server).await;
        let token = verify_token(&server, ARTHUR).await;
        for backend in Backend::all().filter(|backend| backend.is_cookie()) {
            let client = session(&server, backend, ARTHUR).await;
            let elsewhere = client.with("sec-fetch-site", "cross-site");
            let answer = verify(&elsewhere, json!({ "token": token })).await;
            answer.refuses(403, json!("CROSS_SITE_REQUEST"));
            assert!(!is_verified(&server));
        }
    }
}

#[on_each_store]
async fn names_every_mistake() {
    let server = &each_server().await[0];
    for (body, mistakes) in [
        (json!({}), vec![(json!(["body", "token"]), "missing")]),
        (json!({ "token": "x", "password": 8 }), vec![(json!(["body", "password"]), "string_type")]),
        (
            json!({ "token": null, "password": [] }),
            vec![(json!(["body", "token"]), "string_type"), (json!(["body", "password"]), "string_type")],
        ),
    ] {
        verify(&server.client(), body).await.is_invalid(&mistakes);
    }
}

/// Where the policy does not ask for one, what is there all the same is not read.
#[on_each_store]
async fn the_contract_asks_for_no_password() {
    let server = Server::start().await;
    arthur(&server).await;
    let body = json!({ "token": verify_token(&server, ARTHUR).await, "password": ["morgana"] });
    assert_eq!(verify(&server.client(), body).await.status, 200);
}

/// The attack, and how the mailbox's owner gets the account.
#[on_each_store]
async fn who_registers_with_anothers_address_gets_no_verified_account() {
    for server in each_server().await {
        let answer = server.client().register(ARTHUR, MORDREDS).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        let mordred = session(&server, Backend::Db, ARTHUR).await;
        // The owner opens the link.
        let token = verify_token(&server, ARTHUR).await;
        let owner = server.client();
        verify(&owner, json!({ "token": token })).await.refuses(400, json!("VERIFY_USER_BAD_PASSWORD"));
        mordred.get("/verified").await.refuses(403, json!("Forbidden"));
        // A password of the owner's takes everything from whoever was there before.
        let body = json!({ "token": reset_token(&server, ARTHUR).await, "password": PASSWORD });
        assert_eq!(owner.post_json("/auth/reset-password", body).await.status, 200);
        assert!(!is_in(&mordred).await, "A11: the session");
        let answer = verify(&owner, json!({ "token": token, "password": MORDREDS })).await;
        answer.refuses(400, json!("VERIFY_USER_BAD_PASSWORD"));
        let answer = verify(&mordred, json!({ "token": token })).await;
        answer.refuses(400, json!("VERIFY_USER_BAD_PASSWORD"));
        assert_eq!(verify(&owner, json!({ "token": token, "password": PASSWORD })).await.status, 200);
        let login = server.client().login(Backend::Db, ARTHUR, MORDREDS).await;
        login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
}

/// Whoever comes with the former password in the same moment as the owner sets a new one verifies nothing for it.
#[on_each_store]
async fn of_many_at_once_one_verifies() {
    for server in each_server().await {
        arthur(&server).await;
        let body = json!({ "token": verify_token(&server, ARTHUR).await, "password": PASSWORD });
        let answers = at_once(30, |_| {
            let (client, body) = (server.client(), body.clone());
            async move { verify(&client, body).await }
        })
        .await;
        one_wins(&answers, 200, "VERIFY_USER_ALREADY_VERIFIED");
    }
}

/// The same by another way: who has an account asks to move it to an address, and its owner opens the link.
#[on_each_store]
async fn who_moves_to_anothers_address_does_not_get_there() {
    for compat in [Compat::None, FastApiUsers] {
        let server = Server::with(Options { compat, policy: Policy::strict(), ..Options::default() }).await;
        server.user("mordred@camelot.bt", MORDREDS, |_| {}).await;
        let mordred = server.client().signed_in(Backend::DbCookie, "mordred@camelot.bt", MORDREDS).await;
        let token = change_token(&server, &mordred, MORDREDS, ARTHUR).await;
        let (owner, before) = (server.client(), rows(&server));
        server.user(GALAHAD, PASSWORD, |_| {}).await;
        let galahad = server.client().signed_in(Backend::Jwt, GALAHAD, PASSWORD).await;
        let confirm = |client: &Client, body: Value| {
            let (client, body) = (client.clone(), body);
            async move { client.post_json("/auth/confirm-email", body).await }
        };
        for (client, body) in [
            (&owner, json!({ "token": token })),
            (&owner, json!({ "token": token, "password": PASSWORD })),
            (&galahad, json!({ "token": token })),
        ] {
            confirm(client, body).await.refuses(400, json!("VERIFY_USER_BAD_PASSWORD"));
        }
        let elsewhere = mordred.with("sec-fetch-site", "cross-site");
        confirm(&elsewhere, json!({ "token": token })).await.refuses(403, json!("CROSS_SITE_REQUEST"));
        assert!(rows(&server).contains(&before[0]), "nothing has moved");
        // Nothing was used up: who asked for it, and reads the mail as well, moves.
        let moved = confirm(&mordred, json!({ "token": token })).await;
        assert_eq!((moved.status.as_u16(), &moved.json["email"]), (200, &json!(ARTHUR)));
    }
}
