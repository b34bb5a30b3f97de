//! Passwords that are forgotten, reset and changed.

use axum_users_tests::{Answer, Backend, Client, on_each_store, reset_token};
use reqwest::Method;
use serde_json::json;

use super::providers::link;
use super::world::{NEW, are_in, kinds};
use super::{Asked, Deed, Someone, World, every_call_goes_wrong, request};
use crate::common::PASSWORD;

/// Somebody has forgotten the password.
pub(crate) struct Forgot;

impl Deed for Forgot {
    type Ready = Someone;

    async fn ready(&self, world: &World) -> Someone {
        let someone = world.someone().await;
        drop(world.server().events().await);
        someone
    }

    fn ask(&self, world: &World, ready: &Someone) -> Asked {
        let body = json!({ "email": ready.email });
        request(world.client().request(Method::POST, "/auth/forgot-password").json(&body), 202, &[])
    }

    /// A mail is sent with a token that is good.
    async fn is_done(&self, world: &World, ready: &Someone, answer: Option<&Answer>) -> bool {
        let mails = world.server().mails().await;
        let Some(mail) = mails.last() else { return false };
        assert_eq!((mails.len(), &mail.to), (1, &ready.email));
        let body = json!({ "token": mail.token, "password": PASSWORD });
        let client = world.server().client();
        assert_eq!(client.post_json("/auth/reset-password", body).await.status, 200);
        answer.is_some()
    }
}

/// Somebody sets a new password with a token. Whoever is not verified loses the accounts at other services.
pub(crate) struct Reset {
    pub(crate) is_verified: bool,
}

/// Somebody who has forgotten the password, and the token that was mailed.
pub(crate) struct Forgetful {
    someone: Someone,
    token: String,
}

impl Deed for Reset {
    type Ready = Forgetful;

    async fn ready(&self, world: &World) -> Forgetful {
        let someone = world.someone_who(|create| create.is_verified = Some(self.is_verified)).await;
        let someone = world.signed_in(someone).await;
        link(world, &someone).await;
        let token = reset_token(world.server(), &someone.email).await;
        Forgetful { someone, token }
    }

    fn ask(&self, world: &World, Forgetful { token, .. }: &Forgetful) -> Asked {
        let body = json!({ "token": token, "password": NEW });
        let ask = world.client().request(Method::POST, "/auth/reset-password").json(&body);
        request(ask, 200, &[(400, "RESET_PASSWORD_BAD_TOKEN")])
    }

    async fn is_done(&self, world: &World, ready: &Forgetful, _: Option<&Answer>) -> bool {
        let someone = &ready.someone;
        let is_new = world.has_new_password(&someone.email).await;
        assert_ne!(are_in(&someone.sessions).await, is_new, "sessions end with the old password");
        let keeps_account = self.is_verified || !is_new;
        assert_eq!(world.accounts(someone.id).await.len(), usize::from(keeps_account), "accounts");
        is_new
    }
}

/// Somebody changes the password, from a session at this backend.
pub(crate) struct Change(pub(crate) Backend);

impl Deed for Change {
    /// Somebody, and the session that the change comes from.
    type Ready = (Someone, Client);

    async fn ready(&self, world: &World) -> (Someone, Client) {
        let someone = world.signed_in(world.someone().await).await;
        let own = world.server().client().signed_in(self.0, &someone.email, PASSWORD).await;
        (someone, own)
    }

    fn ask(&self, world: &World, (_, own): &(Someone, Client)) -> Asked {
        let ask = world.asking(own).request(Method::PATCH, "/users/me").json(&json!({ "password": NEW }));
        request(ask, 200, &[(401, "Unauthorized")])
    }

    async fn is_done(&self, world: &World, (someone, own): &(Someone, Client), _: Option<&Answer>) -> bool {
        let is_new = world.has_new_password(&someone.email).await;
        assert_ne!(are_in(&someone.sessions).await, is_new, "the other sessions end with the old password");
        let is_in = axum_users_tests::is_in(own).await;
        assert!(is_in || is_new, "it is signed out for nothing");
        assert!(!is_in || !is_new || !self.0.is_jwt(), "a JWT of the old password");
        is_new
    }
}

#[on_each_store]
async fn a_forgotten_password() {
    every_call_goes_wrong([Forgot]).await;
}

#[on_each_store]
async fn a_reset() {
    every_call_goes_wrong([true, false].map(|is_verified| Reset { is_verified })).await;
}

#[on_each_store]
async fn a_change_of_the_password() {
    every_call_goes_wrong(kinds().map(Change)).await;
}
