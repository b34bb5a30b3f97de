//! Profiles of the clients that read an ID token.

use std::sync::Arc;

use serde_json::{Value, json};

use super::service::{Answer, Service, answer, ok};
use super::visit::Visit;
use super::{ARTHUR, fixture};
use crate::oauth::OAuthError;
use crate::oauth::clients::{Apple, FranceConnect, GitLab, Google, Oidc, Okta, Slack, Twitch};
use crate::oauth::source::DynClient;
use crate::user::Profile;

type Client = Arc<dyn DynClient>;

fn all() -> [Client; 8] {
    [
        Arc::new(Apple::new("TEAM123456", "KEY1234567")),
        Arc::new(FranceConnect::default()),
        Arc::new(GitLab::default()),
        Arc::new(Google::default()),
        Arc::new(Oidc::new("https://id.camelot.example")),
        Arc::new(Okta::new("camelot.okta.com")),
        Arc::new(Slack::default()),
        Arc::new(Twitch::default()),
    ]
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn profiles() {
    let rows: [(Client, &str, Profile); 5] = [
        (
            Arc::new(GitLab::default()),
            fixture!("gitlab/id_token"),
            Profile {
                issuer: "https://gitlab.com".to_owned(),
                account_id: "7056".to_owned(),
                email: some(ARTHUR),
                email_verified: true,
                name: some("King Arthur"),
                picture: some("https://gitlab.com/uploads/-/system/user/avatar/7056/avatar.png"),
            },
        ),
        (
            Arc::new(Google::default()),
            fixture!("google/id_token"),
            Profile {
                issuer: "https://accounts.google.com".to_owned(),
                account_id: "people/110169484474386276334".to_owned(),
                email: some(ARTHUR),
                email_verified: true,
                name: some("King Arthur"),
                picture: some("https://lh3.googleusercontent.com/a/arthur=s96-c"),
            },
        ),
        (
            Arc::new(Oidc::new("https://id.camelot.example")),
            fixture!("google/id_token"),
            Profile {
                issuer: "https://accounts.google.com".to_owned(),
                account_id: "110169484474386276334".to_owned(),
                email: some(ARTHUR),
                email_verified: true,
                name: some("King Arthur"),
                picture: some("https://lh3.googleusercontent.com/a/arthur=s96-c"),
            },
        ),
        (
            Arc::new(Slack::default()),
            fixture!("slack/id_token"),
            Profile {
                issuer: "https://slack.com".to_owned(),
                account_id: "T123ABC456/U123ABC456".to_owned(),
                email: some(ARTHUR),
                email_verified: false,
                name: some("King Arthur"),
                picture: some("https://secure.gravatar.com/avatar/arthur.jpg"),
            },
        ),
        (
            Arc::new(Twitch::default()),
            fixture!("twitch/id_token"),
            Profile {
                issuer: "https://id.twitch.tv/oauth2".to_owned(),
                account_id: "713936733".to_owned(),
                email: some(ARTHUR),
                email_verified: true,
                name: some("KingArthur"),
                picture: some("https://static-cdn.jtvnw.net/jtv_user_pictures/arthur-300x300.png"),
            },
        ),
    ];
    for (client, claims, profile) in rows {
        let visit = Visit::claiming(claims);
        assert_eq!(client.profile(&visit.session()).await.expect("a profile"), profile);
    }
}

#[tokio::test]
async fn addresses() {
    let rows: [(Client, &str, Option<&str>, bool); 3] = [
        (Arc::new(GitLab::default()), fixture!("gitlab/unverified"), Some(ARTHUR), false),
        (Arc::new(Google::default()), fixture!("google/no_email"), None, false),
        (Arc::new(Twitch::default()), fixture!("twitch/no_email"), None, false),
    ];
    for (client, claims, email, verified) in rows {
        let visit = Visit::claiming(claims);
        let profile = client.profile(&visit.session()).await.expect("a profile");
        assert_eq!((profile.email.as_deref(), profile.email_verified), (email, verified), "{claims}");
    }
}

#[tokio::test]
async fn an_address_is_vouched_for_by_a_plain_yes() {
    for (verified, is_yes) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(null), false),
        (json!(1), false),
        (json!("1"), false),
        (json!("TRUE"), false),
        (json!([true]), false),
    ] {
        let claims = json!({
            "iss": "https://camelot.example",
            "sub": "arthur",
            "https://slack.com/team_id": "T1",
            "email": ARTHUR,
            "email_verified": verified,
        });
        for (index, client) in all().iter().enumerate() {
            let visit = Visit::claiming(&claims.to_string());
            let profile = client.profile(&visit.session()).await.expect("a profile");
            // FranceConnect and Slack never vouch.
            let vouches = ![1, 6].contains(&index);
            assert_eq!(profile.email_verified, is_yes && vouches, "{index} {verified}");
        }
    }
    let silent = Visit::claiming(&json!({ "iss": "i", "sub": "arthur", "email": ARTHUR }).to_string());
    assert!(
        !Oidc::new("https://id.camelot.example")
            .profile(&silent.session())
            .await
            .expect("a profile")
            .email_verified
    );
}

#[tokio::test]
async fn an_account_has_an_id() {
    for client in all() {
        let nothing = client.profile(&Visit::new().session()).await;
        assert!(matches!(nothing, Err(OAuthError::IdToken(_))), "{nothing:?}");

        for sub in [json!(null), json!(""), json!(true), json!(4.2), json!({}), json!([])] {
            let claims =
                json!({ "iss": "i", "sub": sub, "https://slack.com/team_id": "T1", "email": ARTHUR });
            let visit = Visit::claiming(&claims.to_string());
            let profile = client.profile(&visit.session()).await;
            assert!(matches!(profile, Err(OAuthError::Failed(_))), "{sub}: {profile:?}");
        }
    }
    let claims = json!({ "iss": "i", "email": ARTHUR }).to_string();
    let profile = Oidc::new("https://id.camelot.example").profile(&Visit::claiming(&claims).session()).await;
    assert!(matches!(profile, Err(OAuthError::Failed(_))), "{profile:?}");
}

#[tokio::test]
async fn a_member_of_slack_is_one_of_a_workspace() {
    let whole: Value = serde_json::from_str(fixture!("slack/id_token")).expect("JSON");
    for team in [json!(null), json!(""), json!(7)] {
        let mut claims = whole.clone();
        claims["https://slack.com/team_id"] = team;
        let profile = Slack::default().profile(&Visit::claiming(&claims.to_string()).session()).await;
        assert!(matches!(profile, Err(OAuthError::Failed(_))), "{profile:?}");
    }
}

/// The profile that a client makes of an ID token and a userinfo endpoint, and the number of requests to that.
async fn with_userinfo(claims: &Value, answer: Answer) -> (Result<Profile, OAuthError>, usize) {
    let service = Service::answering(&[answer]).await;
    let userinfo = Some(format!("{}/userinfo", service.address));
    let visit = Visit { userinfo, ..Visit::claiming(&claims.to_string()) };
    let profile = Oidc::new("https://id.camelot.example").profile(&visit.session()).await;
    (profile, service.asked().len())
}

/// Okta and Authelia have `email` in the ID token and `email_verified` at userinfo; others have null or an empty text.
#[tokio::test]
async fn the_userinfo_endpoint_is_asked_for_what_is_missing() {
    const OTHER: &str = "mordred@camelot.example";
    let missing = Value::Null;
    for (token, info, email, is_verified) in [
        (json!({ "email": ARTHUR }), json!({ "email": ARTHUR, "email_verified": true }), Some(ARTHUR), true),
        (
            json!({ "email": ARTHUR, "email_verified": missing }),
            json!({ "email": ARTHUR, "email_verified": "true" }),
            Some(ARTHUR),
            true,
        ),
        (json!({ "email": ARTHUR }), json!({ "email_verified": true }), Some(ARTHUR), true),
        (json!({ "email": ARTHUR }), json!({ "email": "", "email_verified": true }), Some(ARTHUR), true),
        (
            json!({ "email": ARTHUR }),
            json!({ "email": ARTHUR, "email_verified": false }),
            Some(ARTHUR),
            false,
        ),
        (json!({ "email": ARTHUR }), json!({ "email": ARTHUR }), Some(ARTHUR), false),
        (json!({ "email": null }), json!({ "email": ARTHUR, "email_verified": true }), Some(ARTHUR), true),
        (json!({ "email": "" }), json!({ "email": ARTHUR, "email_verified": true }), Some(ARTHUR), true),
        (json!({ "email": " " }), json!({ "email": ARTHUR, "email_verified": true }), Some(ARTHUR), true),
        (json!({ "email": 7 }), json!({ "email": ARTHUR, "email_verified": true }), Some(ARTHUR), true),
        (json!({}), json!({ "email": ARTHUR }), Some(ARTHUR), false),
        (json!({}), json!({ "email": "", "email_verified": true }), None, true),
        // What is said of another address is said of that one alone.
        (json!({ "email": ARTHUR }), json!({ "email": OTHER, "email_verified": true }), Some(ARTHUR), false),
        (json!({ "email": null, "email_verified": true }), json!({ "email": OTHER }), Some(OTHER), false),
    ] {
        let mut claims = json!({ "iss": "https://camelot.example", "sub": "arthur" });
        let mut answer = json!({ "sub": "arthur" });
        claims.as_object_mut().expect("an object").extend(token.as_object().expect("an object").clone());
        answer.as_object_mut().expect("an object").extend(info.as_object().expect("an object").clone());
        let (profile, asked) = with_userinfo(&claims, ok("GET /userinfo", answer.to_string())).await;
        let profile = profile.expect("a profile");
        assert_eq!((profile.email.as_deref(), asked), (email, 1), "{token} {info}");
        assert_eq!(
            profile.email_verified && profile.email.is_some(),
            is_verified && email.is_some(),
            "{token} {info}"
        );
    }
    for verified in [json!(true), json!(false), json!("true"), json!("odd"), json!(0)] {
        let claims = json!({ "iss": "i", "sub": "arthur", "email": ARTHUR, "email_verified": verified });
        let (profile, asked) = with_userinfo(&claims, ok("GET /userinfo", "<html>")).await;
        assert_eq!(
            (profile.expect("a profile").email.as_deref(), asked),
            (Some(ARTHUR), 0),
            "nothing is missing"
        );
    }
}

#[tokio::test]
async fn an_endpoint_that_refuses_keeps_nobody_out_who_has_an_address() {
    let claims = |email: Value| json!({ "iss": "i", "sub": "arthur", "email": email });
    let refused = || answer("GET /userinfo", 403, r#"{"error":"insufficient_scope"}"#);
    let (profile, _) = with_userinfo(&claims(json!(ARTHUR)), refused()).await;
    let profile = profile.expect("a profile");
    assert_eq!((profile.email.as_deref(), profile.email_verified), (Some(ARTHUR), false));
    let (profile, _) = with_userinfo(&claims(json!(null)), refused()).await;
    assert!(matches!(profile, Err(OAuthError::Refused(_))), "{profile:?}");
    // One that is out of order may answer the next time, and one that speaks of somebody else is wrong.
    let (profile, _) = with_userinfo(&claims(json!(ARTHUR)), answer("GET /userinfo", 500, "")).await;
    assert!(matches!(profile, Err(OAuthError::Failed(_))), "{profile:?}");
    let other = json!({ "sub": "mordred", "email": ARTHUR, "email_verified": true }).to_string();
    let (profile, _) = with_userinfo(&claims(json!(ARTHUR)), ok("GET /userinfo", other)).await;
    assert!(matches!(profile, Err(OAuthError::IdToken(_))), "{profile:?}");
}

/// Microsoft Entra's `common`: an account is one of a tenant, whose administrators write its users' addresses.
#[tokio::test]
async fn an_account_of_a_tenant_is_known_by_both() {
    let client =
        Oidc::new("https://login.example/{tenantid}/v2.0").discovery_url("https://login.example/common");
    let claims = |tenant: Value| json!({ "iss": "https://login.example/t1/v2.0", "tid": tenant, "sub": "arthur", "email": ARTHUR, "email_verified": true });
    let visit = Visit::claiming(&claims(json!("t1")).to_string());
    let profile = crate::oauth::OAuthProvider::profile(&client, &visit.session()).await.expect("a profile");
    assert_eq!((&*profile.account_id, profile.email_verified), ("t1/arthur", false));
    let visit = Visit::claiming(&claims(json!(null)).to_string());
    let profile = crate::oauth::OAuthProvider::profile(&client, &visit.session()).await;
    assert!(matches!(profile, Err(OAuthError::IdToken(_))), "{profile:?}");
}

#[tokio::test]
async fn the_userinfo_endpoint_is_asked_for_an_address_alone() {
    let rows: [(Client, &str, &str, &[&str]); 4] = [
        (
            Arc::new(Okta::new("camelot.okta.com")),
            fixture!("okta/id_token"),
            fixture!("okta/userinfo"),
            &["GET /userinfo"],
        ),
        (
            Arc::new(Oidc::new("https://id.camelot.example")),
            fixture!("okta/id_token"),
            fixture!("okta/userinfo"),
            &["GET /userinfo"],
        ),
        (
            Arc::new(Slack::default()),
            fixture!("slack/without_email"),
            fixture!("slack/userinfo"),
            &["GET /userinfo"],
        ),
        (Arc::new(Google::default()), fixture!("google/id_token"), "<html>", &[]),
    ];
    for (client, claims, userinfo, lines) in rows {
        let service = Service::answering(&[ok("GET /userinfo", userinfo)]).await;
        let visit =
            Visit { userinfo: Some(format!("{}/userinfo", service.address)), ..Visit::claiming(claims) };
        let profile = client.profile(&visit.session()).await.expect("a profile");
        assert_eq!(profile.email.as_deref(), Some(ARTHUR));
        assert_eq!(profile.name.as_deref(), Some("King Arthur"));
        let asked = service.asked();
        assert_eq!(asked.iter().map(|asked| asked.line.as_str()).collect::<Vec<_>>(), lines);
        assert!(asked.iter().all(|asked| asked.header("authorization") == Some("Bearer excalibur")));
    }
}
