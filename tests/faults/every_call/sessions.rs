//! Signing in and out, at each backend.

use axum_users_tests::{Answer, Backend, Client, is_in, on_each_store};
use reqwest::Method;

use super::world::kinds;
use super::{Asked, Deed, Someone, World, every_call_goes_wrong, request};
use crate::common::PASSWORD;

/// Somebody signs in.
pub(crate) struct SignIn {
    pub(crate) backend: Backend,
    /// Whether the password's hash is one that the app would not make today, so that it is made anew.
    pub(crate) is_outdated: bool,
}

/// A hash of [`PASSWORD`] as a database of before may hold it.
const OUTDATED: &str = "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C";

impl Deed for SignIn {
    type Ready = Someone;

    async fn ready(&self, world: &World) -> Someone {
        let someone = world.someone().await;
        if self.is_outdated {
            world.server().database.set_hash(Some(&someone.email), OUTDATED);
        }
        someone
    }

    fn ask(&self, world: &World, ready: &Someone) -> Asked {
        let form = [("username", &*ready.email), ("password", PASSWORD)];
        let path = format!("{}/login", self.backend.path());
        request(world.client().request(Method::POST, &path).form(&form), 200, &[])
    }

    async fn is_done(&self, world: &World, _: &Someone, answer: Option<&Answer>) -> bool {
        let Some(answer) = answer else { return false };
        is_in(&world.server().client().holding(self.backend, answer)).await
    }
}

/// Somebody signs out.
pub(crate) struct SignOut(pub(crate) Backend);

impl Deed for SignOut {
    /// The session that ends, and another one.
    type Ready = [Client; 2];

    async fn ready(&self, world: &World) -> [Client; 2] {
        let someone = world.someone().await;
        let client = world.server().client();
        let sessions = [(); 2].map(|()| client.signed_in(self.0, &someone.email, PASSWORD));
        let [one, other] = sessions;
        [one.await, other.await]
    }

    fn ask(&self, world: &World, [session, _]: &[Client; 2]) -> Asked {
        let path = format!("{}/logout", self.0.path());
        request(world.asking(session).request(Method::POST, &path), 200, &[(401, "Unauthorized")])
    }

    async fn is_done(&self, _: &World, [session, other]: &[Client; 2], _: Option<&Answer>) -> bool {
        assert!(is_in(other).await, "the other session lives on");
        !is_in(session).await
    }
}

#[on_each_store]
async fn a_sign_in() {
    every_call_goes_wrong(Backend::all().map(|backend| SignIn { backend, is_outdated: false })).await;
}

#[on_each_store]
async fn a_sign_in_with_an_outdated_hash() {
    every_call_goes_wrong(kinds().map(|backend| SignIn { backend, is_outdated: true })).await;
}

#[on_each_store]
async fn a_sign_out() {
    every_call_goes_wrong(Backend::all().map(SignOut)).await;
}
