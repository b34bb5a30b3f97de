//! What the policy, and whom a router lets in, change in the document.

use axum_users::openapi::ApiRouter;
use axum_users::prelude::*;
use serde_json::{Value, json};

use crate::common::{RoundTable, codes, config, document, round_table, statuses};

fn whole(app: &RoundTable) -> Value {
    document(app.api_routes())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_has_its_code() {
    let app = round_table(Policy::fastapi_users()).await;
    let document = whole(&app);
    let operation = |method: &str, path: &str| &document["paths"][path][method];
    let login = operation("post", "/auth/jwt/login");
    for login in [login, operation("post", "/auth/session/login")] {
        assert_eq!(statuses(login), ["200", "400", "403", "408", "413", "415", "422", "429", "503"]);
        assert_eq!(codes(login, "400"), ["LOGIN_BAD_CREDENTIALS"]);
        assert_eq!(codes(login, "403"), ["CROSS_SITE_REQUEST"]);
    }
    let register = operation("post", "/auth/register");
    assert_eq!(statuses(register), ["201", "400", "408", "413", "415", "422", "429", "503"]);
    assert_eq!(codes(register, "400"), ["REGISTER_INVALID_PASSWORD", "REGISTER_USER_ALREADY_EXISTS"]);
    let update = operation("patch", "/users/{id}");
    assert_eq!(
        statuses(update),
        ["200", "400", "401", "403", "404", "408", "413", "415", "422", "429", "503"]
    );
    // Whatever is typed, and however often, the answer is the same.
    let forgot = operation("post", "/auth/forgot-password");
    assert_eq!(statuses(forgot), ["202", "408", "413", "415", "422", "503"]);
    assert_eq!(codes(update, "400"), ["UPDATE_USER_EMAIL_ALREADY_EXISTS", "UPDATE_USER_INVALID_PASSWORD"]);
    assert_eq!(codes(update, "403"), ["CROSS_SITE_REQUEST", "Forbidden"]);
    assert_eq!(codes(update, "404"), ["Not Found"]);
    let callback = operation("get", "/auth/google/callback");
    assert_eq!(statuses(callback), ["200", "303", "400", "429", "502", "503"]);
    let associate = operation("get", "/auth/associate/google/callback");
    assert_eq!(statuses(associate), ["200", "303", "400", "401", "429", "502", "503"]);
    let start = operation("get", "/auth/associate/google/authorize");
    assert_eq!(codes(start, "403"), ["CROSS_SITE_REQUEST"]);
    let sign_in = operation("get", "/auth/google/authorize");
    assert_eq!(codes(sign_in, "403"), ["CROSS_SITE_REQUEST"]);
    let of_tenant = operation("get", "/auth/tenant/callback");
    assert_eq!(statuses(of_tenant), ["200", "400", "404", "429", "502", "503"]);
    assert!(codes(associate, "400").contains(&"OAUTH_ACCOUNT_ALREADY_LINKED"));
    // An example is what goes over the wire.
    let example = &register["responses"]["400"]["content"]["application/json"]["examples"];
    assert_eq!(
        example["REGISTER_INVALID_PASSWORD"]["value"],
        json!({ "detail": {
            "code": "REGISTER_INVALID_PASSWORD",
            "reason": "Password should be at least 3 characters",
        } })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_policy_has_routes_and_answers_of_its_own() {
    let policy = Policy::strict().registration(Registration::Domains(&["camelot.bt"]));
    let (strict, compatible) = (round_table(policy).await, round_table(Policy::fastapi_users()).await);
    let (strict, compatible) = (whole(&strict), whole(&compatible));
    let register = &strict["paths"]["/auth/register"]["post"];
    assert_eq!(statuses(register), ["202", "400", "403", "408", "413", "415", "422", "429", "503"]);
    assert_eq!(codes(register, "400"), ["REGISTER_INVALID_PASSWORD"]);
    assert_eq!(codes(register, "403"), ["REGISTER_NOT_ALLOWED"]);
    let me = &strict["paths"]["/users/me"]["patch"];
    assert_eq!(codes(me, "400"), ["UPDATE_USER_BAD_CURRENT_PASSWORD", "UPDATE_USER_INVALID_PASSWORD"]);
    let verify = &strict["paths"]["/auth/verify"]["post"];
    let bad = ["VERIFY_USER_ALREADY_VERIFIED", "VERIFY_USER_BAD_PASSWORD", "VERIFY_USER_BAD_TOKEN"];
    assert_eq!(codes(verify, "400"), bad);
    assert_eq!(codes(verify, "403"), ["CROSS_SITE_REQUEST"]);
    let body = &strict["components"]["schemas"]["Verification"];
    assert_eq!(
        (&body["required"], &body["properties"]["password"]["format"]),
        (&json!(["token"]), &json!("password"))
    );
    let confirm = &strict["paths"]["/auth/confirm-email"]["post"];
    assert_eq!(codes(confirm, "400"), ["VERIFY_USER_BAD_PASSWORD", "VERIFY_USER_BAD_TOKEN"]);
    assert_eq!(codes(confirm, "403"), ["CROSS_SITE_REQUEST"]);
    let verify = &compatible["paths"]["/auth/verify"]["post"];
    assert_eq!(codes(verify, "400"), ["VERIFY_USER_ALREADY_VERIFIED", "VERIFY_USER_BAD_TOKEN"]);
    assert!(compatible["components"]["schemas"].get("Verification").is_none());
    for (document, is_strict) in [(&strict, true), (&compatible, false)] {
        assert_eq!(document["paths"].get("/auth/confirm-email").is_some(), is_strict);
        let schemas = &document["components"]["schemas"];
        let update = &schemas["KnightUpdate"]["properties"];
        assert_eq!(update.get("current_password").is_some(), is_strict);
        let password = &schemas["KnightCreate"]["properties"]["password"];
        assert_eq!(password["minLength"], if is_strict { 8 } else { 1 });
        assert_eq!((&password["maxLength"], &password["format"]), (&json!(1024), &json!("password")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_let_verified_users_in_say_so() {
    let app = round_table(Policy::fastapi_users()).await;
    let document = document(
        ApiRouter::new()
            .merge(app.api_auth_routes(RoundTable::JWT, Access::Verified))
            .merge(app.api_users_routes(Access::Verified)),
    );
    let login = &document["paths"]["/login"]["post"];
    assert_eq!(codes(login, "400"), ["LOGIN_BAD_CREDENTIALS", "LOGIN_USER_NOT_VERIFIED"]);
    assert_eq!(codes(&document["paths"]["/me"]["get"], "403"), ["Forbidden"]);
}

/// What nothing limits has no 429.
#[tokio::test(flavor = "multi_thread")]
async fn limits_that_are_off_are_not_there() {
    let app = RoundTable::builder().limits(Limits::OFF).start(config()).await.expect("it starts");
    assert!(!whole(&app)["paths"].to_string().contains("\"429\""));
}
