//! What is done with other services: signing in, linking, unlinking, and tokens that are renewed.

use std::time::Duration;

use axum_users::oauth::ProviderTokens;
use axum_users::prelude::*;
use axum_users::user::OAuthAccount;
use axum_users_tests::scene::{ASSOCIATE, COOKIE_PLACE, PLACE, Trip};
use axum_users_tests::{Answer, Backend, Client, Fault, is_in, on_each_store};
use reqwest::Method;
use serde_json::json;

use super::people::from_code;
use super::world::{are_in, at_provider};
use super::{Asked, Deed, Someone, Told, World, every_call_goes_wrong, request};
use crate::common::PASSWORD;

/// Links somebody with the account of the same address, past all faults.
pub(crate) async fn link(world: &World, someone: &Someone) {
    let client = &someone.sessions[0];
    let answer = world.scene.trip(client, ASSOCIATE, &at_provider(&someone.email)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Whoever comes back from the provider with what only a new way there would replace.
pub(crate) struct Returning {
    someone: Option<Someone>,
    email: String,
    trip: Trip,
    code: String,
}

impl Returning {
    async fn new(world: &World, client: &Client, place: &str, email: &str, someone: Option<Someone>) -> Self {
        let (trip, code) = world.trip(client, place, &at_provider(email)).await;
        Self { someone, email: email.to_owned(), trip, code }
    }

    /// Comes back.
    fn back(&self) -> Asked {
        request(self.trip.returning(&[("code", &self.code), ("state", &self.trip.state)]), 200, &[])
    }

    /// Goes once more: a state is good once, and used up before anything else is done.
    async fn goes_again(&self, world: &World) -> Told {
        // It may have been another process that it came back to.
        let client = self.trip.client.at(&world.server().url);
        let (trip, code) = world.trip(&client, &self.trip.place, &at_provider(&self.email)).await;
        Self { someone: None, email: self.email.clone(), trip, code }.back().await
    }

    /// Whether the answer signs somebody in.
    async fn is_signed_in(&self, world: &World, answer: Option<&Answer>) -> bool {
        let Some(answer) = answer else { return false };
        let backend = if self.trip.place == COOKIE_PLACE { Backend::DbCookie } else { Backend::Jwt };
        assert!(is_in(&world.server().client().holding(backend, answer)).await, "the token is good");
        true
    }
}

/// Who signs in by way of the provider.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    /// Nobody knows the account, or its address.
    New,
    /// The account is a user's.
    Linked,
    /// The address is that of a user who has proven it.
    Verified,
    /// The address is that of a user who has not: all that was set up goes.
    Unverified,
}

/// Somebody signs in by way of the provider, at this place.
pub(crate) struct SignIn(pub(crate) Who, pub(crate) &'static str);

impl Deed for SignIn {
    type Ready = Returning;

    async fn ready(&self, world: &World) -> Returning {
        let someone = match self.0 {
            Who::New => None,
            Who::Linked | Who::Verified => Some(world.signed_in(world.someone().await).await),
            Who::Unverified => Some(world.signed_in(world.someone_who(|_| {}).await).await),
        };
        if let (Who::Linked, Some(someone)) = (self.0, &someone) {
            link(world, someone).await;
        }
        let email =
            someone.as_ref().map_or_else(|| format!("{}@camelot.bt", world.name()), |it| it.email.clone());
        Returning::new(world, &world.server().client(), self.1, &email, someone).await
    }

    fn ask(&self, _: &World, ready: &Returning) -> Asked {
        ready.back()
    }

    async fn again(&self, world: &World, ready: &Returning) -> Told {
        ready.goes_again(world).await
    }

    async fn is_done(&self, world: &World, ready: &Returning, answer: Option<&Answer>) -> bool {
        let is_signed_in = ready.is_signed_in(world, answer).await;
        let user = world.user_at(&ready.email).await;
        let accounts = match &user {
            Some(user) => world.accounts(user.id).await.len(),
            None => 0,
        };
        match (self.0, &ready.someone) {
            (Who::New, _) => assert_eq!(accounts, usize::from(user.is_some()), "a user with its account"),
            (Who::Linked, _) => assert_eq!(accounts, 1, "the account that was there"),
            (Who::Unverified, Some(someone)) => {
                let is_linked = accounts == 1;
                assert_eq!(user.expect("a user").is_verified, is_linked);
                assert_ne!(world.opens(&someone.email, PASSWORD).await, is_linked, "whose password it was");
                assert_ne!(are_in(&someone.sessions).await, is_linked, "whose sessions they were");
            }
            (_, someone) => {
                let someone = someone.as_ref().expect("somebody");
                assert!(accounts <= 1 && are_in(&someone.sessions).await);
                assert!(world.opens(&someone.email, PASSWORD).await);
            }
        }
        assert!(accounts == 1 || !is_signed_in);
        is_signed_in
    }
}

/// Somebody who is signed in links an account.
pub(crate) struct Associate;

impl Deed for Associate {
    type Ready = Returning;

    async fn ready(&self, world: &World) -> Returning {
        let someone = world.signed_in(world.someone().await).await;
        let client = world.server().client().signed_in(Backend::Db, &someone.email, PASSWORD).await;
        let email = someone.email.clone();
        Returning::new(world, &client, ASSOCIATE, &email, Some(someone)).await
    }

    fn ask(&self, _: &World, ready: &Returning) -> Asked {
        ready.back()
    }

    async fn again(&self, world: &World, ready: &Returning) -> Told {
        ready.goes_again(world).await
    }

    async fn is_done(&self, world: &World, ready: &Returning, _: Option<&Answer>) -> bool {
        let someone = ready.someone.as_ref().expect("somebody");
        assert!(are_in(&someone.sessions).await);
        let accounts = world.accounts(someone.id).await.len();
        assert!(accounts <= 1);
        accounts == 1
    }
}

/// Somebody takes the account away again.
pub(crate) struct Unlink;

impl Deed for Unlink {
    type Ready = (Someone, OAuthAccount<Uuid>);

    async fn ready(&self, world: &World) -> Self::Ready {
        let someone = world.signed_in(world.someone().await).await;
        link(world, &someone).await;
        let account = world.scene.account_of(&someone.sessions[0]).await;
        (someone, account)
    }

    fn ask(&self, world: &World, (someone, account): &Self::Ready) -> Asked {
        let path = format!("/users/me/oauth-accounts/{}", account.id);
        let ask = world.asking(&someone.sessions[0]).request(Method::DELETE, &path);
        request(ask, 204, &[(404, "Not Found")])
    }

    async fn is_done(&self, world: &World, (someone, _): &Self::Ready, _: Option<&Answer>) -> bool {
        world.accounts(someone.id).await.is_empty()
    }
}

/// The app's own code asks for the tokens of an account, which have to be renewed.
struct Renew;

/// So long that the provider's tokens have expired.
const LONG: Duration = Duration::from_secs(2 * 3600);

impl Deed for Renew {
    /// An account, and its tokens as they were.
    type Ready = (OAuthAccount<Uuid>, ProviderTokens);

    /// A store that stays away keeps no new tokens: then the account must be linked anew.
    fn faults(&self) -> &'static [Fault] {
        &[Fault::Fails, Fault::LosesItsAnswer, Fault::Hangs]
    }

    async fn ready(&self, world: &World) -> Self::Ready {
        // The provider's clock is the machine's.
        world.scene.provider.claims(json!({ "exp": i32::MAX }));
        let someone = world.signed_in(world.someone().await).await;
        link(world, &someone).await;
        let account = world.scene.account_of(&someone.sessions[0]).await;
        let tokens = world.scene.tokens_of(&account).await.expect("tokens");
        world.server().clock.advance(LONG);
        (account, tokens)
    }

    fn ask(&self, world: &World, (account, _): &Self::Ready) -> Asked {
        let (manager, account) = (world.manager(), account.clone());
        Box::pin(async move {
            match manager.provider_tokens(&account).await {
                Ok(_) => Told::Done(None),
                Err(error) => from_code(error),
            }
        })
    }

    /// What lies in storage is what the provider takes.
    async fn is_done(&self, world: &World, (account, before): &Self::Ready, _: Option<&Answer>) -> bool {
        let stored = world.accounts(account.user_id).await;
        let [stored] = &stored[..] else { panic!("not one account: {stored:?}") };
        let is_new = stored.access_token != account.access_token;
        let good = world.scene.provider.refresh_tokens();
        let is_spent = !good.contains(before.refresh_token.as_ref().expect("a token"));
        assert_eq!(is_spent, is_new, "the token that renews is used up, and the next one lost");
        is_new
    }
}

#[on_each_store]
async fn a_sign_in_of_somebody_new() {
    every_call_goes_wrong([PLACE, COOKIE_PLACE].map(|place| SignIn(Who::New, place))).await;
}

#[on_each_store]
async fn a_sign_in_with_a_known_account() {
    every_call_goes_wrong([SignIn(Who::Linked, COOKIE_PLACE)]).await;
}

#[on_each_store]
async fn a_sign_in_with_a_known_address() {
    every_call_goes_wrong([Who::Verified, Who::Unverified].map(|who| SignIn(who, PLACE))).await;
}

#[on_each_store]
async fn an_association() {
    every_call_goes_wrong([Associate]).await;
}

#[on_each_store]
async fn an_end_of_an_association() {
    every_call_goes_wrong([Unlink]).await;
}

#[on_each_store]
async fn a_renewal_of_tokens() {
    every_call_goes_wrong([Renew]).await;
}
