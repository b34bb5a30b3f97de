//! Where each provider is asked what, and with what.

use crate::oauth::clients::{
    Apple, Discord, Facebook, FranceConnect, GitHub, GitLab, Google, Kakao, LinkedIn, Microsoft, Naver, Oidc,
    Okta, Reddit, Shopify, Slack, Spotify, Twitch, X,
};
use crate::oauth::{Associate, ClientAuth, OAuthClient, Provider};

/// What is expected of a provider; what is out of the ordinary is said.
fn known(authorize: &str, token: &str, scopes: &'static [&'static str]) -> Provider {
    Provider { scopes, ..Provider::new(authorize, token) }
}

fn discovered(issuer: &str, scopes: &'static [&'static str]) -> Provider {
    Provider { scopes, ..Provider::discovered(issuer) }
}

fn parameters(parameters: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn addresses_scopes_and_parameters() {
    let basic = |provider| Provider { client_auth: ClientAuth::Basic, ..provider };
    let without_pkce = |provider| Provider { pkce: false, ..provider };
    let rows = [
        (
            Apple.provider(),
            Provider {
                parameters: parameters(&[("response_mode", "form_post")]),
                posts_form: true,
                ..discovered("https://appleid.apple.com", &["openid", "name", "email"])
            },
        ),
        (
            Discord.provider(),
            basic(
                known(
                    "https://discord.com/api/oauth2/authorize",
                    "https://discord.com/api/oauth2/token",
                    &["identify", "email"],
                )
                .revoked_at("https://discord.com/api/oauth2/token/revoke"),
            ),
        ),
        (
            Facebook.provider(),
            known(
                "https://www.facebook.com/v25.0/dialog/oauth",
                "https://graph.facebook.com/v25.0/oauth/access_token",
                &["email", "public_profile"],
            ),
        ),
        (
            Facebook { version: "v5.0".into(), ..Facebook }.provider(),
            known(
                "https://www.facebook.com/v5.0/dialog/oauth",
                "https://graph.facebook.com/v5.0/oauth/access_token",
                &["email", "public_profile"],
            ),
        ),
        (
            FranceConnect.provider(),
            without_pkce(Provider {
                parameters: parameters(&[("acr_values", "eidas1")]),
                ..discovered("https://oidc.franceconnect.gouv.fr/api/v2", &["openid", "email"])
            }),
        ),
        (
            FranceConnect {
                issuer: FranceConnect::INTEGRATION.into(),
                acr_values: "eidas2".into(),
                ..FranceConnect
            }
            .provider(),
            without_pkce(Provider {
                parameters: parameters(&[("acr_values", "eidas2")]),
                ..discovered("https://fcp-low.integ01.dev-franceconnect.fr/api/v2", &["openid", "email"])
            }),
        ),
        (
            GitHub.provider(),
            known(
                "https://github.com/login/oauth/authorize",
                "https://github.com/login/oauth/access_token",
                &["user", "user:email"],
            ),
        ),
        (
            GitHub { login: Some("arthur".into()), allow_signup: Some("false".into()), ..GitHub }.provider(),
            Provider {
                parameters: parameters(&[("login", "arthur"), ("allow_signup", "false")]),
                ..GitHub.provider()
            },
        ),
        (GitLab.provider(), discovered("https://gitlab.com", &["openid", "profile", "email"])),
        (Google.provider(), discovered("https://accounts.google.com", &["openid", "email", "profile"])),
        (
            Google {
                access_type: Some("offline".into()),
                include_granted_scopes: Some("true".into()),
                login_hint: Some("arthur@camelot.example".into()),
                prompt: Some("consent".into()),
                ..Google
            }
            .provider(),
            Provider {
                parameters: parameters(&[
                    ("access_type", "offline"),
                    ("include_granted_scopes", "true"),
                    ("login_hint", "arthur@camelot.example"),
                    ("prompt", "consent"),
                ]),
                ..Google.provider()
            },
        ),
        (
            Kakao.provider(),
            known(
                "https://kauth.kakao.com/oauth/authorize",
                "https://kauth.kakao.com/oauth/token",
                &["profile_nickname", "account_email"],
            ),
        ),
        (
            LinkedIn.provider(),
            without_pkce(known(
                "https://www.linkedin.com/oauth/v2/authorization",
                "https://www.linkedin.com/oauth/v2/accessToken",
                &["openid", "profile", "email"],
            )),
        ),
        (
            Microsoft.provider(),
            Provider {
                parameters: parameters(&[("response_mode", "query")]),
                ..known(
                    "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
                    "https://login.microsoftonline.com/common/oauth2/v2.0/token",
                    &["User.Read"],
                )
            },
        ),
        (
            Microsoft { tenant: "consumers".into(), ..Microsoft }.provider(),
            Provider {
                parameters: parameters(&[("response_mode", "query")]),
                ..known(
                    "https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize",
                    "https://login.microsoftonline.com/consumers/oauth2/v2.0/token",
                    &["User.Read"],
                )
            },
        ),
        (
            Naver.provider(),
            known("https://nid.naver.com/oauth2.0/authorize", "https://nid.naver.com/oauth2.0/token", &[]),
        ),
        (
            Oidc { issuer: "https://id.camelot.example".into(), ..Oidc }.provider(),
            discovered("https://id.camelot.example", &["openid", "email"]),
        ),
        (
            Okta { domain: "camelot.okta.com".into(), ..Okta }.provider(),
            discovered("https://camelot.okta.com", &["openid", "email"]),
        ),
        (
            Reddit.provider(),
            basic(
                known(
                    "https://www.reddit.com/api/v1/authorize",
                    "https://www.reddit.com/api/v1/access_token",
                    &["identity"],
                )
                .revoked_at("https://www.reddit.com/api/v1/revoke_token"),
            ),
        ),
        (
            Shopify { shop: "https://camelot.myshopify.com".into(), ..Shopify }.provider(),
            known(
                "https://camelot.myshopify.com/admin/oauth/authorize",
                "https://camelot.myshopify.com/admin/oauth/access_token",
                &["read_orders"],
            ),
        ),
        (
            Shopify {
                shop: "https://camelot.myshopify.com".into(),
                access_mode: "per-user".into(),
                ..Shopify
            }
            .provider(),
            Provider {
                parameters: parameters(&[("grant_options[]", "per-user")]),
                ..known(
                    "https://camelot.myshopify.com/admin/oauth/authorize",
                    "https://camelot.myshopify.com/admin/oauth/access_token",
                    &["read_orders"],
                )
            },
        ),
        (Slack.provider(), without_pkce(discovered("https://slack.com", &["openid", "profile", "email"]))),
        (
            Spotify.provider(),
            basic(known(
                "https://accounts.spotify.com/authorize",
                "https://accounts.spotify.com/api/token",
                &["user-read-email"],
            )),
        ),
        (
            Twitch.provider(),
            Provider {
                parameters: parameters(&[(
                    "claims",
                    r#"{"id_token":{"email":null,"email_verified":null,"picture":null,"preferred_username":null}}"#,
                )]),
                ..discovered("https://id.twitch.tv/oauth2", &["openid", "user:read:email"])
            },
        ),
        (
            X.provider(),
            basic(
                known(
                    "https://x.com/i/oauth2/authorize",
                    "https://api.x.com/2/oauth2/token",
                    &["users.read", "tweet.read", "users.email"],
                )
                .revoked_at("https://api.x.com/2/oauth2/revoke"),
            ),
        ),
    ];
    for (provider, expected) in rows {
        assert_eq!(format!("{provider:#?}"), format!("{expected:#?}"));
    }
}

#[test]
fn an_app_sets_scopes_and_association() {
    let github = GitHub {
        scopes: &["read:user"],
        optional_scopes: &["repo"],
        associate: Associate::ByVerifiedEmail,
        ..GitHub
    };
    let provider = github.provider();
    assert_eq!((provider.scopes, provider.optional_scopes), (&["read:user"][..], &["repo"][..]));
    assert_eq!(provider.associate, Associate::ByVerifiedEmail);

    // Nobody is associated unasked, and no further scope may be asked for.
    for provider in [
        Apple.provider(),
        Discord.provider(),
        GitHub.provider(),
        GitLab.provider(),
        Google.provider(),
        Kakao.provider(),
        LinkedIn.provider(),
        Oidc.provider(),
        Okta.provider(),
        Twitch.provider(),
        X.provider(),
        Facebook.provider(),
        Microsoft.provider(),
    ] {
        assert_eq!(provider.associate, Associate::Never, "{provider:?}");
        assert!(provider.optional_scopes.is_empty(), "{provider:?}");
    }
}
