//! A strategy that is a function of the request: a secret for each tenant.

use axum_users::prelude::*;
use axum_users::token::{Algorithm, JwtKeys};
use axum_users_tests::{Backend, CHEAP, RESET_SECRET, SECRET, Serving, User, VERIFY_SECRET};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, create};

/// The keys of the tenant that a request names.
fn tenant_jwt(request: &RequestInfo) -> Jwt {
    let tenant = request.headers.get("x-tenant").and_then(|name| name.to_str().ok()).unwrap_or("nobody");
    let secret = format!("{tenant}: a secret of thirty-two bytes or more");
    let keys = JwtKeys::hmac(Algorithm::HS256, &secret.into()).expect("an HMAC takes every secret");
    Jwt::default().lifetime(HOUR).keys(keys)
}

auth_app! {
    /// One database for all tenants, and tokens for each.
    struct Castles {
        user: User,
        database: Sqlite,
        backends: {
            jwt: Bearer + tenant_jwt,
            cookie: Cookie + tenant_jwt,
        },
        hasher: CHEAP,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_its_tenant() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let castles = Castles::start(CastlesConfig {
        database: folder.path().join("castles.db").display().to_string().into(),
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    })
    .await
    .expect("the app starts");
    Manager::for_code(castles.clone()).create(create(ARTHUR, PASSWORD)).await.expect("a new user");
    let serving = Serving::start(castles.routes()).await;
    let at = |tenant: &str| serving.client().with("x-tenant", tenant);
    for backend in [Backend::Jwt, Backend::Cookie] {
        let camelot = at("camelot").signed_in(backend, ARTHUR, PASSWORD).await;
        assert_eq!(camelot.get("/users/me").await.status, 200);
        for stranger in ["tintagel", "", "nobody"] {
            let client = camelot.with("x-tenant", stranger);
            client.get("/users/me").await.refuses(401, json!("Unauthorized"));
            client.post("/auth/jwt/logout").await.refuses(401, json!("Unauthorized"));
        }
        // Nor has the stranger ended it.
        assert_eq!(camelot.get("/users/me").await.status, 200);
        camelot.post("/auth/jwt/logout").await.is(200, &json!(null));
        camelot.get("/users/me").await.refuses(401, json!("Unauthorized"));
    }
}
