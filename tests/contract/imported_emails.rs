//! Users that came from elsewhere with emails that registration rejects: they sign in and reset their password.

use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, Options, Server, Store, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, each_layout, rows};

const NEW_PASSWORD: &str = "excalibur";

/// Emails that other systems accept, each with another way to type it.
fn emails() -> Vec<(String, String)> {
    let long = "a".repeat(70);
    vec![
        ("admin@localhost".to_owned(), " Admin@LOCALHOST ".to_owned()),
        ("arthur@corp.local".to_owned(), "ARTHUR@Corp.Local".to_owned()),
        ("x@example.test".to_owned(), "x@exam\u{ad}ple.TEST".to_owned()),
        (format!("{long}@camelot.bt"), format!("{}@CAMELOT.bt", long.to_uppercase())),
        ("\u{1f5e1}@camelot.bt".to_owned(), "\u{1f5e1}@Camelot.BT".to_owned()),
        ("Lady.Of.The.Lake@xn--bcher-kva.de".to_owned(), "lady.of.the.lake@XN--bcher-kva.de".to_owned()),
        ("\"king arthur\"@camelot.bt".to_owned(), "\"King Arthur\"@camelot.bt".to_owned()),
        ("no-email-at-all".to_owned(), "No-Email-At-All".to_owned()),
    ]
}

/// A user whose stored email is any text.
async fn imported(server: &Server, email: &str) -> Uuid {
    let id = server.user("imported@camelot.bt", PASSWORD, |_| {}).await.id;
    server.database.set_email("imported@camelot.bt", email);
    drop(server.events().await);
    id
}

async fn asks(server: &Server, path: &str, email: &str) -> Answer {
    server.client().post_json(path, json!({ "email": email })).await
}

#[on_each_store]
async fn users_whose_email_does_not_parse_sign_in() {
    for server in each_layout().await {
        for (stored, typed) in emails() {
            imported(&server, &stored).await;
            for (n, spelling) in [&stored, &typed].into_iter().enumerate() {
                let answer = server.client().login(Backend::nth(n), spelling, PASSWORD).await;
                assert_eq!(answer.status, 200, "{spelling:?}: {}", answer.text);
                server
                    .client()
                    .login(Backend::nth(n), spelling, "lancelot")
                    .await
                    .refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            }
        }
    }
}

#[on_each_store]
async fn users_whose_email_does_not_parse_reset_their_password_and_verify() {
    for server in each_layout().await {
        for (stored, typed) in emails() {
            imported(&server, &stored).await;
            asks(&server, "/auth/request-verify-token", &typed).await.is(202, &json!(null));
            asks(&server, "/auth/forgot-password", &typed).await.is(202, &json!(null));
            let mails = server.mails().await;
            // Whatever was typed, mail goes to the stored email.
            let sent = mails.iter().map(|mail| &*mail.to).collect::<Vec<_>>();
            assert_eq!(sent, [&*stored, &*stored], "{typed:?}");
            let token =
                |kind: &str| mails.iter().find(|mail| mail.kind == kind).expect("a mail").token.clone();
            let verified =
                server.client().post_json("/auth/verify", json!({ "token": token("verify") })).await;
            assert_eq!((verified.status.as_u16(), &verified.json["email"]), (200, &json!(stored)));
            let body = json!({ "token": token("reset"), "password": NEW_PASSWORD });
            assert_eq!(
                server.client().post_json("/auth/reset-password", body).await.status,
                200,
                "{stored:?}"
            );
            assert_eq!(
                server.client().login(Backend::Jwt, &stored, NEW_PASSWORD).await.status,
                200,
                "{stored:?}"
            );
        }
    }
}

/// SQLite folds ASCII alone, and so may hold two emails that other databases take for one: each is found by its own text.
#[on_each_store]
async fn a_typed_text_finds_the_email_that_is_stored_so() {
    let server = Server::start().await;
    let umlauts = ["\u{c4}rthur@localhost", "\u{e4}rthur@localhost"];
    for (n, stored) in umlauts.into_iter().enumerate() {
        if n == 1 && Store::current() != Store::Sqlite {
            break;
        }
        let password = format!("{PASSWORD}{n}");
        server.user("imported@camelot.bt", &password, |_| {}).await;
        server.database.set_email("imported@camelot.bt", stored);
    }
    drop(server.events().await);
    let count = if Store::current() == Store::Sqlite { 2 } else { 1 };
    for (n, stored) in umlauts.into_iter().take(count).enumerate() {
        let password = format!("{PASSWORD}{n}");
        assert_eq!(server.client().login(Backend::Jwt, stored, &password).await.status, 200, "{stored}");
        asks(&server, "/auth/forgot-password", stored).await.is(202, &json!(null));
        let sent = server.mails().await.into_iter().map(|mail| mail.to).collect::<Vec<_>>();
        assert_eq!(sent, [stored]);
    }
}

/// What nobody can have is unknown, with the answers of an unknown email.
#[on_each_store]
async fn texts_that_no_user_has_are_never_invalid() {
    let server = Server::start().await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    drop(server.events().await);
    for text in [
        "arthur".to_owned(),
        "@".to_owned(),
        "arthur@camelot.bt\0".to_owned(),
        "a\u{9b}@localhost".to_owned(),
        "arthur@camelot.bt\r\nBcc: mordred@camelot.bt".to_owned(),
        "' OR 1=1 --".to_owned(),
        "x".repeat(321),
        "\u{e4}".repeat(5_000),
        "\u{1f5e1}".to_owned(),
        " ".to_owned(),
    ] {
        for backend in Backend::all() {
            let answer = server.client().login(backend, &text, PASSWORD).await;
            answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        let body = json!({ "username": text, "password": PASSWORD });
        server.client().post_json("/auth/jwt/login", body).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            asks(&server, path, &text).await.is(202, &json!(null));
        }
    }
    assert_eq!(server.events().await, []);
}

/// Registration and changes go by the policy, and a user that it lets in signs in under every spelling.
#[on_each_store]
async fn a_policy_allows_reserved_domains() {
    let allowing = Policy::fastapi_users().keep_last_superuser(true).allow_reserved_domains(true);
    for policy in [Policy::fastapi_users().keep_last_superuser(true), allowing] {
        let allows = policy.allow_reserved_domains;
        let server = Server::with(Options { policy, ..Options::default() }).await;
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        for (typed, stored) in [
            ("admin@localhost", "admin@localhost"),
            ("kay@Corp.Local", "kay@corp.local"),
            ("x@exam\u{ad}ple.test", "x@example.test"),
        ] {
            let registered = server.client().register(typed, PASSWORD).await;
            let moved = arthur.patch("/users/me", json!({ "email": format!("new-{typed}") })).await;
            if !allows {
                registered.is_invalid(&[(json!(["body", "email"]), "value_error")]);
                moved.is_invalid(&[(json!(["body", "email"]), "value_error")]);
                continue;
            }
            assert_eq!((registered.status.as_u16(), &registered.json["email"]), (201, &json!(stored)));
            assert_eq!((moved.status.as_u16(), &moved.json["email"]), (200, &json!(format!("new-{stored}"))));
            for spelling in [typed, stored] {
                assert_eq!(
                    server.client().login(Backend::Jwt, spelling, PASSWORD).await.status,
                    200,
                    "{spelling:?}"
                );
            }
            server
                .client()
                .register(&typed.to_uppercase(), PASSWORD)
                .await
                .refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
        }
        assert_eq!(rows(&server).len(), if allows { 4 } else { 1 });
        for text in ["admin@intranet", "a b@corp.local", "a@127.0.0.1"] {
            server
                .client()
                .register(text, PASSWORD)
                .await
                .is_invalid(&[(json!(["body", "email"]), "value_error")]);
        }
    }
}
