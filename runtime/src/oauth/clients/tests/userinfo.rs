//! What becomes of a userinfo endpoint's answers, signed and not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use super::service::{Answer, Service, answer, ok};
use super::visit::Visit;
use super::{ARTHUR, fixture};
use crate::oauth::clients::{FranceConnect, Oidc, Slack};
use crate::oauth::session::Signer;
use crate::oauth::{OAuthError, OAuthProvider, ProviderSession};
use crate::user::Profile;

const USERINFO: &str = "GET /userinfo";

/// What a client makes of it, with keys by which `signature` is good, or with none.
async fn told(
    client: impl OAuthProvider,
    claims: &str,
    answer: Answer,
    keys: bool,
) -> Result<Profile, OAuthError> {
    let service = Service::answering(&[answer]).await;
    let visit = Visit { userinfo: Some(format!("{}/userinfo", service.address)), ..Visit::claiming(claims) };
    let profile = match keys {
        true => client.profile(&ProviderSession { signer: Some(&Verified), ..visit.session() }).await,
        false => client.profile(&visit.session()).await,
    };
    assert_eq!(service.asked().len(), 1);
    profile
}

/// A provider whose every signature is `signature`.
struct Verified;

impl Signer for Verified {
    fn claims<'s>(&'s self, jwt: &'s str) -> BoxFuture<'s, Result<Map<String, Value>, OAuthError>> {
        Box::pin(async move { verified(jwt) })
    }
}

fn verified(jwt: &str) -> Result<Map<String, Value>, OAuthError> {
    let unsigned = jwt.strip_suffix(".signature").ok_or_else(|| OAuthError::IdToken("forged".to_owned()))?;
    let (_, payload) = unsigned.split_once('.').expect("a payload");
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("claims"))
}

fn jwt(claims: &Value, signature: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{signature}", encode(r#"{"alg":"ES256"}"#), encode(&claims.to_string()))
}

#[tokio::test]
async fn a_signed_answer_is_read() {
    let info: Value = serde_json::from_str(fixture!("franceconnect/userinfo")).expect("JSON");
    let id_token = fixture!("franceconnect/id_token");
    let mut several = info.clone();
    several["aud"] = json!(["other", "client"]);
    for (info, line_end) in [(&info, ""), (&several, "\n")] {
        let body = jwt(info, "signature") + line_end;
        let profile =
            told(FranceConnect::default(), id_token, ok(USERINFO, body), true).await.expect("a profile");
        assert_eq!(
            profile,
            Profile::new(
                FranceConnect::PRODUCTION,
                "704e024229015d2bd47f7a5e5ab05b35c8336ab403c38022985f8cfadc86fe91v1",
            )
            .email(ARTHUR.to_owned()),
        );
    }
}

#[tokio::test]
async fn a_signed_answer_that_is_anothers_is_not() {
    let id_token = fixture!("franceconnect/id_token");
    let info: Value = serde_json::from_str(fixture!("franceconnect/userinfo")).expect("JSON");
    for (claim, value) in [
        ("sub", json!("mordred")),
        ("sub", json!(null)),
        ("iss", json!("https://evil.example")),
        ("iss", json!(null)),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("aud", json!([])),
        ("aud", json!(null)),
    ] {
        let mut info = info.clone();
        info[claim] = value;
        let profile =
            told(FranceConnect::default(), id_token, ok(USERINFO, jwt(&info, "signature")), true).await;
        assert!(matches!(profile, Err(OAuthError::IdToken(_))), "{info}: {profile:?}");
    }
    let forged = told(FranceConnect::default(), id_token, ok(USERINFO, jwt(&info, "forged")), true).await;
    assert!(matches!(forged, Err(OAuthError::IdToken(_))), "{forged:?}");

    // Nothing is read without keys, and nothing of an error's body.
    let unchecked =
        told(FranceConnect::default(), id_token, ok(USERINFO, jwt(&info, "signature")), false).await;
    assert!(matches!(unchecked, Err(OAuthError::Failed(_))), "{unchecked:?}");
    let refused =
        told(FranceConnect::default(), id_token, answer(USERINFO, 401, jwt(&info, "signature")), true).await;
    assert!(matches!(refused, Err(OAuthError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn an_answer_on_somebody_else_is_refused() {
    let id_token = fixture!("okta/id_token");
    for info in [
        json!({ "sub": "mordred", "email": ARTHUR, "email_verified": true }),
        json!({ "email": ARTHUR, "email_verified": true }),
        json!({ "sub": null, "email": ARTHUR }),
        json!({ "sub": ["00uid4BxXw6I6TV4m0g3"], "email": ARTHUR }),
    ] {
        let profile =
            told(Oidc::new("https://id.camelot.example"), id_token, ok(USERINFO, info.to_string()), true)
                .await;
        assert!(matches!(profile, Err(OAuthError::IdToken(_))), "{info}: {profile:?}");
    }
}

#[tokio::test]
async fn an_odd_answer_fails() {
    let id_token = fixture!("okta/id_token");
    let large = json!({ "sub": "00uid4BxXw6I6TV4m0g3", "padding": "x".repeat(600 * 1024) }).to_string();
    for (status, body) in [
        (200, ""),
        (200, "<!doctype html>"),
        (200, "null"),
        (200, "[]"),
        (200, "a.b"),
        (200, "a.b.c d"),
        (200, &large),
        (302, ""),
        (500, ""),
        (503, r#"{"error":"temporarily_unavailable"}"#),
    ] {
        let profile = told(
            Oidc::new("https://id.camelot.example"),
            id_token,
            answer(USERINFO, status, body.to_owned()),
            true,
        )
        .await;
        assert!(matches!(profile, Err(OAuthError::Failed(_))), "{status}: {profile:?}");
    }
    for (status, body, code) in [
        (401, r#"{"error":"invalid_token"}"#, "invalid_token"),
        (403, "", "403"),
        (200, fixture!("slack/not_ok"), "token_revoked"),
    ] {
        let told =
            told(Slack::default(), fixture!("slack/without_email"), answer(USERINFO, status, body), true)
                .await;
        match told {
            Err(OAuthError::Refused(told)) => assert_eq!(told, code),
            other => panic!("{status} {body}: {other:?}"),
        }
    }
}
