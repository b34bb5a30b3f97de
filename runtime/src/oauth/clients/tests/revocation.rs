//! How each provider is made to forget a sign-in.

use std::sync::Arc;

use serde_json::{Value, json};

use super::service::{Answer, Asked, Service, answer, ok};
use super::visit::Visit;
use crate::oauth::clients::{
    Discord, Facebook, GitHub, Google, Kakao, Microsoft, Naver, Oidc, Reddit, Twitch, X,
};
use crate::oauth::source::DynClient;
use crate::oauth::{ClientAuth, OAuthError};

/// `client:s%3Acret`: each half is form-encoded first.
const BASIC: &str = "Basic Y2xpZW50OnMlM0FjcmV0";

type At = fn(String) -> Arc<dyn DynClient>;

/// Clients with a way of their own: what they ask, and what is answered to it.
const OWN: [(At, &str, &str); 5] = [
    (|base| Arc::new(Facebook::default().api(base)), "DELETE /v25.0/me/permissions", r#"{"success":true}"#),
    (|base| Arc::new(GitHub::default().api(base)), "DELETE /applications/client/grant", ""),
    (|base| Arc::new(Kakao::default().api(base)), "POST /v1/user/unlink", r#"{"id":123456789}"#),
    (
        |base| Arc::new(Naver::default().web(base)),
        "POST /oauth2.0/token",
        r#"{"access_token":"excalibur","result":"success"}"#,
    ),
    (|base| Arc::new(Twitch::default().issuer(base)), "POST /revoke", ""),
];

async fn revoke(at: At, answers: &[Answer]) -> (Result<(), OAuthError>, Vec<Asked>) {
    let service = Service::answering(answers).await;
    let visit = Visit::new();
    let result = at(service.address.clone()).revoke(&visit.session()).await;
    (result, service.asked())
}

#[tokio::test]
async fn ways_of_their_own() {
    let mut all = Vec::new();
    for (at, line, body) in OWN {
        let (result, mut asked) = revoke(at, &[ok(line, body)]).await;
        result.expect("a yes");
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].line, line);
        all.append(&mut asked);
    }
    let pairs = |form: &[(&str, &str)]| {
        form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let [facebook, github, kakao, naver, twitch] = all.as_slice() else { panic!("five") };
    assert_eq!(facebook.header("authorization"), Some("Bearer excalibur"));
    // GitHub has HTTP's own Basic.
    assert_eq!(github.header("authorization"), Some("Basic Y2xpZW50OnM6Y3JldA=="));
    let grant: Value = serde_json::from_str(&github.body).expect("JSON");
    assert_eq!(grant, json!({ "access_token": "excalibur" }));
    assert_eq!(kakao.header("authorization"), Some("Bearer excalibur"));
    let form = [
        ("grant_type", "delete"),
        ("client_id", "client"),
        ("client_secret", "s:cret"),
        ("access_token", "excalibur"),
        ("service_provider", "NAVER"),
    ];
    assert_eq!(naver.form(), pairs(&form));
    assert_eq!(twitch.form(), pairs(&[("client_id", "client"), ("token", "excalibur")]));
    assert_eq!((naver.header("authorization"), twitch.header("authorization")), (None, None));
}

#[tokio::test]
async fn a_no_is_no_yes() {
    for (at, line, _) in OWN {
        for (status, body) in [(400, "{}"), (401, r#"{"error":"invalid_token"}"#), (404, "")] {
            let (result, _) = revoke(at, &[answer(line, status, body)]).await;
            assert!(matches!(result, Err(OAuthError::Refused(_))), "{line} {status}: {result:?}");
        }
        for status in [302, 500, 503] {
            let (result, _) = revoke(at, &[answer(line, status, "")]).await;
            assert!(matches!(result, Err(OAuthError::Failed(_))), "{line} {status}: {result:?}");
        }
    }
    // Naver reports an error with a 200.
    let (naver, line, _) = OWN[3];
    let no = r#"{"error":"invalid_request","error_description":"excalibur"}"#;
    match revoke(naver, &[ok(line, no)]).await.0 {
        Err(OAuthError::Refused(code)) => assert_eq!(code, "invalid_request"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn rfc_7009() {
    let clients: [(Arc<dyn DynClient>, ClientAuth); 5] = [
        (Arc::new(Discord::default()), ClientAuth::Basic),
        (Arc::new(Reddit::default()), ClientAuth::Basic),
        (Arc::new(X::default()), ClientAuth::Basic),
        (Arc::new(Google::default()), ClientAuth::Post),
        (Arc::new(Oidc::new("https://id.camelot.example")), ClientAuth::Post),
    ];
    for (client, client_auth) in clients {
        for (visit, token, hint) in
            [(Visit::new(), "excalibur", "access_token"), (Visit::renewable(), "scabbard", "refresh_token")]
        {
            let service = Service::answering(&[ok("POST /revoke", "")]).await;
            let revocation = Some(format!("{}/revoke", service.address));
            let visit = Visit { client_auth, revocation, ..visit };
            client.revoke(&visit.session()).await.expect("a yes");
            let [asked] = service.asked().try_into().expect("one request");
            let mut form = vec![("token", token), ("token_type_hint", hint)];
            if client_auth == ClientAuth::Post {
                form.extend([("client_id", "client"), ("client_secret", "s:cret")]);
            }
            let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            assert_eq!(asked.form(), form.collect::<Vec<_>>());
            let basic = Some(BASIC).filter(|_| client_auth == ClientAuth::Basic);
            assert_eq!(asked.header("authorization"), basic);
        }
    }
}

#[tokio::test]
async fn a_provider_without_an_address_is_not_asked() {
    Microsoft::default().revoke(&Visit::new().session()).await.expect("nothing to do");
}
