//! F73: a GET that nobody meant does nothing that lasts: a page that is fetched in advance, an image on another site.

use axum_users_tests::on_each_store;
use serde_json::json;

use crate::common::{ASSOCIATE, COMPAT_MODES, COOKIE_PLACE, PLACE, Scene, accounts_of, arthur};

#[on_each_store]
async fn the_first_step_writes_nothing() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        let before = (scene.server.database.census(), scene.server.database.rows());
        for (client, address) in [
            (&scene.server.client(), format!("{PLACE}/authorize")),
            (&scene.server.client(), format!("{COOKIE_PLACE}/authorize?next=/account")),
            (&lancelot, format!("{PLACE}/authorize")),
            (&lancelot, format!("{ASSOCIATE}/authorize")),
            (&lancelot, format!("{ASSOCIATE}/authorize?next=/account")),
        ] {
            for _ in 0..2 {
                let answer = client.with("sec-purpose", "prefetch").get(&address).await;
                assert!([200, 303].contains(&answer.status.as_u16()), "F73: {address}: {}", answer.text);
                assert_eq!(answer.cookies().len(), 1, "F73: {address}: nobody is signed in");
                assert_eq!(answer.header("cache-control"), "no-store");
            }
        }
        assert_eq!((scene.server.database.census(), scene.server.database.rows()), before, "F73: {compat:?}");
    }
}

/// A page that is fetched twice at the end does the second time what a replay does.
#[on_each_store]
async fn the_last_step_needs_the_first() {
    let scene = Scene::new().await;
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    let before = scene.server.database.census();
    for (client, place) in [(&scene.server.client(), PLACE), (&lancelot, ASSOCIATE)] {
        let answer = client.get(&format!("{place}/callback?code=code&state=state")).await;
        answer.refuses(400, json!("ACCESS_TOKEN_DECODE_ERROR"));
        let answer = client.get(&format!("{place}/callback?error=access_denied")).await;
        answer.refuses(400, json!("ACCESS_TOKEN_DECODE_ERROR"));
    }
    assert_eq!(scene.server.database.census(), before);
    let trip = scene.start(&lancelot, ASSOCIATE).await;
    let code = scene.provider.sign_in(&trip.url, &arthur());
    assert_eq!(trip.back(&code).await.status, 200);
    trip.back(&code).await.refuses(400, json!("OAUTH_INVALID_STATE"));
    assert_eq!(accounts_of(&lancelot).await.len(), 1);
}

/// Neither step is anything but a GET, and HEAD is one without a body: it starts nothing either.
#[on_each_store]
async fn other_methods() {
    let scene = Scene::new().await;
    let before = scene.server.database.census();
    for path in ["/auth/oidc/authorize", "/auth/associate/oidc/authorize"] {
        let answer = scene.server.client().post(path).await;
        answer.refuses(405, json!("Method Not Allowed"));
    }
    assert_eq!(scene.server.database.census(), before);
}
