//! Where each provider is asked what, and with what.

use crate::oauth::clients::{
    Apple, Discord, Facebook, FranceConnect, GitHub, GitLab, Google, Kakao, LinkedIn, Microsoft, Naver, Oidc,
    Okta, Reddit, Shopify, Slack, Spotify, Twitch, X,
};
use crate::oauth::{AccountLinking, ClientAuth, OAuthProvider, ProviderConfig};

/// What is expected of a provider; what is out of the ordinary is said.
fn known(authorize: &str, token: &str, scopes: &'static [&'static str]) -> ProviderConfig {
    ProviderConfig::new(authorize, token).scopes(scopes)
}

fn discovered(issuer: &str, scopes: &'static [&'static str]) -> ProviderConfig {
    ProviderConfig::discovered(issuer).scopes(scopes)
}

fn parameters(parameters: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn addresses_scopes_and_parameters() {
    let basic = |provider: ProviderConfig| provider.client_auth(ClientAuth::Basic);
    let without_pkce = |provider: ProviderConfig| provider.pkce(false);
    let rows = [
        (
            Apple::new("TEAM123456", "KEY1234567").provider(),
            discovered("https://appleid.apple.com", &["openid", "name", "email"]).parameters(parameters(&[("response_mode", "form_post")])).form_post(true),
        ),
        (
            Discord::default().provider(),
            basic(
                known(
                    "https://discord.com/api/oauth2/authorize",
                    "https://discord.com/api/oauth2/token",
                    &["identify", "email"],
                )
                .revocation_url("https://discord.com/api/oauth2/token/revoke"),
            ),
        ),
        (
            Facebook::default().provider(),
            known(
                "https://www.facebook.com/v25.0/dialog/oauth",
                "https://graph.facebook.com/v25.0/oauth/access_token",
                &["email", "public_profile"],
            ),
        ),
        (
            Facebook::default().version("v5.0").provider(),
            known(
                "https://www.facebook.com/v5.0/dialog/oauth",
                "https://graph.facebook.com/v5.0/oauth/access_token",
                &["email", "public_profile"],
            ),
        ),
        (
            FranceConnect::default().provider(),
            without_pkce(discovered("https://oidc.franceconnect.gouv.fr/api/v2", &["openid", "email"]).parameters(parameters(&[("acr_values", "eidas1")]))),
        ),
        (
            FranceConnect::default().issuer(FranceConnect::INTEGRATION).acr_values("eidas2")
            .provider(),
            without_pkce(discovered("https://fcp-low.integ01.dev-franceconnect.fr/api/v2", &["openid", "email"]).parameters(parameters(&[("acr_values", "eidas2")]))),
        ),
        (
            GitHub::default().provider(),
            known(
                "https://github.com/login/oauth/authorize",
                "https://github.com/login/oauth/access_token",
                &["user", "user:email"],
            ),
        ),
        (
            GitHub::default().login("arthur").allow_signup("false").provider(),
            GitHub::default().provider().parameters(parameters(&[("login", "arthur"), ("allow_signup", "false")])),
        ),
        (GitLab::default().provider(), discovered("https://gitlab.com", &["openid", "profile", "email"])),
        (Google::default().provider(), discovered("https://accounts.google.com", &["openid", "email", "profile"])),
        (
            Google::default().access_type("offline").include_granted_scopes("true").login_hint("arthur@camelot.example").prompt("consent")
            .provider(),
            Google::default().provider().parameters(parameters(&[
                    ("access_type", "offline"),
                    ("include_granted_scopes", "true"),
                    ("login_hint", "arthur@camelot.example"),
                    ("prompt", "consent"),
                ])),
        ),
        (
            Kakao::default().provider(),
            known(
                "https://kauth.kakao.com/oauth/authorize",
                "https://kauth.kakao.com/oauth/token",
                &["profile_nickname", "account_email"],
            ),
        ),
        (
            LinkedIn::default().provider(),
            without_pkce(known(
                "https://www.linkedin.com/oauth/v2/authorization",
                "https://www.linkedin.com/oauth/v2/accessToken",
                &["openid", "profile", "email"],
            )),
        ),
        (
            Microsoft::default().provider(),
            known(
                    "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
                    "https://login.microsoftonline.com/common/oauth2/v2.0/token",
                    &["User.Read"],
                ).parameters(parameters(&[("response_mode", "query")])),
        ),
        (
            Microsoft::default().tenant("consumers").provider(),
            known(
                    "https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize",
                    "https://login.microsoftonline.com/consumers/oauth2/v2.0/token",
                    &["User.Read"],
                ).parameters(parameters(&[("response_mode", "query")])),
        ),
        (
            Naver::default().provider(),
            known("https://nid.naver.com/oauth2.0/authorize", "https://nid.naver.com/oauth2.0/token", &[]),
        ),
        (
            Oidc::new("https://id.camelot.example").provider(),
            discovered("https://id.camelot.example", &["openid", "email"]),
        ),
        (
            Okta::new("camelot.okta.com").provider(),
            discovered("https://camelot.okta.com", &["openid", "email"]),
        ),
        (
            Reddit::default().provider(),
            basic(
                known(
                    "https://www.reddit.com/api/v1/authorize",
                    "https://www.reddit.com/api/v1/access_token",
                    &["identity"],
                )
                .revocation_url("https://www.reddit.com/api/v1/revoke_token"),
            ),
        ),
        (
            Shopify::new("https://camelot.myshopify.com").provider(),
            known(
                "https://camelot.myshopify.com/admin/oauth/authorize",
                "https://camelot.myshopify.com/admin/oauth/access_token",
                &["read_orders"],
            ),
        ),
        (
            Shopify::new("https://camelot.myshopify.com").access_mode("per-user")
            .provider(),
            known(
                    "https://camelot.myshopify.com/admin/oauth/authorize",
                    "https://camelot.myshopify.com/admin/oauth/access_token",
                    &["read_orders"],
                ).parameters(parameters(&[("grant_options[]", "per-user")])),
        ),
        (Slack::default().provider(), without_pkce(discovered("https://slack.com", &["openid", "profile", "email"]))),
        (
            Spotify::default().provider(),
            basic(known(
                "https://accounts.spotify.com/authorize",
                "https://accounts.spotify.com/api/token",
                &["user-read-email"],
            )),
        ),
        (
            Twitch::default().provider(),
            discovered("https://id.twitch.tv/oauth2", &["openid", "user:read:email"]).parameters(parameters(&[(
                    "claims",
                    r#"{"id_token":{"email":null,"email_verified":null,"picture":null,"preferred_username":null}}"#,
                )])),
        ),
        (
            X::default().provider(),
            basic(
                known(
                    "https://x.com/i/oauth2/authorize",
                    "https://api.x.com/2/oauth2/token",
                    &["users.read", "tweet.read", "users.email"],
                )
                .revocation_url("https://api.x.com/2/oauth2/revoke"),
            ),
        ),
    ];
    for (provider, expected) in rows {
        assert_eq!(format!("{provider:#?}"), format!("{expected:#?}"));
    }
}

#[test]
fn an_app_sets_scopes_and_association() {
    let github = GitHub::default()
        .scopes(&["read:user"])
        .optional_scopes(&["repo"])
        .account_linking(AccountLinking::VerifiedEmail);
    let provider = github.provider();
    assert_eq!((provider.scopes, provider.optional_scopes), (&["read:user"][..], &["repo"][..]));
    assert_eq!(provider.account_linking, AccountLinking::VerifiedEmail);

    // Nobody is associated unasked, and no further scope may be asked for.
    for provider in [
        Apple::new("TEAM123456", "KEY1234567").provider(),
        Discord::default().provider(),
        GitHub::default().provider(),
        GitLab::default().provider(),
        Google::default().provider(),
        Kakao::default().provider(),
        LinkedIn::default().provider(),
        Oidc::new("https://id.camelot.example").provider(),
        Okta::new("camelot.okta.com").provider(),
        Twitch::default().provider(),
        X::default().provider(),
        Facebook::default().provider(),
        Microsoft::default().provider(),
    ] {
        assert_eq!(provider.account_linking, AccountLinking::Never, "{provider:?}");
        assert!(provider.optional_scopes.is_empty(), "{provider:?}");
    }
}
