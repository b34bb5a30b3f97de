//! Users who come, prove their address, and change what is theirs.

use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, Client, change_token, on_each_store, verify_token};
use reqwest::Method;
use serde_json::json;

use super::world::are_in;
use super::{Asked, Deed, Someone, World, every_call_goes_wrong, request};
use crate::common::PASSWORD;

/// Somebody registers.
pub(crate) struct Register {
    /// Whether the answer tells nobody that an address is known.
    pub(crate) is_hidden: bool,
    /// Whether it is.
    pub(crate) is_known: bool,
}

impl Deed for Register {
    type Ready = String;

    fn policy(&self) -> Policy {
        Policy::fastapi_users().prevent_enumeration(self.is_hidden)
    }

    async fn ready(&self, world: &World) -> String {
        match self.is_known {
            true => world.someone().await.email,
            false => format!("{}@camelot.bt", world.name()),
        }
    }

    fn ask(&self, world: &World, email: &String) -> Asked {
        let body = json!({ "email": email, "password": PASSWORD });
        let ask = world.client().request(Method::POST, "/auth/register").json(&body);
        match self.is_hidden {
            true => request(ask, 202, &[]),
            false => request(ask, 201, &[(400, "REGISTER_USER_ALREADY_EXISTS")]),
        }
    }

    async fn is_done(&self, world: &World, email: &String, _: Option<&Answer>) -> bool {
        let is_there = world.user_at(email).await.is_some();
        assert_eq!(world.opens(email, PASSWORD).await, is_there);
        is_there
    }
}

/// Somebody asks for a token that proves the address.
pub(crate) struct RequestVerify;

impl Deed for RequestVerify {
    type Ready = Someone;

    async fn ready(&self, world: &World) -> Someone {
        let someone = world.someone_who(|_| {}).await;
        drop(world.server().events().await);
        someone
    }

    fn ask(&self, world: &World, ready: &Someone) -> Asked {
        let body = json!({ "email": ready.email });
        request(world.client().request(Method::POST, "/auth/request-verify-token").json(&body), 202, &[])
    }

    async fn is_done(&self, world: &World, ready: &Someone, _: Option<&Answer>) -> bool {
        let mails = world.server().mails().await;
        let Some(mail) = mails.last() else { return false };
        assert_eq!((mails.len(), &mail.to), (1, &ready.email));
        true
    }
}

/// Somebody proves the address.
pub(crate) struct Verify;

/// Somebody, and the token that was mailed.
pub(crate) struct Mailed {
    someone: Someone,
    token: String,
}

impl Deed for Verify {
    type Ready = Mailed;

    async fn ready(&self, world: &World) -> Mailed {
        let someone = world.signed_in(world.someone_who(|_| {}).await).await;
        let token = verify_token(world.server(), &someone.email).await;
        Mailed { someone, token }
    }

    fn ask(&self, world: &World, Mailed { token, .. }: &Mailed) -> Asked {
        let ask = world.client().request(Method::POST, "/auth/verify").json(&json!({ "token": token }));
        request(ask, 200, &[(400, "VERIFY_USER_ALREADY_VERIFIED")])
    }

    async fn is_done(&self, world: &World, Mailed { someone, .. }: &Mailed, _: Option<&Answer>) -> bool {
        assert!(are_in(&someone.sessions).await);
        world.user(someone.id).await.expect("a user").is_verified
    }
}

/// Somebody who is not verified confirms a new email, where the policy asks for that.
pub(crate) struct ConfirmEmail;

impl Deed for ConfirmEmail {
    type Ready = Mailed;

    fn policy(&self) -> Policy {
        axum_users_tests::strict_for_unverified()
    }

    async fn ready(&self, world: &World) -> Mailed {
        let someone = world.signed_in(world.someone_who(|_| {}).await).await;
        let new = format!("new-{}", someone.email);
        let token = change_token(world.server(), &someone.sessions[0], PASSWORD, &new).await;
        Mailed { someone, token }
    }

    fn ask(&self, world: &World, Mailed { token, .. }: &Mailed) -> Asked {
        let body = json!({ "token": token, "password": PASSWORD });
        let ask = world.client().request(Method::POST, "/auth/confirm-email").json(&body);
        request(ask, 200, &[(400, "VERIFY_USER_BAD_TOKEN")])
    }

    async fn is_done(&self, world: &World, Mailed { someone, .. }: &Mailed, _: Option<&Answer>) -> bool {
        let user = world.user(someone.id).await.expect("a user");
        let is_new = user.email != someone.email;
        assert_eq!(user.is_verified, is_new, "the address is proven, and that one");
        assert!(world.opens(&user.email, PASSWORD).await);
        is_new
    }
}

/// Somebody changes the address and a field of the app's own.
pub(crate) struct ChangeAddress;

impl Deed for ChangeAddress {
    type Ready = (Someone, Client);

    async fn ready(&self, world: &World) -> (Someone, Client) {
        let someone = world.someone().await;
        let own = world.server().client().signed_in(Backend::Db, &someone.email, PASSWORD).await;
        (someone, own)
    }

    fn ask(&self, world: &World, (someone, own): &(Someone, Client)) -> Asked {
        let change = json!({ "email": format!("new-{}", someone.email), "display_name": "Wart" });
        request(world.asking(own).request(Method::PATCH, "/users/me").json(&change), 200, &[])
    }

    async fn is_done(&self, world: &World, (someone, own): &(Someone, Client), _: Option<&Answer>) -> bool {
        assert!(axum_users_tests::is_in(own).await);
        let user = world.user(someone.id).await.expect("a user");
        let seen = (user.email != someone.email, user.display_name.is_some(), !user.is_verified);
        assert!([(true, true, true), (false, false, false)].contains(&seen), "half a change: {seen:?}");
        seen.0
    }
}

#[on_each_store]
async fn a_registration() {
    for (is_hidden, is_known) in [(false, false), (true, false), (true, true)] {
        every_call_goes_wrong([Register { is_hidden, is_known }]).await;
    }
}

#[on_each_store]
async fn a_request_for_a_proof() {
    every_call_goes_wrong([RequestVerify]).await;
}

#[on_each_store]
async fn a_proof_of_an_address() {
    every_call_goes_wrong([Verify]).await;
}

#[on_each_store]
async fn a_new_address_that_is_confirmed() {
    every_call_goes_wrong([ConfirmEmail]).await;
}

#[on_each_store]
async fn a_new_address() {
    every_call_goes_wrong([ChangeAddress]).await;
}
