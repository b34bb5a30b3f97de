//! What the providers' token endpoints answer.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::oauth::{OAuthError, ProviderTokens};

fn read(answer: &str) -> Result<ProviderTokens, OAuthError> {
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    ProviderTokens::read(answer.as_object().expect("an object"), Timestamp::from_micros(1_000_000_000))
}

#[test]
fn tokens() {
    for (answer, refresh_token, expires_at) in [
        // GitHub.
        (r#"{"access_token":"a","scope":"user,user:email","token_type":"bearer"}"#, None, None),
        // Naver writes the number as text.
        (
            r#"{"access_token":"a","refresh_token":"r","token_type":"bearer","expires_in":"3600"}"#,
            Some("r"),
            Some(4_600),
        ),
        // Twitch has a list of scopes.
        (
            r#"{"access_token":"a","refresh_token":"r","expires_in":14124,"scope":["openid"],"token_type":"bearer"}"#,
            Some("r"),
            Some(15_124),
        ),
        // Slack.
        (r#"{"ok":true,"access_token":"a","token_type":"Bearer","id_token":"j.w.t"}"#, None, None),
        // Shopify.
        (r#"{"access_token":"a","scope":"read_orders"}"#, None, None),
    ] {
        let tokens = read(answer).expect("tokens");
        assert_eq!(tokens.access_token, "a");
        assert_eq!(tokens.refresh_token.as_deref(), refresh_token, "{answer}");
        assert_eq!(tokens.expires_at, expires_at, "{answer}");
    }
}

#[test]
fn errors_with_a_200() {
    for (answer, code) in [
        (r#"{"ok":false,"error":"invalid_code"}"#, "invalid_code"),
        (
            r#"{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."}"#,
            "bad_verification_code",
        ),
        (r#"{"error":"invalid_request","error_description":"no valid data in session"}"#, "invalid_request"),
        (r#"{"error":"unsupported_grant_type","access_token":"a"}"#, "unsupported_grant_type"),
    ] {
        match read(answer) {
            Err(OAuthError::Refused(told)) => assert_eq!(told, code),
            other => panic!("{answer}: {:?}", other.err()),
        }
    }
    for answer in ["{}", r#"{"access_token":""}"#, r#"{"access_token":null}"#, r#"{"ok":false}"#] {
        assert!(matches!(read(answer), Err(OAuthError::Failed(_))), "{answer}");
    }
}
