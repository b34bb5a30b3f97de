//! Promises 1 and 8, under pressure: a state is used once, an account is one user's, an address is one user's, and the
//! last way to sign in stays, however many ask at the same moment.

use std::collections::BTreeMap;

use axum_users::prelude::*;
use axum_users_tests::{Answer, Event, at_once, on_each_store, one_wins, tally};
use serde_json::{Value, json};

use crate::common::{
    ARTHUR, ASSOCIATE, COMPAT_MODES, COOKIE_PLACE, PASSWORD, PLACE, Scene, Trip, accounts_of, arthur, knight,
};

const CROWD: usize = 50;

/// `count` browsers that are back from the provider, each with its code.
async fn crowd(scene: &Scene, count: usize, place: &str, user: &Value) -> Vec<(Trip, String)> {
    let mut trips = Vec::new();
    for _ in 0..count {
        let trip = scene.start(&scene.server.client(), place).await;
        let code = scene.provider.sign_in(&trip.url, user);
        trips.push((trip, code));
    }
    trips
}

/// All of them come back at the same moment.
async fn back(trips: &[(Trip, String)]) -> Vec<Answer> {
    at_once(trips.len(), |n| {
        let (trip, code) = trips[n].clone();
        async move { trip.back(&code).await }
    })
    .await
}

/// Fails unless every answer is a 200.
#[track_caller]
fn all_succeed(answers: &[Answer]) {
    assert_eq!(tally(answers), BTreeMap::from([((200, String::new()), answers.len())]));
}

#[on_each_store]
async fn a_state_is_used_once() {
    for compat in COMPAT_MODES {
        for place in [PLACE, COOKIE_PLACE] {
            let scene = Scene::in_layout(compat).await;
            let one = crowd(&scene, 1, place, &arthur()).await.remove(0);
            drop(scene.provider.requests());
            let answers = back(&vec![one; CROWD]).await;
            one_wins(&answers, 200, "OAUTH_INVALID_STATE");
            let asked = scene.provider.requests();
            assert_eq!(asked.iter().filter(|path| *path == "/token").count(), 1, "F65: {asked:?}");
            assert_eq!(scene.server.database.rows().len(), 1);
        }
    }
}

#[on_each_store]
async fn a_new_account_makes_one_user() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let trips = crowd(&scene, CROWD, PLACE, &arthur()).await;
        all_succeed(&back(&trips).await);
        let [row] = &scene.server.database.rows()[..] else { panic!("not one user") };
        assert!(row.is_verified);
        let accounts = accounts_of(&scene.signed_in(&arthur()).await).await;
        assert_eq!(accounts, [("oidc".to_owned(), "arthur".to_owned())]);
        let registered = |event: &&Event| matches!(event, Event::RegisteredBy(..));
        assert_eq!(scene.server.events().await.iter().filter(registered).count(), 1);
    }
}

/// Two services, one address: the account that comes second is linked.
#[on_each_store]
async fn accounts_with_one_address_are_one_users() {
    let scene = Scene::new().await;
    let mut trips = Vec::new();
    for n in 0..20 {
        let user = json!({ "sub": format!("arthur-{n}"), "email": ARTHUR, "email_verified": true });
        trips.extend(crowd(&scene, 1, PLACE, &user).await);
    }
    all_succeed(&back(&trips).await);
    assert_eq!(scene.server.database.rows().len(), 1);
    let user = json!({ "sub": "arthur-0", "email": ARTHUR, "email_verified": true });
    assert_eq!(accounts_of(&scene.signed_in(&user).await).await.len(), 20);
}

#[on_each_store]
async fn the_account_of_a_user_who_was_there_before() {
    for compat in COMPAT_MODES {
        for is_verified in [true, false] {
            let scene = Scene::in_layout(compat).await;
            let user = scene.server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(is_verified)).await;
            let trips = crowd(&scene, CROWD, PLACE, &arthur()).await;
            all_succeed(&back(&trips).await);
            let [row] = &scene.server.database.rows()[..] else { panic!("not one user") };
            assert_eq!((&row.id, row.is_verified), (&user.id.to_string(), true));
            let events = scene.server.events().await;
            let associated = |event: &&Event| matches!(event, Event::Associated(..));
            assert_eq!(events.iter().filter(associated).count(), 1, "{compat:?} {is_verified}");
            let client = scene.signed_in(&arthur()).await;
            assert_eq!(accounts_of(&client).await, [("oidc".to_owned(), "arthur".to_owned())]);
        }
    }
}

/// The owner comes while someone registers with the address: there is one user, and it is the owner's.
#[on_each_store]
async fn a_registration_at_the_same_moment() {
    for compat in COMPAT_MODES {
        for _ in 0..5 {
            let scene = Scene::in_layout(compat).await;
            let (trip, code) = crowd(&scene, 1, PLACE, &arthur()).await.remove(0);
            let client = scene.server.client();
            let answers = at_once(2, |n| {
                let (trip, code, client) = (trip.clone(), code.clone(), client.clone());
                async move {
                    match n {
                        0 => trip.back(&code).await,
                        _ => client.register(ARTHUR, PASSWORD).await,
                    }
                }
            })
            .await;
            assert_eq!(answers[0].status, 200, "{}", answers[0].text);
            assert!([201, 400].contains(&answers[1].status.as_u16()), "{}", answers[1].text);
            assert_eq!(scene.server.database.rows().len(), 1);
            let login = client.login(axum_users_tests::Backend::Jwt, ARTHUR, PASSWORD).await;
            login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
    }
}

#[on_each_store]
async fn an_account_is_associated_with_one_of_many_users() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let mut trips = Vec::new();
        for n in 0..CROWD {
            let client = scene.registered(&format!("knight-{n}@camelot.bt")).await;
            let trip = scene.start(&client, ASSOCIATE).await;
            trips.push((trip.clone(), scene.provider.sign_in(&trip.url, &arthur())));
        }
        let answers = back(&trips).await;
        one_wins(&answers, 200, "OAUTH_ACCOUNT_ALREADY_LINKED");
        for ((trip, _), answer) in trips.iter().zip(&answers) {
            assert_eq!(accounts_of(&trip.client).await.len(), usize::from(answer.status == 200));
        }
    }
}

/// An account that one user associates while another signs up with it.
#[on_each_store]
async fn an_association_and_a_sign_in_at_the_same_moment() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        let own = scene.start(&lancelot, ASSOCIATE).await;
        let code = scene.provider.sign_in(&own.url, &arthur());
        let mut trips = crowd(&scene, 10, PLACE, &arthur()).await;
        trips.push((own, code));
        let answers = back(&trips).await;
        all_succeed(&answers[..10]);
        let is_lancelots = answers[10].status == 200;
        if !is_lancelots {
            answers[10].refuses(400, json!("OAUTH_ACCOUNT_ALREADY_LINKED"));
        }
        assert_eq!(accounts_of(&lancelot).await.len(), usize::from(is_lancelots));
        let owner = scene.signed_in(&arthur()).await.get("/users/me").await;
        assert_eq!(owner.json["email"] == "lancelot@camelot.bt", is_lancelots);
    }
}

/// F75: of two last ways to sign in, one stays.
#[on_each_store]
async fn the_last_account_stays() {
    for compat in COMPAT_MODES {
        for _ in 0..5 {
            let scene = Scene::in_layout(compat).await;
            let client = scene.signed_in(&arthur()).await;
            for other in ["galahad", "percival"] {
                assert_eq!(scene.trip(&client, ASSOCIATE, &knight(other)).await.status, 200);
            }
            let list = client.get("/users/me/oauth-accounts").await;
            let ids = list.json.as_array().expect("a list").iter();
            let ids =
                ids.map(|account| account["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>();
            let answers = at_once(ids.len(), |n| {
                let (client, path) = (client.clone(), format!("/users/me/oauth-accounts/{}", ids[n]));
                async move { client.delete(&path).await }
            })
            .await;
            let refused = (400, "OAUTH_LAST_LOGIN_METHOD".to_owned());
            let expected = BTreeMap::from([((204, String::new()), 2), (refused, 1)]);
            assert_eq!(tally(&answers), expected, "F75: {compat:?}");
            assert_eq!(accounts_of(&client).await.len(), 1);
        }
    }
}

/// F75: the same account, from many tabs.
#[on_each_store]
async fn an_account_is_unlinked_once() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let client = scene.registered("lancelot@camelot.bt").await;
        scene.trip(&client, ASSOCIATE, &arthur()).await;
        let path = format!("/users/me/oauth-accounts/{}", scene.account_of(&client).await.id);
        let answers = at_once(20, |_| {
            let (client, path) = (client.clone(), path.clone());
            async move { client.delete(&path).await }
        })
        .await;
        let expected = BTreeMap::from([((204, String::new()), 1), ((404, "Not Found".to_owned()), 19)]);
        assert_eq!(tally(&answers), expected);
        scene.server.camelot.drain().await;
        let asked = scene.provider.requests();
        assert_eq!(asked.iter().filter(|path| *path == "/revoke").count(), 1);
    }
}
