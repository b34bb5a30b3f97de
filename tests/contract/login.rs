//! `POST {backend}/login`.

use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, Camelot, Server, Serving, on_each_store};
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::cast::{ARTHUR, GALAHAD, PASSWORD, arthur, each_layout};

#[on_each_store]
async fn signs_in_at_every_backend() {
    for server in each_layout().await {
        arthur(&server).await;
        for backend in Backend::all() {
            let answer = server.client().login(backend, ARTHUR, PASSWORD).await;
            if backend.is_cookie() {
                answer.is(200, &json!(null));
            } else {
                let token = answer.json["access_token"].as_str().expect("a token");
                answer.is(200, &json!({ "access_token": token, "token_type": "bearer" }));
                assert_eq!(answer.header("set-cookie"), "");
            }
            let client = server.client().holding(backend, &answer);
            let hello = json!({ "message": "Hello arthur@camelot.bt!" });
            client.get("/authenticated").await.is(200, &hello);
        }
    }
}

#[on_each_store]
async fn takes_every_kind_of_form() {
    let server = Server::start().await;
    arthur(&server).await;
    for backend in Backend::all() {
        let path = format!("{}/login", backend.path());
        let request = || server.client().request(Method::POST, &path);
        let fields = [("username", ARTHUR), ("password", PASSWORD)];
        let [(_, username), (_, password)] = fields;
        for request in [
            request().form(&fields),
            request().multipart(Form::new().text("username", username).text("password", password)),
            request().json(&json!({ "username": username, "password": password })),
        ] {
            assert_eq!(Answer::of(request).await.status, 200, "{backend:?}");
        }
    }
}

#[on_each_store]
async fn refuses_all_bad_credentials_alike() {
    for server in each_layout().await {
        arthur(&server).await;
        server.user(GALAHAD, PASSWORD, |user| user.is_active = Some(false)).await;
        let (too_long, far_too_long) = ("x".repeat(1025), "x".repeat(60_000));
        for backend in Backend::all() {
            for (username, password) in [
                (ARTHUR, "morgana"),
                (ARTHUR, &*too_long),
                ("mordred@camelot.bt", &*too_long),
                (ARTHUR, &*far_too_long),
                (&*far_too_long, PASSWORD),
                (ARTHUR, "Guinevere"),
                (ARTHUR, "guinevere "),
                ("mordred@camelot.bt", PASSWORD),
                ("no address", PASSWORD),
                (GALAHAD, PASSWORD),
                (GALAHAD, "morgana"),
            ] {
                let answer = server.client().login(backend, username, password).await;
                answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
                assert_eq!(answer.header("set-cookie"), "");
            }
        }
    }
}

#[on_each_store]
async fn may_ask_for_a_verified_user() {
    let server = Server::start().await;
    arthur(&server).await;
    server.user(GALAHAD, PASSWORD, |user| user.is_verified = Some(true)).await;
    for (backend, name) in [
        (Backend::Jwt, Camelot::JWT),
        (Backend::Cookie, Camelot::COOKIE),
        (Backend::Db, Camelot::DB),
        (Backend::DbCookie, Camelot::DB_COOKIE),
    ] {
        let routes = server.camelot.auth_routes(name, Access::Verified);
        let serving = Serving::start(axum::Router::new().nest(backend.path(), routes)).await;
        let login = |username, password| {
            let client = serving.client();
            async move { client.login(backend, username, password).await }
        };
        login(ARTHUR, PASSWORD).await.refuses(400, json!("LOGIN_USER_NOT_VERIFIED"));
        login(ARTHUR, "morgana").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        let galahad = serving.client().signed_in(backend, GALAHAD, PASSWORD).await;
        let logout = format!("{}/logout", backend.path());
        galahad.post(&logout).await.is(200, &json!(null));
        // Arthur has signed in where nobody asked.
        let arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        let arthur = arthur.at(&serving.url);
        arthur.post(&logout).await.refuses(403, json!("Forbidden"));
    }
}

#[on_each_store]
async fn names_what_is_missing() {
    let server = Server::start().await;
    arthur(&server).await;
    let missing = |name: &str| (json!(["body", name]), "missing");
    let (username, password) = (missing("username"), missing("password"));
    for (form, mistakes) in [
        ("", vec![username.clone(), password.clone()]),
        ("username=&password=", vec![username.clone(), password.clone()]),
        ("username=arthur%40camelot.bt", vec![password.clone()]),
        ("username=arthur%40camelot.bt&password=", vec![password.clone()]),
        ("password=guinevere", vec![username.clone()]),
        ("username=&password=guinevere", vec![username.clone()]),
        ("Username=arthur%40camelot.bt&Password=guinevere", vec![username.clone(), password.clone()]),
    ] {
        for backend in Backend::all() {
            let path = format!("{}/login", backend.path());
            let answer = server.client().post_raw(&path, "application/x-www-form-urlencoded", form).await;
            answer.is_invalid(&mistakes);
        }
    }
    for (body, mistakes) in [
        (json!({}), vec![username.clone(), password.clone()]),
        (json!([]), vec![username.clone(), password.clone()]),
        (json!({ "username": "", "password": "" }), vec![username.clone(), password.clone()]),
        (json!({ "username": "" }), vec![username.clone(), password.clone()]),
        (json!({ "username": ARTHUR }), vec![password.clone()]),
        (json!({ "username": ARTHUR, "password": "" }), vec![password]),
        (json!({ "username": "", "password": PASSWORD }), vec![username]),
        (
            json!({ "username": 1, "password": null }),
            vec![(json!(["body", "username"]), "string_type"), (json!(["body", "password"]), "string_type")],
        ),
    ] {
        server.client().post_json("/auth/jwt/login", body).await.is_invalid(&mistakes);
    }
    let empty = Form::new().text("username", "").text("password", PASSWORD);
    let request = server.client().request(Method::POST, "/auth/jwt/login").multipart(empty);
    Answer::of(request).await.is_invalid(&[missing("username")]);
    server.client().post("/auth/jwt/login").await.is_invalid(&[missing("username"), missing("password")]);
}

#[on_each_store]
async fn grants_by_password_alone() {
    let server = Server::start().await;
    arthur(&server).await;
    let login = |form: String| {
        let client = server.client();
        async move { client.post_raw("/auth/jwt/login", "application/x-www-form-urlencoded", form).await }
    };
    let credentials = format!("username={ARTHUR}&password={PASSWORD}");
    for grant in ["", "&grant_type=", "&grant_type=password", "&scope=a+b&client_id=c&client_secret=d"] {
        assert_eq!(login(format!("{credentials}{grant}")).await.status, 200, "{grant}");
    }
    for grant in ["client_credentials", "Password", "passwords", "authorization_code"] {
        let answer = login(format!("{credentials}&grant_type={grant}")).await;
        answer.is_invalid(&[(json!(["body", "grant_type"]), "string_pattern_mismatch")]);
    }
    for (grant, status) in [(Value::Null, 200), (json!(""), 200), (json!("password"), 200), (json!("x"), 422)]
    {
        let body = json!({ "username": ARTHUR, "password": PASSWORD, "grant_type": grant });
        assert_eq!(server.client().post_json("/auth/jwt/login", body).await.status, status, "{grant}");
    }
}

#[on_each_store]
async fn knows_an_address_however_it_is_typed() {
    let server = Server::start().await;
    server.user("King.Arthur@münchen.de", PASSWORD, |_| {}).await;
    for username in [
        "King.Arthur@münchen.de",
        "king.arthur@münchen.de",
        "KING.ARTHUR@MÜNCHEN.DE",
        " King.Arthur@münchen.de\t",
        "king.arthur@xn--mnchen-3ya.de",
    ] {
        assert_eq!(server.client().login(Backend::Jwt, username, PASSWORD).await.status, 200, "{username}");
    }
}

#[on_each_store]
async fn a_hook_may_change_the_answer() {
    let server = Server::start().await;
    arthur(&server).await;
    for backend in Backend::all() {
        let answer = server.client().login(backend, ARTHUR, PASSWORD).await;
        assert_eq!(answer.header("x-welcome"), "Camelot", "{backend:?}");
        let refused = server.client().login(backend, ARTHUR, "morgana").await;
        assert_eq!(refused.header("x-welcome"), "", "{backend:?}");
    }
}
