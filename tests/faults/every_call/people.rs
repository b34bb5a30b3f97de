//! What a superuser does to others, and what an app's own code does now and then.

use std::time::Duration;

use axum_users_tests::{Answer, Client, on_each_store};
use reqwest::Method;
use serde_json::json;

use super::providers::link;
use super::world::are_in;
use super::{Asked, Deed, Someone, Told, World, every_call_goes_wrong, request};
use crate::common::PASSWORD;

/// Somebody with sessions and an account at another service, and a superuser.
pub(crate) struct Managed {
    someone: Someone,
    merlin: Client,
}

async fn managed(world: &World) -> Managed {
    let someone = world.signed_in(world.someone().await).await;
    link(world, &someone).await;
    Managed { merlin: world.merlin().await, someone }
}

/// A superuser deactivates somebody.
pub(crate) struct Deactivate;

impl Deed for Deactivate {
    type Ready = Managed;

    async fn ready(&self, world: &World) -> Managed {
        managed(world).await
    }

    fn ask(&self, world: &World, Managed { someone, merlin }: &Managed) -> Asked {
        let path = format!("/users/{}", someone.id);
        let change = json!({ "is_active": false });
        request(world.asking(merlin).request(Method::PATCH, &path).json(&change), 200, &[])
    }

    async fn is_done(&self, world: &World, Managed { someone, .. }: &Managed, _: Option<&Answer>) -> bool {
        let is_active = world.user(someone.id).await.expect("a user").is_active;
        assert_eq!(are_in(&someone.sessions).await, is_active, "sessions");
        assert_eq!(world.opens(&someone.email, PASSWORD).await, is_active);
        !is_active
    }
}

/// A superuser deletes somebody.
pub(crate) struct Delete;

impl Deed for Delete {
    type Ready = Managed;

    async fn ready(&self, world: &World) -> Managed {
        managed(world).await
    }

    fn ask(&self, world: &World, Managed { someone, merlin }: &Managed) -> Asked {
        let path = format!("/users/{}", someone.id);
        request(world.asking(merlin).request(Method::DELETE, &path), 204, &[(404, "Not Found")])
    }

    async fn is_done(&self, world: &World, Managed { someone, .. }: &Managed, _: Option<&Answer>) -> bool {
        let is_there = world.user(someone.id).await.is_some();
        assert_eq!(are_in(&someone.sessions).await, is_there, "sessions");
        assert_eq!(world.accounts(someone.id).await.len(), usize::from(is_there), "accounts");
        !is_there
    }
}

/// An app's own code takes out what has expired.
pub(crate) struct Purge;

/// Longer than any token lives.
const LONG: Duration = Duration::from_secs(2 * 3600);

impl Deed for Purge {
    type Ready = ();

    async fn ready(&self, world: &World) {
        let someone = world.signed_in(world.someone().await).await;
        // One that is ended is remembered until it expires.
        someone.sessions[0].post("/auth/jwt/logout").await.is(200, &json!(null));
        world.server().clock.advance(LONG);
    }

    fn ask(&self, world: &World, (): &()) -> Asked {
        let manager = world.manager();
        Box::pin(async move {
            match manager.purge(Duration::from_secs(3600)).await {
                Ok(()) => Told::Done(None),
                Err(error) => from_code(error),
            }
        })
    }

    async fn is_done(&self, world: &World, (): &(), _: Option<&Answer>) -> bool {
        let census = world.server().database.census();
        let left = |names: [&str; 2]| names.iter().filter_map(|name| census.get(*name)).sum::<i64>();
        let left = (left(["session", "accesstoken"]) > 0, census["ended_token"] > 0);
        assert!(left.0 == left.1, "half of it is taken out: {census:?}");
        !left.0
    }
}

/// What an app's own code is told of a failure.
pub(crate) fn from_code(error: axum_users::manager::ManagerError) -> Told {
    match axum_users::error::Rejection::from(error) {
        axum_users::error::Rejection::Unavailable => Told::Unavailable,
        rejection => panic!("{rejection:?}"),
    }
}

#[on_each_store]
async fn a_deactivation() {
    every_call_goes_wrong([Deactivate]).await;
}

#[on_each_store]
async fn a_deletion() {
    every_call_goes_wrong([Delete]).await;
}

#[on_each_store]
async fn a_purge() {
    every_call_goes_wrong([Purge]).await;
}
