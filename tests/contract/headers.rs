//! `WWW-Authenticate`, `Cache-Control` and `Allow`; 404 and 405.

use std::collections::BTreeSet;

use axum::{Extension, Router};
use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, Camelot, Server, Serving, on_each_store};
use reqwest::Method;
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, arthur_signed_in, merlin_signed_in};

/// Every place of the contract, and the methods that it takes.
const PLACES: [(&str, &[Method]); 15] = [
    ("/auth/jwt/login", &[Method::POST]),
    ("/auth/jwt/logout", &[Method::POST]),
    ("/auth/cookie/login", &[Method::POST]),
    ("/auth/cookie/logout", &[Method::POST]),
    ("/auth/db/login", &[Method::POST]),
    ("/auth/db/logout", &[Method::POST]),
    ("/auth/db_cookie/login", &[Method::POST]),
    ("/auth/db_cookie/logout", &[Method::POST]),
    ("/auth/register", &[Method::POST]),
    ("/auth/forgot-password", &[Method::POST]),
    ("/auth/reset-password", &[Method::POST]),
    ("/auth/request-verify-token", &[Method::POST]),
    ("/auth/verify", &[Method::POST]),
    ("/users/me", &[Method::GET, Method::HEAD, Method::PATCH, Method::DELETE]),
    (
        "/users/00000000-0000-4000-8000-000000000000",
        &[Method::GET, Method::HEAD, Method::PATCH, Method::DELETE],
    ),
];

#[on_each_store]
async fn every_other_method_is_refused() {
    let server = Server::start().await;
    for (path, allowed) in PLACES {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS]
        {
            if allowed.contains(&method) {
                continue;
            }
            let answer = Answer::of(server.client().request(method.clone(), path)).await;
            answer.refuses(405, json!("Method Not Allowed"));
            let named = answer.header("allow").split(',').map(str::trim).collect::<BTreeSet<_>>();
            assert_eq!(named, allowed.iter().map(Method::as_str).collect(), "{method} {path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
        }
    }
}

#[on_each_store]
async fn no_refusal_is_stored() {
    let server = Server::start().await;
    for (path, methods) in PLACES {
        for method in methods {
            let answer = Answer::of(server.client().request(method.clone(), path)).await;
            assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
            assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
        }
    }
}

#[on_each_store]
async fn no_success_is_stored() {
    let server = Server::start().await;
    let client = server.client();
    let (arthur, arthur_client) = arthur_signed_in(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let path = format!("/users/{}", arthur.id);
    server.events().await;
    let to_arthur = json!({ "email": ARTHUR });
    let forgot = client.post_json("/auth/forgot-password", to_arthur.clone()).await;
    let request_verify = client.post_json("/auth/request-verify-token", to_arthur).await;
    let mails = server.mails().await;
    let token = |kind| &mails.iter().find(|mail| mail.kind == kind).expect("a mail").token;
    let verified = client.post_json("/auth/verify", json!({ "token": token("verify") })).await;
    let mut answers = vec![
        forgot,
        request_verify,
        verified,
        client.register("lancelot@camelot.bt", PASSWORD).await,
        arthur_client.get("/users/me").await,
        arthur_client.patch("/users/me", json!({})).await,
        merlin.get(&path).await,
        merlin.patch(&path, json!({})).await,
    ];
    for backend in Backend::all() {
        let login = client.login(backend, ARTHUR, PASSWORD).await;
        let logout = format!("{}/logout", backend.path());
        answers.push(client.holding(backend, &login).post(&logout).await);
        answers.push(login);
    }
    let body = json!({ "token": token("reset"), "password": "excalibur" });
    answers.push(client.post_json("/auth/reset-password", body).await);
    answers.push(merlin.delete(&path).await);
    for (index, answer) in answers.iter().enumerate() {
        assert!(answer.status.is_success(), "{index}: {} {}", answer.status, answer.text);
        assert_eq!(answer.header("cache-control"), "no-store", "{index}");
    }
}

#[on_each_store]
async fn what_is_nowhere_is_not_found() {
    let server = Server::start().await;
    for path in
        ["/", "/auth", "/auth/login", "/auth/nobody/login", "/users", "/users/me/more", "/auth/confirm-email"]
    {
        for method in [Method::GET, Method::POST] {
            let answer = Answer::of(server.client().request(method, path)).await;
            answer.refuses(404, json!("Not Found"));
        }
    }
}

#[on_each_store]
async fn a_401_says_how_to_sign_in() {
    let server = Server::start().await;
    for (names, challenge) in [
        (vec![Camelot::JWT, Camelot::COOKIE], "Bearer"),
        (vec![Camelot::DB], "Bearer"),
        (vec![Camelot::COOKIE], "Cookie"),
        (vec![Camelot::DB_COOKIE], "Cookie"),
    ] {
        let routes: Router = server.camelot.routes();
        let serving = Serving::start(routes.layer(Extension(EnabledBackends::only(names)))).await;
        for (method, path) in [
            (Method::GET, "/users/me"),
            (Method::PATCH, "/users/me"),
            (Method::DELETE, "/users/00000000-0000-4000-8000-000000000000"),
            (Method::POST, "/auth/jwt/logout"),
            (Method::POST, "/auth/cookie/logout"),
        ] {
            let answer = Answer::of(serving.client().request(method, path)).await;
            answer.refuses(401, json!("Unauthorized"));
            assert_eq!(answer.header("www-authenticate"), challenge, "{path}");
        }
    }
}
