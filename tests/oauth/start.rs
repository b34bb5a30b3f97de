//! Clients with which an app does not start: it says what is wrong, and what to do about it.

use axum_users::app::{Builder, ProviderName};
use axum_users::backend::BackendName;
use axum_users::oauth::clients::Apple;
use axum_users::oauth::{OAuthConfig, OAuthProvider};
use axum_users::prelude::*;
use axum_users::testing;
use axum_users_tests::provider::Provider;
use axum_users_tests::{Camelot, Options, Server};

use crate::common::{BASE_URL, OAUTH_SECRET, OIDC, backends, config, keys, oidc};

type Change = fn(Builder<Camelot>, &Provider) -> Builder<Camelot>;

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit() {
    let provider = Provider::start().await;
    let cases: [(Change, &str); 11] = [
        (
            |setup, provider| setup.oauth(config()).oauth_provider(OIDC, oidc(provider), backends()),
            "the OAuth client `oidc` has no keys: give it some, `client.with_credentials(OAuthCredentials::new(id, secret))`",
        ),
        (
            |setup, provider| with(with(setup, OIDC, provider), OIDC, provider).oauth(config()),
            "two OAuth clients or backends are called `oidc`: give one of them another name",
        ),
        (
            |setup, provider| with(setup, ProviderName::new("jwt"), provider).oauth(config()),
            "two OAuth clients or backends are called `jwt`: give one of them another name",
        ),
        (
            |setup, provider| {
                setup.oauth(config()).oauth_provider(OIDC, oidc(provider).with_credentials(keys()), [])
            },
            "the OAuth client `oidc` signs in at no backend: name one",
        ),
        (
            |setup, provider| {
                let grail = [BackendName::new("grail")];
                setup.oauth(config()).oauth_provider(OIDC, oidc(provider).with_credentials(keys()), grail)
            },
            "the OAuth client `oidc` signs in at `grail`, which is no backend: name one of the app's",
        ),
        (
            |setup, _| {
                setup.oauth(config()).oauth_provider(OIDC, apple().with_credentials(keys()), backends())
            },
            "the OAuth client `oidc`: the client can't be used: the secret for Apple is no key in PEM",
        ),
        (
            |setup, _| {
                setup.oauth(config()).oauth_provider(
                    OIDC,
                    Apple::new("", "").with_credentials(keys()),
                    backends(),
                )
            },
            "the OAuth client `oidc`: the client can't be used: Apple has to be told `team_id` and `key_id`",
        ),
        (
            |setup, provider| with(setup, OIDC, provider),
            "an app with OAuth clients needs its address and a secret: \
             `builder().oauth(OAuthConfig::new(base_url, secret))`",
        ),
        (
            |setup, provider| {
                with(setup, OIDC, provider).oauth(OAuthConfig::new("http://camelot.bt", OAUTH_SECRET))
            },
            "`base_url` is `http://camelot.bt`, which is not reached over TLS: write `https://camelot.bt`, say",
        ),
        (
            |setup, provider| with(setup, OIDC, provider).oauth(OAuthConfig::new("camelot.bt", OAUTH_SECRET)),
            "`base_url` is `camelot.bt`, which is no address: write `https://camelot.bt`, say",
        ),
        (
            |setup, provider| with(setup, OIDC, provider).oauth(OAuthConfig::new(BASE_URL, "excalibur")),
            "`oauth` is shorter than 32 bytes: make one with `openssl rand -base64 32`",
        ),
    ];
    for (change, message) in cases {
        let server = Server::of(Options::default(), |_| {}, |setup| change(setup, &provider)).await;
        assert_eq!(server.expect_err(message).to_string(), message);
    }
    assert_eq!(provider.requests(), Vec::<String>::new(), "no provider is asked for a start");
}

/// Apple's secret is a private key.
fn apple() -> Apple {
    Apple::new("TEAM123456", "KEY1234567")
}

fn with(setup: Builder<Camelot>, name: ProviderName, provider: &Provider) -> Builder<Camelot> {
    setup.oauth_provider(name, oidc(provider).with_credentials(keys()), backends())
}

#[derive(Clone, Debug, AuthUser)]
pub(crate) struct Monk {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    #[auth_user(read, create)]
    order: String,
}

auth_app! {
    /// An app whose users must say something at their registration that no provider does.
    pub(crate) struct Cloister {
        user: Monk,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt },
        oauth: { oidc: Oidc::new("https://id.camelot.bt") => jwt },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_new_user_lacks() {
    let cloister = Cloister::start(CloisterConfig {
        database: testing::in_memory(),
        secret: OAUTH_SECRET.into(),
        reset_password_token_secret: OAUTH_SECRET.into(),
        verification_token_secret: OAUTH_SECRET.into(),
        oauth: config(),
        oidc: keys(),
    });
    let message = "the client can't be used: a user who comes by way of another service has no `order`: give it a \
                   default, as in `#[auth_user(create, default)]`";
    assert_eq!(cloister.await.expect_err(message).to_string(), message);
}
