//! A handler of the app's own documents what its extractors ask of a request.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router};
use axum_users::error::{Refusal, Rejection};
use axum_users::openapi::utoipa::{self, ToSchema};
use axum_users::openapi::{ApiRouter, Info, OpenApi, get, post};
use axum_users::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::common::{KnightRead, RoundTable, codes, dangling, round_table, statuses};

async fn open() {}
async fn known(_: State<RoundTable>, _: CurrentUser<RoundTable>, _: HeaderMap) {}
async fn session(_: CurrentSession<RoundTable>) {}
async fn verified(_: VerifiedUser<RoundTable>) {}
async fn superuser(_: Manager<RoundTable>, _: Superuser<RoundTable>) {}
async fn optional(_: Option<CurrentUser<RoundTable>>) {}
async fn tried(_: Result<VerifiedUser<RoundTable>, Rejection>) {}
async fn claims(_: StatelessClaims<RoundTable>) {}
async fn both(_: Option<VerifiedUser<RoundTable>>, _: CurrentUser<RoundTable>) {}
async fn wrapped(_: Wrapped) {}

/// An extractor of the app's own.
struct Wrapped;

impl<S: Sync> FromRequestParts<S> for Wrapped {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Quest {
    /// What is looked for.
    goal: String,
    knights: Vec<Name>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Name {
    name: String,
}

async fn quests() -> Json<Vec<Quest>> {
    Json(Vec::new())
}

async fn new_quest(_: CurrentUser<RoundTable>, quest: Json<Quest>) -> (StatusCode, Json<Quest>) {
    (StatusCode::CREATED, quest)
}

async fn document(router: ApiRouter<RoundTable>) -> Value {
    let app = round_table(Policy::fastapi_users()).await;
    let router = ApiRouter::knowing(&app).merge(router).with_state::<()>(app);
    let (_, document) = router.into_parts(Info::new("Camelot", "1.0.0"));
    json!(document)
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_what_they_prove() {
    let router = ApiRouter::new()
        .route("/open", get(open))
        .route("/known", get(known).post(known))
        .route("/session", get(session))
        .route("/verified", get(verified))
        .route("/superuser", get(superuser))
        .route("/optional", get(optional).post(optional))
        .route("/tried", get(tried).post(tried))
        .route("/claims", get(claims))
        .route("/both", get(both))
        .route("/wrapped", get(wrapped))
        .route("/wrapped/known", get(wrapped).requires::<CurrentUser<RoundTable>>());
    let document = document(router).await;
    let either = json!([{ "HTTPBearer.jwt": [] }, { "APIKeyCookie.session": [] }]);
    let by_jwt = json!([{ "HTTPBearer.jwt": [] }]);
    let if_any = json!([{ "HTTPBearer.jwt": [] }, { "APIKeyCookie.session": [] }, {}]);
    for (path, method, security, expected) in [
        ("/open", "get", &Value::Null, &["200"][..]),
        ("/known", "get", &either, &["200", "401", "503"]),
        ("/known", "post", &either, &["200", "401", "403", "503"]),
        ("/session", "get", &either, &["200", "401", "503"]),
        ("/verified", "get", &either, &["200", "401", "403", "503"]),
        ("/superuser", "get", &either, &["200", "401", "403", "503"]),
        ("/optional", "get", &if_any, &["200", "503"]),
        ("/optional", "post", &if_any, &["200", "403", "503"]),
        ("/tried", "get", &if_any, &["200"]),
        ("/tried", "post", &if_any, &["200"]),
        ("/claims", "get", &by_jwt, &["200", "401"]),
        ("/both", "get", &either, &["200", "401", "503"]),
        ("/wrapped", "get", &Value::Null, &["200"]),
        ("/wrapped/known", "get", &either, &["200", "401", "503"]),
    ] {
        let operation = &document["paths"][path][method];
        assert_eq!(&operation["security"], security, "{method} {path}");
        assert_eq!(statuses(operation), expected, "{method} {path}");
    }
    assert_eq!(codes(&document["paths"]["/known"]["post"], "403"), ["CROSS_SITE_REQUEST"]);
    assert_eq!(codes(&document["paths"]["/verified"]["get"], "403"), ["Forbidden"]);
    assert_eq!(document["paths"]["/known"]["get"]["operationId"], "known");
}

#[tokio::test(flavor = "multi_thread")]
async fn stand_beside_what_the_handler_says_itself() {
    let router = ApiRouter::new().route(
        "/quests/{place}",
        get(quests)
            .summary("Lists the quests")
            .tag("quests")
            .json_list::<Quest>(StatusCode::OK)
            .json_list::<KnightRead>(StatusCode::ACCEPTED)
            .post(new_quest)
            .takes::<Quest>()
            .json::<Quest>(StatusCode::CREATED)
            .refuses(Rejection::Refused(Refusal::CrossSiteRequest))
            .refuses(Rejection::NotFound)
            .operation(|operation| operation.description = Some("One more.".to_owned())),
    );
    let document = document(router).await;
    let (list, add) =
        (&document["paths"]["/quests/{place}"]["get"], &document["paths"]["/quests/{place}"]["post"]);
    assert_eq!((&list["summary"], &list["tags"]), (&json!("Lists the quests"), &json!(["quests"])));
    let reference = json!({ "$ref": "#/components/schemas/Quest" });
    let body = |response: &Value| response["content"]["application/json"]["schema"].clone();
    assert_eq!(body(&list["responses"]["200"]), json!({ "type": "array", "items": reference }));
    assert_eq!(
        body(&list["responses"]["202"]),
        json!({ "type": "array", "items": { "$ref": "#/components/schemas/KnightRead" } })
    );
    assert_eq!(body(&add["requestBody"]), reference);
    assert_eq!(body(&add["responses"]["201"]), reference);
    assert_eq!(statuses(add), ["201", "401", "403", "404", "503"]);
    assert_eq!(add["description"], "One more.");
    let place = json!([{ "name": "place", "in": "path", "required": true, "schema": { "type": "string" } }]);
    assert_eq!(list["parameters"], place);
    assert_eq!(dangling(&document), std::collections::BTreeSet::new());
}

#[utoipa::path(get, path = "/never/read", responses((status = 418, description = "A teapot")))]
async fn teapot(_: VerifiedUser<RoundTable>) -> StatusCode {
    StatusCode::IM_A_TEAPOT
}

#[tokio::test(flavor = "multi_thread")]
async fn stand_beside_what_utoipa_says() {
    let elsewhere: (Router<RoundTable>, OpenApi) = (
        Router::new().route("/elsewhere", axum::routing::get(open)),
        serde_json::from_value(json!({
            "openapi": "3.1.0",
            "info": { "title": "Elsewhere", "version": "1" },
            "paths": { "/elsewhere": { "get": { "operationId": "open", "responses": { "200": { "description": "" } } } } },
            "components": { "schemas": { "Elsewhere": { "type": "string" } } },
        }))
        .expect("a document"),
    );
    let router = ApiRouter::new()
        .route("/teapot", get(teapot).with_utoipa_path::<__path_teapot>())
        .nest("/from", ApiRouter::from(elsewhere))
        .route("/open", post(open));
    let document = document(router).await;
    let teapot = &document["paths"]["/teapot"]["get"];
    assert_eq!(statuses(teapot), ["401", "403", "418", "503"]);
    assert_eq!(document["paths"]["/from/elsewhere"]["get"]["operationId"], "open");
    assert_eq!(document["paths"]["/open"]["post"]["operationId"], "open.2");
    assert_eq!(document["components"]["schemas"]["Elsewhere"], json!({ "type": "string" }));
    assert_eq!(document["info"], json!({ "title": "Camelot", "version": "1.0.0" }));
}
