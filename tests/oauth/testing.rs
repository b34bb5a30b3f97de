//! The feature `testing`, with other services: what hooks are told of them, and who has a password.

use axum_users::manager::Manager;
use axum_users::testing::{HookKind, HookRecorder};
use axum_users_tests::{Options, on_each_store};

use crate::common::{ARTHUR, ASSOCIATE, Scene, arthur, clients, knight};

#[on_each_store]
async fn the_outbox_keeps_what_hooks_are_told() {
    let outbox = HookRecorder::default();
    let scene =
        Scene::of(Options::default(), |provider, setup| clients(provider, setup).record_hooks(&outbox)).await;
    let client = scene.signed_in(&arthur()).await;
    // The app's own hook has named the user.
    assert_eq!(client.get("/users/me").await.json["display_name"], "Arthur");
    let hooks = async || {
        let messages = outbox.take(&scene.server.camelot).await;
        messages.into_iter().map(|message| (message.hook, message.to)).collect::<Vec<_>>()
    };
    let registered = hooks().await;
    assert!(registered.contains(&(HookKind::Register, ARTHUR.to_owned())), "{registered:?}");
    assert_eq!(scene.trip(&client, ASSOCIATE, &knight("king")).await.status, 200);
    assert_eq!(hooks().await, [(HookKind::OAuthAssociate, ARTHUR.to_owned())]);
}

#[on_each_store]
async fn who_has_a_password() {
    let scene = Scene::new().await;
    let manager = Manager::for_code(scene.server.camelot.clone());
    assert!(manager.has_password(&scene.server.user("kay@camelot.bt", "guinevere", |_| {}).await));
    scene.signed_in(&arthur()).await;
    let arthur = manager.user_by_email(&ARTHUR.parse().expect("an address")).await.expect("a store");
    assert!(!manager.has_password(&arthur.expect("a user")));
}
