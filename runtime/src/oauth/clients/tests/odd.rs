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
        at: |base| Arc::new(Discord::default().base(base)),
        line: "GET /api/users/@me",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(Facebook::default().web(base.clone()).api(base)),
        line: "GET /v25.0/me?fields=id,name,email,picture",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(GitHub::default().web(base.clone()).api(base)),
        line: "GET /user",
        id: "id",
        least: |id| json!({ "id": id, "login": "arthur" }),
    },
    Client {
        at: |base| Arc::new(Kakao::default().web(base.clone()).api(base)),
        line: "GET /v2/user/me?property_keys=%5B%22kakao_account.email%22%2C%22kakao_account.profile%22%5D",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(LinkedIn::default().web(base.clone()).api(base)),
        line: "GET /v2/userinfo",
        id: "sub",
        least: |id| json!({ "sub": id }),
    },
    Client {
        at: |base| Arc::new(Microsoft::default().web(base.clone()).api(base)),
        line: "GET /v1.0/me",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(Naver::default().web(base.clone()).api(base)),
        line: "GET /v1/nid/me",
        id: "id",
        least: |id| json!({ "response": { "id": id } }),
    },
    Client {
        at: |base| Arc::new(Reddit::default().web(base.clone()).api(base)),
        line: "GET /api/v1/me?raw_json=1",
        id: "name",
        least: |id| json!({ "name": id }),
    },
    Client {
        at: |shop| Arc::new(Shopify::new(shop)),
        line: "GET /admin/api/2025-10/shop.json",
        id: "id",
        least: |id| json!({ "shop": { "id": id } }),
    },
    Client {
        at: |base| Arc::new(Spotify::default().web(base.clone()).api(base)),
        line: "GET /v1/me",
        id: "id",
        least: |id| json!({ "id": id }),
    },
    Client {
        at: |base| Arc::new(X::default().web(base.clone()).api(base)),
        line: "GET /2/users/me?user.fields=confirmed_email,profile_image_url",
        id: "id",
        least: |id| json!({ "data": { "id": id } }),
    },
];

impl Client {
    /// What the client makes of an answer. GitHub asks for addresses too.
    async fn told(&self, answer: Answer) -> Result<Profile, OAuthError> {
        let service = Service::answering(&[answer, ok("GET /user/emails?per_page=100&page=1", "[]")]).await;
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

/// GitHub answers 403 to an app that asks too often. It is no user's refusal.
#[tokio::test]
async fn a_rate_limit_is_a_failure() {
    for client in &CLIENTS {
        for answer in [
            answer(client.line, 429, ""),
            answer(client.line, 403, "").with(&[("retry-after", "60")]),
            answer(client.line, 403, "{}").with(&[("x-ratelimit-remaining", "0")]),
            answer(client.line, 403, r#"{"message":"API rate limit exceeded for user ID 1."}"#),
            answer(client.line, 403, r#"{"message":"You have exceeded a secondary rate limit."}"#),
        ] {
            let told = client.told(answer.clone()).await;
            assert!(matches!(told, Err(OAuthError::Failed(_))), "{answer:?}: {told:?}");
        }
        for answer in [
            answer(client.line, 403, "").with(&[("x-ratelimit-remaining", "1")]),
            answer(client.line, 403, r#"{"message":"Resource not accessible by integration"}"#),
        ] {
            let told = client.told(answer.clone()).await;
            assert!(matches!(told, Err(OAuthError::Refused(_))), "{answer:?}: {told:?}");
        }
    }
}

/// Whatever a provider writes into an optional member, the account is known by its id.
#[tokio::test]
async fn optional_members_may_be_null_or_of_another_kind() {
    const OPTIONAL: [(usize, &[&str]); 10] = [
        (0, &["email", "verified", "global_name", "username", "avatar"]),
        (1, &["name", "email", "picture"]),
        (2, &["name", "avatar_url"]),
        (3, &["kakao_account"]),
        (4, &["email", "email_verified", "name", "picture"]),
        (5, &["mail", "userPrincipalName", "displayName"]),
        (6, &["email", "name", "nickname", "profile_image"]),
        (7, &["icon_img"]),
        (9, &["email", "display_name", "images"]),
        (10, &["confirmed_email", "name", "profile_image_url"]),
    ];
    let odd =
        [json!(null), json!(""), json!("yes"), json!("false"), json!(7), json!([]), json!([null]), json!({})];
    for (index, names) in OPTIONAL {
        let client = &CLIENTS[index];
        for name in names {
            for value in &odd {
                let mut body = (client.least)("42".into());
                let holder = ["response", "data"].into_iter().find(|name| body.get(*name).is_some());
                let user = match holder {
                    Some(holder) => &mut body[holder],
                    None => &mut body,
                };
                user[*name] = value.clone();
                let profile = client.told(ok(client.line, body.to_string())).await;
                let profile = profile.unwrap_or_else(|error| panic!("{} {body}: {error}", client.line));
                assert_eq!(profile.account_id, "42");
                assert!(!profile.email_verified || profile.email.is_some(), "{body}: {profile:?}");
                assert_ne!(profile.email.as_deref(), Some(""), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn only_a_plain_yes_verifies_an_address() {
    /// The answer of an account whose email has this flag.
    type Flagged = fn(Value) -> Value;
    let rows: [(usize, Flagged); 3] = [
        (0, |yes| json!({ "id": "1", "email": "arthur@camelot.example", "verified": yes })),
        (3, |yes| {
            let account =
                json!({ "email": "arthur@camelot.example", "is_email_valid": yes, "is_email_verified": yes });
            json!({ "id": "1", "kakao_account": account })
        }),
        (4, |yes| json!({ "sub": "1", "email": "arthur@camelot.example", "email_verified": yes })),
    ];
    for (index, body) in rows {
        let client = &CLIENTS[index];
        for (yes, is_verified) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(null), false),
            (json!("yes"), false),
            (json!(1), false),
            (json!([true]), false),
        ] {
            let profile =
                client.told(ok(client.line, body(yes.clone()).to_string())).await.expect("a profile");
            assert_eq!(profile.email.as_deref(), Some("arthur@camelot.example"));
            assert_eq!(profile.email_verified, is_verified, "{} {yes}", client.line);
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
