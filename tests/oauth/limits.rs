//! How often one client sets out to another service, and comes back.

use std::time::Duration;

use axum_users::prelude::*;
use axum_users_tests::{Options, has_own_process, on_each_store, told};
use serde_json::json;

use crate::common::{ASSOCIATE, COOKIE_PLACE, PLACE, Scene, Trip};

const MINUTE: Duration = Duration::from_secs(60);

/// Ways out are counted together, wherever they lead, and so are ways back; and what is over the limit asks the provider
/// nothing.
#[on_each_store]
async fn ways_to_another_service_and_back_are_limited() {
    let limits = Some(Limits::OFF.oauth(Rate::new(3, 3 * MINUTE)));
    let scene = Scene::with(Options { limits, ..Options::default() }).await;
    let client = scene.registered("arthur@camelot.bt").await;
    let mut trips = Vec::new();
    for place in [PLACE, COOKIE_PLACE, ASSOCIATE] {
        trips.push(scene.start(&client, place).await);
    }
    for place in [PLACE, COOKIE_PLACE, ASSOCIATE] {
        let answer = client.get(&format!("{place}/authorize")).await;
        answer.refuses(429, json!("Too Many Requests"));
        assert_eq!(answer.header("retry-after"), "60");
    }
    // A browser that is led by redirects learns it the way that it learns everything.
    let answer = client.get(&format!("{COOKIE_PLACE}/authorize?next=/account&on_error=/login")).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/login?error=Too+Many+Requests"));
    let codes = trips.iter().map(|trip| {
        scene
            .provider
            .sign_in(&trip.url, &json!({ "sub": "1", "email": "arthur@camelot.bt", "email_verified": true }))
    });
    let codes = codes.collect::<Vec<_>>();
    for _ in 0..3 {
        let elsewhere = Trip { cookie: String::new(), ..trips[0].clone() };
        elsewhere.back("guess").await.refuses(400, json!("OAUTH_INVALID_STATE"));
    }
    drop(scene.provider.requests());
    for (trip, code) in trips.iter().zip(&codes) {
        let answer = trip.back(code).await;
        answer.refuses(429, json!("Too Many Requests"));
        assert!(answer.cookies().is_empty(), "the browser may come again");
    }
    assert_eq!(scene.provider.requests().len(), 0);
    // Nothing of it is used up.
    scene.server.clock.advance(MINUTE);
    assert_eq!(trips[0].back(&codes[0]).await.status, 200);
}

/// The limit of callbacks counts none of them.
#[on_each_store]
async fn states_that_can_not_be_read_are_logged_once_a_minute() {
    if !has_own_process() {
        return;
    }
    let scene = Scene::with(Options::default()).await;
    let client = scene.server.client();
    let seen = told().len();
    for _ in 0..50 {
        let answer = client.get(&format!("{PLACE}/callback?state=nonsense&code=none")).await;
        answer.refuses(400, json!("ACCESS_TOKEN_DECODE_ERROR"));
    }
    let new = told()[seen..].to_vec();
    assert!(new.len() == 1 && new[0].starts_with("sign_in_refused reason=\"state_unreadable\""), "{new:?}");
    scene.server.clock.advance(MINUTE);
    client.get(&format!("{PLACE}/callback?state=nonsense&code=none")).await;
    let new = told()[seen + 1..].to_vec();
    assert!(new.len() == 1 && new[0].contains("requests=49"), "{new:?}");
}
