//! Answers that no provider should give, to each client that asks its provider's own interface.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};

use super::service::{Answer, Service, answer, ok};
use super::visit::{TOKEN, Visit};
use crate::oauth::OAuthError;
use crate::oauth::clients::{
    Discord, Facebook, GitHub, Kakao, LinkedIn, Microsoft, Naver, Reddit, Shopify, Spotify, X,
};
use crate::oauth::source::DynClient;
use crate::user::Profile;

/// A client, what it asks first, and the least that it takes for an answer.
struct Client {
    at: fn(Cow<'static, str>) -> Arc<dyn DynClient>,
    line: &'static str,
    /// What the id is called.
    id: &'static str,
    least: fn(Value) -> Value,
}

const CLIENTS: [Client; 11] = [
    Client {
        at: |base| Arc::new(Discord { base, ..Discord }),
        line: "GET /api/users/@me",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(Facebook { web: base.clone(), api: base, ..Facebook }),
        line: "GET /v25.0/me?fields=id,name,email,picture",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(GitHub { web: base.clone(), api: base, ..GitHub }),
        line: "GET /user",
        id: "id",
        least: |id| json!({ "id": id, "login": "arthur" }),
    },
    Client {
        at: |base| Arc::new(Kakao { web: base.clone(), api: base, ..Kakao }),
        line: "GET /v2/user/me?property_keys=%5B%22kakao_account.email%22%2C%22kakao_account.profile%22%5D",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(LinkedIn { web: base.clone(), api: base, ..LinkedIn }),
        line: "GET /v2/userinfo",
        id: "sub",
        least: |id| json!({ "sub": id }),
    },
    Client {
        at: |base| Arc::new(Microsoft { web: base.clone(), api: base, ..Microsoft }),
        line: "GET /v1.0/me",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(Naver { web: base.clone(), api: base, ..Naver }),
        line: "GET /v1/nid/me",
        id: "id",
        least: |id| json!({ "response": { "id": id } }),
    },
    Client {
        at: |base| Arc::new(Reddit { web: base.clone(), api: base, ..Reddit }),
        line: "GET /api/v1/me?raw_json=1",
        id: "name",
        least: |id| json!({ "name": id }),
    },
    Client {
        at: |shop| Arc::new(Shopify { shop, ..Shopify }),
        line: "GET /admin/api/2025-10/shop.json",
        id: "id",
        least: |id| json!({ "shop": { "id": id } }),
    },
    Client {
        at: |base| Arc::new(Spotify { web: base.clone(), api: base, ..Spotify }),
        line: "GET /v1/me",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(X { web: base.clone(), api: base, ..X }),
        line: "GET /2/users/me?user.fields=confirmed_email,profile_image_url",
        id: "id",
        least: |id| json!({ "data": { "id": id } }),
    },
];

impl Client {
    /// What the client makes of an answer. GitHub asks for addresses too.
    async fn told(&self, answer: Answer) -> Result<Profile, OAuthError> {
        let service = Service::answering(&[answer, ok("GET /user/emails", "[]")]).await;
        let visit = Visit::new();
        let profile = (self.at)(service.address.clone().into()).profile(&visit.session()).await;
        let asked = service.asked();
        assert_eq!(asked[0].line, self.line);
        assert!(asked.iter().all(|asked| asked.line != "GET /elsewhere"), "{asked:?}");
        if let Err(error) = &profile {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(TOKEN) && !shown.contains("s:cret"), "{shown}");
        }
        profile
    }
}

#[tokio::test]
async fn an_answer_that_is_none_fails() {
    const PAGE: &str = "<!doctype html><title>Camelot</title>";
    for client in &CLIENTS {
        let large = json!({ "padding": "x".repeat(600 * 1024), "answer": (client.least)("1".into()) });
        let deep = "[".repeat(100_000);
        for (status, body) in [
            (200, PAGE),
            (200, ""),
            (204, ""),
            (200, "null"),
            (200, "[]"),
            (200, "{}"),
            (200, "7"),
            (200, r#""text""#),
            (200, r#"{"id":"1""#),
            (200, &deep),
            (200, &large.to_string()),
            (302, ""),
            (302, r#"{"id":"1"}"#),
            (429, r#"{"message":"slowly"}"#),
            (500, ""),
            (500, r#"{"error":"server_error"}"#),
            (502, PAGE),
        ] {
            let told = client.told(answer(client.line, status, body.to_owned())).await;
            let short = body.get(..40).unwrap_or(body);
            assert!(matches!(told, Err(OAuthError::Failed(_))), "{} {status} {short}: {told:?}", client.line);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_one() {
    for client in &CLIENTS {
        for (status, body, code) in [
            (401, "", "401"),
            (401, r#"{"error":"invalid_token"}"#, "invalid_token"),
            (400, r#"{"error":{"code":"expired","message":"excalibur"}}"#, "expired"),
            (403, "<!doctype html>", "403"),
            (404, "[]", "404"),
            // No line of a log is forged.
            (400, r#"{"error":"a\nb c"}"#, "a?b?c"),
        ] {
            match client.told(answer(client.line, status, body)).await {
                Err(OAuthError::Refused(told)) => assert_eq!(told, code, "{}", client.line),
                other => panic!("{} {status} {body}: {other:?}", client.line),
            }
        }
    }
}

#[tokio::test]
async fn an_id_is_a_text_or_a_whole_number() {
    for client in &CLIENTS {
        let body = |id: Value| (client.least)(id).to_string();
        for (id, text) in [
            (json!("42"), "42"),
            (json!(42), "42"),
            (json!("king-arthur"), "king-arthur"),
            (json!(u64::MAX), "18446744073709551615"),
            (json!("0042"), "0042"),
        ] {
            let told = client.told(ok(client.line, body(id))).await.expect("a profile");
            assert_eq!((told.account_id.as_str(), told.email), (text, None), "{}", client.line);
        }
        let bad = [json!(null), json!(""), json!(true), json!(4.2), json!([]), json!({}), json!(["42"])];
        let mut bad = bad.into_iter().map(body).collect::<Vec<_>>();
        // Missing, under another name, and larger than a number can be without losing digits.
        bad.push(body("42".into()).replace(&format!(r#""{}":"#, client.id), r#""number":"#));
        bad.push(body("42".into()).replace(r#""42""#, "18446744073709551616"));
        for body in bad {
            let told = client.told(ok(client.line, body.clone())).await;
            assert!(matches!(told, Err(OAuthError::Failed(_))), "{} {body}: {told:?}", client.line);
        }
    }
}

#[tokio::test]
async fn silence_is_unreachable() {
    let service = Service::answering(&[]).await;
    let address = service.address.clone();
    drop(service);
    for client in &CLIENTS {
        let visit = Visit::new();
        let told = (client.at)(address.clone().into()).profile(&visit.session()).await;
        let error = told.expect_err("nobody is there");
        assert!(matches!(error, OAuthError::Unreachable(_)), "{error:?}");
        // Where it asked may hold a secret.
        assert!(!format!("{error:?}").contains(client.line.trim_start_matches("GET ")), "{error:?}");
    }
}
