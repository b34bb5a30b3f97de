//! Promise 6: a token made for one purpose fails at every other endpoint.

use axum_users::prelude::*;
use axum_users::secret::KeyPurpose;
use axum_users::store::Compat;
use axum_users_tests::{
    Answer, Backend, CamelotConfig, Options, SECRET, Server, key, on_each_store, strict_for_unverified,
};
use serde_json::{Value, json};

use crate::common::{COMPAT_MODES, PASSWORD, change_token, reset_token, token_of, verify_token};
use crate::forge::signed_again;

/// What a token was made for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    SessionJwt,
    SessionInDatabase,
    Reset,
    Verify,
    ChangeEmail,
}

/// Where a token is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    Bearer,
    JwtCookie,
    DatabaseCookie,
    ResetPassword,
    Verify,
    ConfirmEmail,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::SessionJwt, Self::SessionInDatabase, Self::Reset, Self::Verify, Self::ChangeEmail];

    /// A token of a knight of its own: where one is used, the others keep their ground.
    async fn make(self, server: &Server) -> String {
        let email = format!("{self:?}@camelot.bt");
        server.user(&email, PASSWORD, |_| {}).await;
        let client = server.client();
        match self {
            Self::SessionJwt => token_of(&client.signed_in(Backend::Jwt, &email, PASSWORD).await),
            Self::SessionInDatabase => token_of(&client.signed_in(Backend::Db, &email, PASSWORD).await),
            Self::Reset => reset_token(server, &email).await,
            Self::Verify => verify_token(server, &email).await,
            Self::ChangeEmail => {
                let knight = client.signed_in(Backend::Jwt, &email, PASSWORD).await;
                change_token(server, &knight, "new@camelot.bt").await
            }
        }
    }

    /// A random token is good at its own backend alone, except under `compat`, where it has no mark of it.
    fn opens(self, door: Door, compat: Compat) -> bool {
        match self {
            Self::SessionJwt => matches!(door, Door::Bearer | Door::JwtCookie),
            Self::SessionInDatabase => {
                door == Door::Bearer || (door == Door::DatabaseCookie && compat == FastApiUsers)
            }
            Self::Reset => door == Door::ResetPassword,
            Self::Verify => door == Door::Verify,
            Self::ChangeEmail => door == Door::ConfirmEmail,
        }
    }
}

impl Door {
    const ALL: [Self; 6] = [
        Self::Bearer,
        Self::JwtCookie,
        Self::DatabaseCookie,
        Self::ResetPassword,
        Self::Verify,
        Self::ConfirmEmail,
    ];

    async fn tried(self, server: &Server, token: &str, cookie: &str) -> Answer {
        let client = server.client();
        match self {
            Self::Bearer => client.with("authorization", &format!("Bearer {token}")).get("/users/me").await,
            Self::JwtCookie => client.with("cookie", &format!("{cookie}={token}")).get("/users/me").await,
            Self::DatabaseCookie => client.with("cookie", &format!("session={token}")).get("/users/me").await,
            Self::ResetPassword => {
                let body = json!({ "token": token, "password": "lancelot-du-lac" });
                client.post_json("/auth/reset-password", body).await
            }
            Self::Verify => {
                let body = json!({ "token": token, "password": PASSWORD });
                client.post_json("/auth/verify", body).await
            }
            Self::ConfirmEmail => {
                client.post_json("/auth/confirm-email", json!({ "token": token, "password": PASSWORD })).await
            }
        }
    }

    fn refusal(self) -> (u16, Value) {
        match self {
            Self::Bearer | Self::JwtCookie | Self::DatabaseCookie => (401, json!("Unauthorized")),
            Self::ResetPassword => (400, json!("RESET_PASSWORD_BAD_TOKEN")),
            Self::Verify | Self::ConfirmEmail => (400, json!("VERIFY_USER_BAD_TOKEN")),
        }
    }
}

/// One secret for everything that is signed.
fn one_for_all(config: &mut CamelotConfig) {
    config.reset_password_token_secret = SECRET.into();
    config.verification_token_secret = SECRET.into();
}

#[on_each_store]
async fn every_token_at_every_door() {
    let apart = |_: &mut CamelotConfig| {};
    for compat in COMPAT_MODES {
        for secrets in [apart as fn(&mut CamelotConfig), one_for_all] {
            let options = Options { compat, policy: strict_for_unverified(), ..Options::default() };
            let server = Server::of(options, secrets, |setup| setup).await.expect("the app starts");
            let mut tokens = Vec::new();
            for kind in Kind::ALL {
                tokens.push((kind, kind.make(&server).await));
            }
            let login = server.client().login(Backend::Cookie, "reset@camelot.bt", PASSWORD).await;
            let cookie = login.cookie().expect("a cookie").0;
            // What is not taken uses nothing up: the right doors come last.
            for opens in [false, true] {
                for (kind, token) in &tokens {
                    for door in Door::ALL.into_iter().filter(|door| kind.opens(*door, compat) == opens) {
                        let answer = door.tried(&server, token, cookie).await;
                        let found = (answer.status.as_u16(), answer.detail().clone());
                        let expected = if opens { (200, Value::Null) } else { door.refusal() };
                        assert_eq!(found, expected, "{compat:?}: {kind:?} at {door:?}");
                    }
                }
            }
        }
    }
}

/// FastAPI Users signs with the secret itself, and so does an app on its database. Every other app has a key for each
/// purpose, so that even a right audience is no help.
#[on_each_store]
async fn a_purpose_has_its_own_key_except_for_what_fastapi_users_signs() {
    for compat in COMPAT_MODES {
        let options = Options { compat, policy: strict_for_unverified(), ..Options::default() };
        let server = Server::of(options, one_for_all, |setup| setup).await.expect("the app starts");
        let is_shared = compat == FastApiUsers;
        for (kind, door, purpose) in [
            (Kind::SessionJwt, Door::Bearer, KeyPurpose::Session),
            (Kind::Reset, Door::ResetPassword, KeyPurpose::ResetPassword),
            (Kind::Verify, Door::Verify, KeyPurpose::Verify),
            (Kind::ChangeEmail, Door::ConfirmEmail, KeyPurpose::ChangeEmail),
        ] {
            let real = kind.make(&server).await;
            let of_compat = is_shared && kind != Kind::ChangeEmail;
            let right = signed_again(&real, key(SECRET, purpose, compat));
            assert_eq!(right, real, "{compat:?}: {kind:?}");
            let with_secret = signed_again(&real, SECRET);
            assert_eq!(with_secret == real, of_compat, "{compat:?}: {kind:?}");
            let others = [
                KeyPurpose::Session,
                KeyPurpose::ResetPassword,
                KeyPurpose::Verify,
                KeyPurpose::ChangeEmail,
                KeyPurpose::KnownClient,
                KeyPurpose::Fingerprints,
                KeyPurpose::LimitKeys,
            ];
            let of = |other| signed_again(&real, key(SECRET, other, Compat::None));
            let mut wrong = others.map(of).to_vec();
            wrong.push(with_secret);
            wrong.retain(|token| *token != real);
            for token in wrong {
                let answer = door.tried(&server, &token, "x").await;
                let found = (answer.status.as_u16(), answer.detail().clone());
                assert_eq!(found, door.refusal(), "{compat:?}: {kind:?}");
            }
            assert_eq!(door.tried(&server, &right, "x").await.status, 200, "{compat:?}: {kind:?}");
        }
    }
}
