//! What the providers' token endpoints answer.

use reqwest::StatusCode;
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
        // A fraction.
        (r#"{"access_token":"a","expires_in":3599.9}"#, None, Some(4_599)),
        (r#"{"access_token":"a","expires_in":"1e3"}"#, None, Some(2_000)),
        (r#"{"access_token":"a","expires_in":-1}"#, None, Some(1_000)),
        (r#"{"access_token":"a","expires_in":"NaN"}"#, None, None),
        (r#"{"access_token":"a","expires_in":null}"#, None, None),
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

/// Whose mistake each provider's code reports. The operator's are no user's refusal.
#[test]
fn mistakes_of_the_operators_are_told_from_refusals() {
    for (provider, answer) in [
        (
            "GitHub",
            r#"{"error":"incorrect_client_credentials","error_description":"The client_id and/or client_secret passed are incorrect."}"#,
        ),
        ("GitHub", r#"{"error":"redirect_uri_mismatch"}"#),
        ("GitHub", r#"{"error":"application_suspended"}"#),
        ("Google", r#"{"error":"deleted_client"}"#),
        ("Slack", r#"{"ok":false,"error":"bad_client_secret"}"#),
        ("Slack", r#"{"ok":false,"error":"invalid_client_id"}"#),
        ("Slack", r#"{"ok":false,"error":"bad_redirect_uri"}"#),
        ("LinkedIn", r#"{"error":"invalid_redirect_uri"}"#),
        ("Twitch", r#"{"status":403,"message":"invalid client secret","error":"Forbidden"}"#),
        (
            "Facebook",
            r#"{"error":{"message":"Error validating application.","type":"OAuthException","code":101}}"#,
        ),
        (
            "Facebook",
            r#"{"error":{"message":"Error validating client secret.","type":"OAuthException","code":1}}"#,
        ),
        (
            "Kakao",
            r#"{"error":"invalid_client","error_description":"Bad client credentials","error_code":"KOE010"}"#,
        ),
        (
            "Kakao",
            r#"{"error":"invalid_grant","error_description":"Redirect URI mismatch.","error_code":"KOE303"}"#,
        ),
        (
            "Naver",
            r#"{"error":"invalid_request","error_description":"wrong client id / client secret pair"}"#,
        ),
        (
            "Discord",
            r#"{"error":"invalid_request","error_description":"Invalid \"redirect_uri\" in request."}"#,
        ),
        ("Shopify", r#"{"error":"application_cannot_be_found"}"#),
        ("RFC 6749", r#"{"error":"invalid_client"}"#),
        ("RFC 6749", r#"{"error":"unauthorized_client"}"#),
        ("RFC 6749", r#"{"error":"invalid_scope"}"#),
    ] {
        match read(answer) {
            Err(OAuthError::Setting(why)) => {
                assert!(why.contains("client id, secret, redirect URI"), "{why}")
            }
            other => panic!("{provider} {answer}: {:?}", other.err()),
        }
    }
    for (provider, answer) in [
        ("GitHub", r#"{"error":"bad_verification_code"}"#),
        (
            "Facebook",
            r#"{"error":{"message":"Error validating access token.","type":"OAuthException","code":190}}"#,
        ),
        (
            "Kakao",
            r#"{"error":"invalid_grant","error_description":"authorization code not found","error_code":"KOE320"}"#,
        ),
        ("Discord", r#"{"error":"invalid_request","error_description":"Invalid \"code\" in request."}"#),
        (
            "GitLab",
            r#"{"error":"invalid_grant","error_description":"The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."}"#,
        ),
        ("RFC 6749", r#"{"error":"access_denied"}"#),
        ("none", r#"{"error":{"type":"invalid_client"}}"#),
        ("none", r#"{"error":["invalid_client"]}"#),
    ] {
        let told = read(answer).err();
        assert!(matches!(told, Some(OAuthError::Refused(_))), "{provider} {answer}: {told:?}");
    }
}

/// The same where the browser brings the code back, and where a provider's own interface is asked.
#[test]
fn mistakes_of_the_operators_are_told_wherever_they_stand() {
    for code in [
        "redirect_uri_mismatch",
        "unauthorized_client",
        "invalid_scope",
        "application_suspended",
        "redirect_mismatch",
        "unauthorized_scope_error",
    ] {
        assert!(matches!(OAuthError::refused(code), OAuthError::Setting(_)), "{code}");
    }
    for code in ["access_denied", "server_error", "Invalid_Client", "invalid_client\n", "login_required", ""]
    {
        assert!(matches!(OAuthError::refused(code), OAuthError::Refused(_)), "{code}");
    }
    // X, of an app that is in no project.
    let x = r#"{"title":"Client Forbidden","reason":"client-not-enrolled","type":"https://api.twitter.com/2/problems/client-forbidden"}"#;
    let told = crate::oauth::http::read(StatusCode::FORBIDDEN, x.as_bytes()).expect_err("an error");
    assert!(matches!(told, OAuthError::Setting(_)), "{told:?}");
}
