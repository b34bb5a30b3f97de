//! Every route that is mounted stands in the document, and every one that stands there is mounted.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use axum_users::manager::Policy;
use axum_users::openapi::{ApiRouter, Info, delete};
use axum_users::openapi::{get as api_get, post as api_post};
use axum_users::prelude::*;
use axum_users_tests::{Answer, Serving};
use reqwest::Method;
use serde_json::json;

use crate::common::{RoundTable, dangling, operations, round_table};

async fn hello() -> &'static str {
    "Hello!"
}

/// The paths that axum itself knows.
fn paths(router: &Router) -> BTreeSet<String> {
    let shown = format!("{router:?}");
    let (routes, _) = shown.split_once("fallback_router").expect("the way in which axum shows a router");
    let paths = routes.split('"').filter(|text| text.starts_with('/') && !text.contains("__private"));
    paths.map(str::to_owned).collect()
}

fn router(app: &RoundTable) -> ApiRouter {
    let own = ApiRouter::new().route("/", api_get(hello).post(hello)).route("/{name}/{*rest}", delete(hello));
    app.api_routes().nest("/hello", own).route("/goodbye", api_post(hello))
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_them_and_nothing_else() {
    for policy in [Policy::fastapi_users(), Policy::strict()] {
        let app = round_table(policy).await;
        let (routes, document) = router(&app).into_parts(Info::new("Camelot", "1.0.0"));
        let document = json!(document);
        let documented = operations(&document).map(|(path, ..)| path.to_owned()).collect::<BTreeSet<_>>();
        let mounted = paths(&routes).into_iter().map(|path| path.replace("{*", "{")).collect();
        assert_eq!(documented, mounted);
        assert_eq!(dangling(&document), BTreeSet::new());

        // What isn't documented of a path is refused, with all that is.
        let serving = Serving::start(routes.fallback(async || StatusCode::IM_A_TEAPOT)).await;
        let client = serving.client();
        for path in documented {
            let address = path.replace("{id}", "1").replace("{name}", "a").replace("{rest}", "b/c");
            let own = operations(&document).filter(|(of, ..)| *of == path).map(|(_, method, _)| method);
            let own = own.map(|method| method.parse::<Method>().expect("a method")).collect::<Vec<_>>();
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let is_documented = own.iter().any(|own| own.as_str().eq_ignore_ascii_case(method.as_str()));
                let answer = Answer::of(client.request(method.clone(), &address)).await;
                assert_eq!(answer.status != 405, is_documented, "{method} {path}: {}", answer.text);
                assert_ne!(answer.status, StatusCode::IM_A_TEAPOT, "{method} {path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_documented_is_said_so() {
    let app = round_table(Policy::fastapi_users()).await;
    let plain = Router::new().route("/plain", get(hello));
    let router = router(&app).merge_hidden(plain);
    let (routes, document) = router.into_parts(Info::new("Camelot", "1.0.0"));
    assert!(paths(&routes).contains("/plain"));
    assert_eq!(json!(document)["paths"].get("/plain"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_id_is_unique() {
    let app = round_table(Policy::fastapi_users()).await;
    let twice = ApiRouter::new().nest("/v1", router(&app)).nest("/v2", router(&app));
    let (_, document) = twice.into_parts(Info::new("Camelot", "1.0.0"));
    let document = json!(document);
    let ids = operations(&document).map(|(.., operation)| &operation["operationId"]);
    let ids = ids.map(|id| id.as_str().expect("an id").to_owned()).collect::<Vec<_>>();
    let unique = ids.iter().collect::<BTreeSet<_>>();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    for id in ["auth:jwt.login", "auth:jwt.login.2", "users:current_user.2", "hello", "hello.2"] {
        assert!(unique.contains(&id.to_owned()), "{id} is not among {ids:?}");
    }
}
