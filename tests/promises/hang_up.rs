//! A client that hangs up in the middle of a change leaves nothing half done: the change, its hooks, other sessions.

use std::sync::Arc;
use std::time::Duration;

use axum_users::app::Builder;
use axum_users::hooks::Change;
use axum_users::prelude::*;
use axum_users_tests::{Backend, Camelot, Event, Options, Server, User, on_each_store};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::common::{ARTHUR, PASSWORD, in_time, is_in};

/// A gate within the transaction: it tells that someone stands there, and opens when it is told to.
#[derive(Clone)]
struct Gate {
    reached: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl<C: Send> TransactionHooks<User, C> for Gate {
    async fn on_update(&self, _: &User, _: &User, _: Change, _: &RequestInfo, _: &mut C) -> HookResult {
        self.reached.add_permits(1);
        self.open.acquire().await?.forget();
        Ok(())
    }
}

#[on_each_store]
async fn a_change_goes_on_to_its_end() {
    let gate = Gate { reached: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) };
    let hooks = gate.clone();
    let setup = |setup: Builder<Camelot>| {
        setup.transaction_hooks(hooks).transaction_hook_timeout(Duration::from_secs(120))
    };
    let server = Server::of(Options::default(), |_| {}, setup).await;
    let server = server.expect("the app starts");
    let user = server.user(ARTHUR, PASSWORD, |_| {}).await;
    let client = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    let other = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    drop(server.events().await);

    let request = tokio::spawn({
        let client = client.clone();
        async move { client.patch("/users/me", json!({ "password": "lancelot" })).await }
    });
    in_time(gate.reached.acquire()).await.expect("a gate").forget();
    // Its connection is closed with it, while the transaction is open.
    request.abort();
    assert!(request.await.is_err_and(|error| error.is_cancelled()));
    gate.open.add_permits(1);

    let told = in_time(server.events()).await;
    assert_eq!(told, [Event::Updated(user.id, json!({}))]);
    assert!(!is_in(&other).await && !is_in(&client).await);
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 400);
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, "lancelot").await.status, 200);
}
