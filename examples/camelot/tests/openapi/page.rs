//! The page that reads the document: it comes from the binary, asks for nothing elsewhere, and signs in.

use axum_users_tests::Answer;
use reqwest::Method;
use serde_json::json;

use crate::common::Camelot;

/// A browser that keeps to this loads nothing from anywhere else, and sends nothing there.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

#[tokio::test(flavor = "multi_thread")]
async fn comes_from_the_binary() {
    let camelot = Camelot::start();
    let client = camelot.client();
    let index = client.get("/docs").await;
    assert_eq!((index.status.as_u16(), index.header("content-type")), (200, "text/html"));
    let linked = index.text.split('"').filter(|text| text.ends_with(".css") || text.ends_with(".js"));
    let linked = linked.map(|name| name.trim_start_matches("./").to_owned()).collect::<Vec<_>>();
    assert_eq!(linked.len(), 5, "{}", index.text);
    for file in &linked {
        let answer = client.get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
        assert!(!answer.text.is_empty(), "{file}");
        assert_eq!(answer.header("content-security-policy"), POLICY, "{file}");
    }
    assert!(!index.text.contains("//"), "an address elsewhere: {}", index.text);
    let settings = client.get("/docs/swagger-initializer.js").await.text;
    assert!(settings.contains(r#""url": "../openapi.json""#), "{settings}");
    assert!(settings.contains(r#""validatorUrl": "none""#), "{settings}");
    client.get("/docs/nothing.js").await.refuses(404, json!("Not Found"));
}

/// What the button "Authorize" sends, and what a request is sent with then.
#[tokio::test(flavor = "multi_thread")]
async fn signs_in() {
    let camelot = Camelot::start();
    let client = camelot.client();
    assert_eq!(client.register("arthur@camelot.bt", "guinevere").await.status, 201);
    let document = camelot.document().await;
    let scheme = &document["components"]["securitySchemes"]["OAuth2PasswordBearer.jwt"];
    let address = scheme["flows"]["password"]["tokenUrl"].as_str().expect("an address");
    let form = [("grant_type", "password"), ("username", "arthur@camelot.bt"), ("password", "guinevere")];
    let request = client.request(Method::POST, address).header("authorization", "Basic Og==").form(&form);
    let answer = Answer::of(request).await;
    assert_eq!((answer.status.as_u16(), &answer.json["token_type"]), (200, &json!("bearer")));
    let token = answer.json["access_token"].as_str().expect("a token");
    let signed_in = client.with("authorization", &format!("Bearer {token}"));
    signed_in.get("/authenticated").await.is(200, &json!({ "message": "Hello arthur@camelot.bt!" }));
}
