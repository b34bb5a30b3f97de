//! Section A: accounts. Who asks is told by the credential alone, and nothing is no credential.

use std::collections::BTreeSet;

use axum_users::app::ProviderName;
use axum_users::compat::Compat;
use axum_users::oauth::OAuthConfig;
use axum_users::openapi::{ApiRouter, Info};
use axum_users::prelude::*;
use axum_users_tests::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
use axum_users_tests::{
    Answer, Backend, Camelot, Client, Options, SECRET, Server, is_in, on_each_store, sessions,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{ARTHUR, COMPAT_MODES, MORDRED, PASSWORD, camelot};

/// Every route of the app, by its document: what is mounted stands in it.
fn routes(server: &Server) -> Vec<(Method, String)> {
    let router: ApiRouter = server.camelot.api_routes();
    let document = json!(router.into_parts(Info::new("Camelot", "1.0.0")).1);
    let paths = document["paths"].as_object().expect("paths");
    let routes = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(|method| (method.to_uppercase().parse().expect("a method"), path.clone()))
    });
    routes.collect()
}

/// What may be taken for the name of a user, in a body and in a query.
fn naming(id: &str) -> Value {
    json!({
        "id": id, "user_id": id, "userId": id, "sub": id, "uid": id, "user": { "id": id }, "owner": id,
        "email": ARTHUR, "username": ARTHUR, "password": "mordred-was-here", "current_password": PASSWORD,
        "token": id, "display_name": "Mordred", "is_active": false, "is_superuser": true, "is_verified": true,
    })
}

/// A request to a route that says of itself, wherever it can, that it is of the user `id`.
async fn ask(client: &Client, method: &Method, path: &str, id: &str) -> Answer {
    let path = path.replace("{id}", id);
    let mut client = client.clone();
    for name in ["x-user-id", "x-forwarded-user", "x-remote-user", "remote-user", "x-auth-request-email"] {
        client = client.with(name, if name.ends_with("email") { ARTHUR } else { id });
    }
    let query = [("id", id), ("user_id", id), ("sub", id), ("email", ARTHUR)];
    Answer::of(client.request(method.clone(), &path).query(&query).json(&naming(id))).await
}

/// A16: every route, with no credential and with somebody else's at each backend: nothing of the user who is named is
/// changed or shown.
#[on_each_store]
async fn nobody_acts_on_whom_a_request_names() {
    for compat in COMPAT_MODES {
        let provider = Provider::start().await;
        let oidc = Oidc::new(provider.url.clone());
        let oidc = oidc.with_credentials(OAuthCredentials::new(CLIENT_ID, CLIENT_SECRET));
        let setup = Server::of(
            Options { compat, ..Options::default() },
            |_| {},
            |setup| {
                let config = OAuthConfig::new("https://camelot.bt", SECRET);
                setup.oauth(config).oauth_provider(
                    ProviderName::new("oidc"),
                    oidc,
                    [Camelot::JWT, Camelot::DB_COOKIE],
                )
            },
        );
        let server = setup.await.expect("the app starts");
        let arthur = server.user(ARTHUR, PASSWORD, |_| {}).await.id.to_string();
        let routes = routes(&server);
        let paths = routes.iter().map(|(_, path)| &**path).collect::<BTreeSet<_>>();
        for known in ["/users/{id}", "/users/me", "/auth/db/logout", "/users/me/oauth-accounts/{id}"] {
            assert!(paths.contains(known), "{paths:?}");
        }
        let arthurs = sessions(&server, ARTHUR, PASSWORD).await;
        let row = |server: &Server| server.database.rows().into_iter().find(|row| row.email == ARTHUR);
        let before = row(&server);

        for (method, path) in &routes {
            // Whom an attack has signed out, or changed, it attacks no more.
            server.user(MORDRED, "lancelot-du-lac", |_| {}).await;
            let mut attackers = vec![("nobody".to_owned(), server.client())];
            for (backend, session) in sessions(&server, MORDRED, "lancelot-du-lac").await {
                attackers.push((format!("{backend:?}"), session));
            }
            for (who, client) in attackers {
                let answer = ask(&client, method, path, &arthur).await;
                let what = format!("{compat:?}: {who}: {method} {path}: {} {}", answer.status, answer.text);
                // A sign-in is by the password that the body says, which is not Arthur's.
                assert!(!answer.text.contains(&arthur) && !answer.text.contains("access_token"), "{what}");
                assert!(answer.status.as_u16() < 500, "{what}");
                let wants_somebody = path.starts_with("/users") || path.ends_with("/logout");
                if who == "nobody" && wants_somebody {
                    assert_eq!(answer.status, 401, "{what}");
                }
                if path == "/users/{id}" && who != "nobody" {
                    assert_eq!(answer.status, 403, "{what}");
                }
                assert_eq!(row(&server), before, "{what}");
            }
            let manager = Manager::for_code(server.camelot.clone());
            let mordred = manager.user_by_email(&MORDRED.parse().expect("an address")).await;
            let mordred = mordred.expect("storage answers").expect("he has changed nothing of his, either");
            assert!(!mordred.is_superuser && !mordred.is_verified && mordred.is_active, "{method} {path}");
            manager.delete(mordred, None).await.expect("he goes");
        }
        for (backend, session) in &arthurs {
            assert!(is_in(session).await, "{compat:?}: {backend:?}");
        }
    }
}

/// What is there and says nothing, or what says that there is nothing.
fn nothings() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "\t",
        "null",
        "NULL",
        "undefined",
        "None",
        "nil",
        "0",
        "false",
        "-",
        "\"\"",
        "[]",
        "{}",
        "%00",
    ];
    let values = [json!(null), json!([]), json!({}), json!(false), json!(0), json!([null]), json!([""])];
    texts.into_iter().map(Value::from).chain(values).collect()
}

/// A19: no token, in whatever way it is none, is anybody's.
#[on_each_store]
async fn nothing_is_no_token() {
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::strict()).await;
        // A row without a password, and one without a name: what is nothing in storage is like no nothing from outside.
        server.user(MORDRED, PASSWORD, |_| {}).await;
        server.database.set_hash(Some(MORDRED), "");
        let before = server.database.rows();
        let first = if compat == Compat::None { "__Host-axum-users" } else { "fastapiusersauth" };
        let names = [first, "session"];
        for nothing in nothings() {
            for path in ["/auth/reset-password", "/auth/verify", "/auth/confirm-email"] {
                let body = json!({ "token": nothing, "password": "lancelot-du-lac" });
                let answer = server.client().post_json(path, body).await;
                assert!([400, 422].contains(&answer.status.as_u16()), "{path}: {nothing}: {}", answer.text);
            }
            let Some(text) = nothing.as_str() else { continue };
            let bearer = server.client().with("authorization", &format!("Bearer {text}"));
            assert!(!is_in(&bearer).await, "{compat:?}: {nothing}");
            for name in names {
                let cookie = server.client().with("cookie", &format!("{name}={text}"));
                assert!(!is_in(&cookie).await, "{compat:?}: {name}: {nothing}");
            }
            for email in [ARTHUR, MORDRED] {
                let status = server.client().login(Backend::Db, email, text).await.status.as_u16();
                assert!([400, 422].contains(&status), "{compat:?}: the password {nothing}: {status}");
            }
        }
        assert_eq!(server.database.rows(), before);
    }
}
