//! Profiles of the clients that read an ID token.

use std::sync::Arc;

use serde_json::{Value, json};

use super::service::{Service, ok};
use super::visit::Visit;
use super::{ARTHUR, fixture};
use crate::oauth::OAuthError;
use crate::oauth::clients::{Apple, FranceConnect, GitLab, Google, Oidc, Okta, Slack, Twitch};
use crate::oauth::source::DynClient;
use crate::user::Profile;

type Client = Arc<dyn DynClient>;

fn all() -> [Client; 8] {
    [
        Arc::new(Apple),
        Arc::new(FranceConnect),
        Arc::new(GitLab),
        Arc::new(Google),
        Arc::new(Oidc),
        Arc::new(Okta),
        Arc::new(Slack),
        Arc::new(Twitch),
    ]
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn profiles() {
    let rows: [(Client, &str, Profile); 5] = [
        (
            Arc::new(GitLab),
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
            Arc::new(Google),
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
            Arc::new(Oidc),
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
            Arc::new(Slack),
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
            Arc::new(Twitch),
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
        (Arc::new(GitLab), fixture!("gitlab/unverified"), Some(ARTHUR), false),
        (Arc::new(Google), fixture!("google/no_email"), None, false),
        (Arc::new(Twitch), fixture!("twitch/no_email"), None, false),
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
    assert!(!Oidc.profile(&silent.session()).await.expect("a profile").email_verified);
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
    let profile = Oidc.profile(&Visit::claiming(&claims).session()).await;
    assert!(matches!(profile, Err(OAuthError::Failed(_))), "{profile:?}");
}

#[tokio::test]
async fn a_member_of_slack_is_one_of_a_workspace() {
    let whole: Value = serde_json::from_str(fixture!("slack/id_token")).expect("JSON");
    for team in [json!(null), json!(""), json!(7)] {
        let mut claims = whole.clone();
        claims["https://slack.com/team_id"] = team;
        let profile = Slack.profile(&Visit::claiming(&claims.to_string()).session()).await;
        assert!(matches!(profile, Err(OAuthError::Failed(_))), "{profile:?}");
    }
}

#[tokio::test]
async fn the_userinfo_endpoint_is_asked_for_an_address_alone() {
    let rows: [(Client, &str, &str, &[&str]); 4] = [
        (Arc::new(Okta), fixture!("okta/id_token"), fixture!("okta/userinfo"), &["GET /userinfo"]),
        (Arc::new(Oidc), fixture!("okta/id_token"), fixture!("okta/userinfo"), &["GET /userinfo"]),
        (Arc::new(Slack), fixture!("slack/without_email"), fixture!("slack/userinfo"), &["GET /userinfo"]),
        (Arc::new(Google), fixture!("google/id_token"), "<html>", &[]),
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
