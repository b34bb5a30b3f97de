//! Every way of signing a JWT, with the app's secret or a key pair.

use axum::{Extension, Router};
use axum_users::app::BackendName;
use axum_users::prelude::*;
use axum_users::token::{Algorithm, JwtKeys};
use axum_users_tests::{CHEAP, Client, RESET_SECRET, SECRET, Serving, User, VERIFY_SECRET};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::cast::{ARTHUR, PASSWORD, create};

/// A key pair from the folder `keys`, which no app should ever use.
macro_rules! pair {
    ($algorithm:expr, $private:literal, $public:literal) => {
        JwtKeys::pair($algorithm, include_str!($private), include_str!($public)).expect("a key pair")
    };
}

fn es256() -> JwtKeys {
    pair!(Algorithm::ES256, "keys/es256.pem", "keys/es256.pub.pem")
}

fn eddsa() -> JwtKeys {
    pair!(Algorithm::EdDSA, "keys/eddsa.pem", "keys/eddsa.pub.pem")
}

auth_app! {
    /// A backend for each algorithm.
    struct Smithy {
        user: User,
        database: Sqlite,
        backends: {
            hs256: Bearer + Jwt,
            hs384: Bearer + Jwt { algorithm: Algorithm::HS384 },
            hs512: Bearer + Jwt { algorithm: Algorithm::HS512 },
            es256: Bearer + Jwt { keys: Some(es256()) },
            eddsa: Bearer + Jwt { keys: Some(eddsa()) },
        },
        hasher: CHEAP,
    }
}

const ALL: [(BackendName, &str); 5] = [
    (Smithy::HS256, "HS256"),
    (Smithy::HS384, "HS384"),
    (Smithy::HS512, "HS512"),
    (Smithy::ES256, "ES256"),
    (Smithy::EDDSA, "EdDSA"),
];

/// What the header of a token says.
fn header(token: &str) -> Value {
    let (header, _) = token.split_once('.').expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("JSON")
}

async fn sign_in(client: &Client, backend: BackendName) -> String {
    let body = json!({ "username": ARTHUR, "password": PASSWORD });
    let answer = client.post_json(&format!("/auth/{backend}/login"), body).await;
    answer.json["access_token"].as_str().expect("a token").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_reads_its_own_and_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let smithy = Smithy::start(SmithyConfig {
        database: folder.path().join("smithy.db").display().to_string().into(),
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    })
    .await
    .expect("the app starts");
    Manager::for_code(smithy.clone()).create(create(ARTHUR, PASSWORD)).await.expect("a new user");
    let serving = Serving::start(smithy.routes()).await;
    for (backend, algorithm) in ALL {
        let token = sign_in(&serving.client(), backend).await;
        assert_eq!(header(&token), json!({ "alg": algorithm, "typ": "JWT" }));
        let client = serving.client().with("authorization", &format!("Bearer {token}"));
        assert_eq!(client.get("/users/me").await.status, 200, "{backend}");
        for (reader, _) in ALL {
            let routes: Router = smithy.routes();
            let alone = Serving::start(routes.layer(Extension(EnabledBackends::only([reader])))).await;
            let status = client.at(&alone.url).get("/users/me").await.status;
            assert_eq!(status.as_u16(), if reader == backend { 200 } else { 401 }, "{backend} at {reader}");
        }
        client.post(&format!("/auth/{backend}/logout")).await.is(200, &json!(null));
        client.get("/users/me").await.refuses(401, json!("Unauthorized"));
    }
}
