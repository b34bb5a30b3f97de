//! Routers that are mounted one by one stand where they are.

use axum_users::openapi::{ApiRouter, Info};
use axum_users::prelude::*;
use axum_users::testing;
use axum_users::transport::Header;
use axum_users_tests::Serving;
use serde_json::{Value, json};

use crate::common::{Knight, RoundTable, document, operations, round_table};

async fn app() -> RoundTable {
    round_table(Policy::fastapi_users()).await
}

fn schemes(document: &Value) -> &Value {
    &document["components"]["securitySchemes"]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_router_where_it_is() {
    let app = app().await;
    let accounts = ApiRouter::new()
        .merge(app.api_register_routes())
        .merge(app.api_reset_password_routes())
        .merge(app.api_verify_routes());
    let api = ApiRouter::new()
        .nest("/sessions", app.api_auth_routes(RoundTable::JWT, Access::Verified))
        .nest("/accounts/", accounts)
        .nest("/people", app.api_users_routes(Access::Verified))
        .nest("/google", app.api_oauth_routes(RoundTable::GOOGLE, RoundTable::JWT, Access::Verified))
        .nest("/link", app.api_oauth_associate_routes(RoundTable::GOOGLE, Access::Active))
        .nest("/people", app.api_oauth_accounts_routes(Access::Active));
    let document = document(ApiRouter::new().nest("/api", api));
    let places = operations(&document).map(|(path, method, operation)| {
        format!("{} {method} {path}", operation["operationId"].as_str().expect("an id"))
    });
    let mut places = places.collect::<Vec<_>>();
    places.sort();
    assert_eq!(
        places,
        [
            "auth:jwt.login post /api/sessions/login",
            "auth:jwt.logout post /api/sessions/logout",
            "oauth-associate:google.authorize get /api/link/authorize",
            "oauth-associate:google.callback get /api/link/callback",
            "oauth-associate:google.callback.post post /api/link/callback",
            "oauth:google.jwt.authorize get /api/google/authorize",
            "oauth:google.jwt.callback get /api/google/callback",
            "oauth:google.jwt.callback.post post /api/google/callback",
            "register:register post /api/accounts/register",
            "reset:forgot_password post /api/accounts/forgot-password",
            "reset:reset_password post /api/accounts/reset-password",
            "users:current_user get /api/people/me",
            "users:delete_user delete /api/people/{id}",
            "users:delete_user.me delete /api/people/me",
            "users:oauth_accounts get /api/people/me/oauth-accounts",
            "users:patch_current_user patch /api/people/me",
            "users:patch_user patch /api/people/{id}",
            "users:unlink_oauth_account delete /api/people/me/oauth-accounts/{id}",
            "users:user get /api/people/{id}",
            "verify:request-token post /api/accounts/request-verify-token",
            "verify:verify post /api/accounts/verify",
        ]
    );
    // A client signs in where the router is, and a cookie is one wherever it comes from.
    assert_eq!(
        schemes(&document),
        &json!({
            "OAuth2PasswordBearer.jwt": {
                "type": "oauth2",
                "flows": { "password": { "tokenUrl": "/api/sessions/login", "scopes": {} } },
            },
            "APIKeyCookie.session": { "type": "apiKey", "in": "cookie", "name": "round-table" },
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_no_route_gives_is_still_one() {
    let document = document(app().await.api_users_routes(Access::Active));
    assert_eq!(schemes(&document)["HTTPBearer.jwt"], json!({ "type": "http", "scheme": "bearer" }));
    let security = &document["paths"]["/me"]["get"]["security"];
    assert_eq!(security, &json!([{ "HTTPBearer.jwt": [] }, { "APIKeyCookie.session": [] }]));
}

auth_app! {
    /// Its tokens are in a header of its own.
    struct Tower {
        user: Knight,
        database: Sqlite,
        backends: { door: Header::new("x-ticket") + DatabaseSession },
        hasher: testing::CHEAP,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_the_app_is_documented_as_it_works() {
    let tower = Tower::builder().start(testing::config(testing::in_memory())).await.expect("the app starts");
    let (router, document) = tower.api_routes().into_parts(Info::new("Camelot", "1.0.0"));
    let document = serde_json::to_value(document).expect("JSON");
    let (scheme, expected) =
        ("APIKeyHeader.door", json!({ "type": "apiKey", "in": "header", "name": "x-ticket" }));
    assert_eq!(schemes(&document)[scheme], expected);
    assert_eq!(document["paths"]["/users/me"]["get"]["security"], json!([{ scheme: [] }]));
    let login = &document["paths"]["/auth/door/login"]["post"]["responses"]["200"];
    let schema = &login["content"]["application/json"]["schema"];
    assert_eq!(schema, &json!({ "$ref": "#/components/schemas/HeaderResponse" }));
    let serving = Serving::start(router).await;
    let client = serving.client();
    let body = json!({ "email": "arthur@camelot.bt", "password": "guinevere" });
    assert_eq!(client.post_json("/auth/register", body).await.status, 201);
    let form = json!({ "username": "arthur@camelot.bt", "password": "guinevere" });
    let login = client.post_json("/auth/door/login", form).await;
    assert_eq!((login.status.as_u16(), &login.json["token_type"]), (200, &json!("header")));
    let token = login.json["access_token"].as_str().expect("a token");
    let session = client.with("x-ticket", token);
    assert_eq!(session.get("/users/me").await.json["email"], "arthur@camelot.bt");
    // It is no bearer token.
    let bearer = client.with("authorization", &format!("Bearer {token}"));
    assert_eq!(bearer.get("/users/me").await.status, 401);
    session.post("/auth/door/logout").await.is(200, &json!(null));
    assert_eq!(session.get("/users/me").await.status, 401);
}
