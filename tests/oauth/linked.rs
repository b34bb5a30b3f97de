//! A13: an account that is one user's becomes no other's, whichever way it comes.

use axum_users_tests::{Client, Store, at_once, on_each_store, tally};
use serde_json::{Value, json};

use crate::common::{ASSOCIATE, COMPAT_MODES, Scene, accounts_of, arthur, knight};

/// What one account's row holds, where it can be seen past the app.
fn stored(scene: &Scene) -> Option<Vec<String>> {
    let database = &scene.server.database;
    let is_sql = database.store() != Store::Memory;
    is_sql.then(|| {
        database.texts(
            "SELECT concat(account_id, ' ', access_token, ' ', refresh_token) AS value FROM oauth_account",
        )
    })
}

#[on_each_store]
async fn an_account_is_one_users() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let owner = scene.signed_in(&arthur()).await;
        let own = accounts_of(&owner).await;
        let before = stored(&scene);
        let thief = scene.registered("mordred@camelot.bt").await;
        for what in ["A13: associated by another user", "A13: and once more"] {
            let answer = scene.trip(&thief, ASSOCIATE, &arthur()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.detail()),
                (400, &json!("OAUTH_ACCOUNT_ALREADY_LINKED")),
                "{what}"
            );
        }
        assert_eq!((accounts_of(&owner).await, accounts_of(&thief).await), (own, vec![]));
        assert_eq!(stored(&scene), before, "nor have its tokens changed");
        // Signing in leads to its owner, whatever address the account has now.
        let same = json!({ "sub": "arthur", "email": "mordred@camelot.bt", "email_verified": true });
        let signed_in = scene.signed_in(&same).await;
        assert_eq!(me(&signed_in).await, me(&owner).await, "A13: a sign-in with the thief's address");
    }
}

async fn me(client: &Client) -> Value {
    client.get("/users/me").await.json
}

#[on_each_store]
async fn an_account_that_was_associated_leads_to_its_user() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        // Its address says nothing here: the user is signed in.
        for _ in 0..2 {
            let answer = scene.trip(&lancelot, ASSOCIATE, &arthur()).await;
            answer.is(200, &me(&lancelot).await);
        }
        assert_eq!(accounts_of(&lancelot).await, [("oidc".to_owned(), "arthur".to_owned())]);
        assert_eq!(me(&scene.signed_in(&arthur()).await).await, me(&lancelot).await);
        // A second account of the same service, and one of another.
        scene.trip(&lancelot, ASSOCIATE, &knight("galahad")).await.is(200, &me(&lancelot).await);
        scene.trip(&lancelot, "/auth/associate/avalon", &arthur()).await.is(200, &me(&lancelot).await);
        assert_eq!(accounts_of(&lancelot).await.len(), 3);
        assert_eq!(me(&scene.signed_in(&knight("galahad")).await).await, me(&lancelot).await);
    }
}

/// Who comes second in a race finds that the account is the same user's.
#[on_each_store]
async fn a_user_associates_one_account_many_times_at_once() {
    let scene = Scene::new().await;
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    let mut trips = Vec::new();
    for _ in 0..20 {
        let trip = scene.start(&lancelot, ASSOCIATE).await;
        trips.push((scene.provider.sign_in(&trip.url, &arthur()), trip));
    }
    let answers = at_once(trips.len(), |n| {
        let (code, trip) = trips[n].clone();
        async move { trip.back(&code).await }
    })
    .await;
    assert_eq!(tally(&answers).into_iter().collect::<Vec<_>>(), [((200, String::new()), 20)]);
    assert_eq!(accounts_of(&lancelot).await, [("oidc".to_owned(), "arthur".to_owned())]);
}
