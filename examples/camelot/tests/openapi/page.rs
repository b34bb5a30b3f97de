//! The page that reads the document: it comes from the binary, asks for nothing elsewhere, and signs in.

use axum_users_tests::{Answer, Browser};
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
    let way = client.get("/docs").await;
    assert_eq!((way.status.as_u16(), way.header("location")), (303, "docs/"));
    let index = client.get("/docs/").await;
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

/// The same, by whoever sees the page.
#[tokio::test(flavor = "multi_thread")]
async fn signs_a_reader_in() {
    let Some(browser) = Browser::start().await else { return };
    let camelot = Camelot::start();
    let client = camelot.client();
    assert_eq!(client.register("arthur@camelot.bt", "guinevere").await.status, 201);
    browser.page.set_window_rect(0, 0, 1280, 1600).await.expect("room for all of it");
    browser.page.goto(format!("{}/docs", client.url())).await.expect("a page");
    let click = async |path: &str| browser.find(path).await.click().await.expect("it is there to be clicked");
    let form = "//div[contains(@class, 'auth-container')][contains(., 'OAuth2PasswordBearer.jwt')]";
    click("//button[contains(@class, 'authorize')]").await;
    for (field, text) in [("oauth_username", "arthur@camelot.bt"), ("oauth_password", "guinevere")] {
        let field = browser.find(&format!("{form}//input[@id='{field}']")).await;
        field.send_keys(text).await.expect("it takes text");
    }
    click(&format!("{form}//button[contains(@class, 'authorize')]")).await;
    browser.find(&format!("{form}//*[text()='Authorized']")).await;
    click(&format!("{form}//button[contains(@class, 'btn-done')]")).await;

    let operation = "//*[@id='operations-default-authenticated']";
    click(&format!("{operation}//button[contains(@class, 'opblock-summary-control')]")).await;
    click(&format!("{operation}//button[contains(@class, 'try-out__btn')]")).await;
    click(&format!("{operation}//button[contains(@class, 'execute')]")).await;
    let answer =
        browser.find("//*[contains(@class, 'live-responses-table')]//td[contains(., 'Hello')]").await;
    let answer = answer.text().await.expect("a text");
    assert!(answer.contains("Hello arthur@camelot.bt!"), "{answer}");

    // All of it came from here.
    let script = "return performance.getEntriesByType('resource').map(entry => entry.name)";
    let loaded = browser.page.execute(script, Vec::new()).await.expect("a script runs");
    let loaded = loaded.convert::<Vec<String>>().expect("addresses");
    assert!(loaded.len() > 5, "{loaded:?}");
    assert!(loaded.iter().all(|address| address.starts_with(client.url())), "{loaded:?}");
}
