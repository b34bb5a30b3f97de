//! F65, F66: a state is good for the browser, the client and the purpose that it was made for, once, for ten minutes.
//! Whatever else comes back is refused before the provider is asked anything.

use std::time::Duration;

use axum_users::clock::Clock;
use axum_users::secret::KeyPurpose;
use axum_users_tests::{
    Backend, Client, at_once, key, on_each_store, reset_token, tally, token_of, verify_token,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::common::{
    ARTHUR, ASSOCIATE, COMPAT_MODES, COOKIE_PLACE, OAUTH_SECRET, PASSWORD, PLACE, Scene, Trip, arthur, knight,
};

const FOREIGN: &str = "OAUTH_INVALID_STATE";
pub(crate) const UNREADABLE: &str = "ACCESS_TOKEN_DECODE_ERROR";
const EXPIRED: &str = "ACCESS_TOKEN_ALREADY_EXPIRED";

/// A token with a good signature, whatever it says.
fn signed(header: &Value, claims: &Value, key: impl AsRef<[u8]>) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    format!("{message}.{}", signature(&message, key))
}

pub(crate) fn signature(message: &str, key: impl AsRef<[u8]>) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_ref()).expect("a key").chain_update(message);
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// What a state says.
fn claims(state: &str) -> Value {
    let part = state.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

#[on_each_store]
async fn what_another_browser_began() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let begun = scene.start(&scene.server.client(), PLACE).await;
        let victims = scene.start(&scene.server.client(), PLACE).await;
        let code = scene.provider.sign_in(&begun.url, &knight("mordred"));
        let name = begun.cookie.split('=').next().expect("a name");
        let digest = claims(&begun.state)["csrftoken"].as_str().expect("a digest").to_owned();
        drop(scene.provider.requests());
        let before = scene.server.database.census();
        for (what, cookie) in [
            ("F65: a clean browser", String::new()),
            ("F65: an empty cookie", format!("{name}=")),
            ("F65: a browser with a sign-in of its own under way", victims.cookie.clone()),
            ("F65: two cookies of the name", format!("{name}={}; {}", victims.browser(), begun.cookie)),
            ("F65: another sign-in's cookie by this one's name", format!("{name}={}", victims.browser())),
            ("F65: twice the same cookie", format!("{0}; {0}", begun.cookie)),
            ("F65: another cookie", format!("x{}", begun.cookie)),
            ("F65: a cookie without its prefix", format!("axum-users-oauth={}", begun.browser())),
            ("F65: what the state itself tells of the cookie", format!("{name}={digest}")),
            ("F65: the state", format!("{name}={}", begun.state)),
        ] {
            let answer = Trip { cookie, ..begun.clone() }.back(&code).await;
            scene.refuses_unasked(what, &answer, FOREIGN);
            assert_eq!(answer.cookies(), Vec::<&str>::new(), "{what}: the browser keeps its own sign-in");
        }
        assert_eq!(scene.server.database.census(), before, "nothing is used up");
        assert_eq!(begun.back(&code).await.status, 200, "the browser that began it ends it");
    }
}

#[on_each_store]
async fn what_was_used() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let trip = scene.start(&scene.server.client(), PLACE).await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        assert_eq!(trip.back(&code).await.status, 200);
        let other = scene.provider.sign_in(&trip.url, &knight("mordred"));
        drop(scene.provider.requests());
        for (what, code) in [("F65: a replay", &code), ("F65: a replay with another code", &other)] {
            scene.refuses_unasked(what, &trip.back(code).await, FOREIGN);
        }
    }
}

#[on_each_store]
async fn what_was_answered_with_an_error_is_used_too() {
    let scene = Scene::new().await;
    for refusal in [vec![("error", "access_denied")], vec![]] {
        let trip = scene.start(&scene.server.client(), PLACE).await;
        drop(scene.provider.requests());
        let pairs = [refusal, vec![("state", &trip.state)]].concat();
        scene.refuses_unasked("a refusal", &trip.back_with(&pairs).await, "OAUTH_REFUSED");
        let code = scene.provider.sign_in(&trip.url, &arthur());
        scene.refuses_unasked("F65: a replay after a refusal", &trip.back(&code).await, FOREIGN);
    }
}

#[on_each_store]
async fn what_took_too_long() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        for (seconds, is_good) in [(598, true), (601, false), (3600, false)] {
            let trip = scene.start(&scene.server.client(), PLACE).await;
            let code = scene.provider.sign_in(&trip.url, &arthur());
            drop(scene.provider.requests());
            scene.server.clock.advance(Duration::from_secs(seconds));
            // The provider's own clock goes on as well.
            let now = scene.server.clock.now().seconds();
            scene.provider.claims(json!({ "iat": now, "exp": now + 300 }));
            let answer = trip.back(&code).await;
            if is_good {
                assert_eq!(answer.status, 200, "{seconds}: {}", answer.text);
            } else {
                scene.refuses_unasked("F65: expired", &answer, EXPIRED);
            }
        }
    }
}

#[on_each_store]
async fn what_is_no_state_of_this_app() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let server = &scene.server;
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let trip = scene.start(&server.client(), PLACE).await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        let (good, claims) = (&trip.state, claims(&trip.state));
        let (header, signature) = (good.split('.').next().expect("a header"), good.rsplit('.').next());
        let changed = |name: &str, value: &str| {
            let mut claims = claims.clone();
            claims[name] = value.into();
            format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()), signature.expect("a part"))
        };
        let own = json!({ "alg": "HS256", "typ": "JWT" });
        let with_secret = |secret: &str| signed(&own, &claims, key(secret, KeyPurpose::OAuthState, compat));
        let own_key = key(OAUTH_SECRET, KeyPurpose::OAuthState, compat);
        let original =
            json!({ "csrftoken": "x", "aud": "fastapi-users:oauth-state", "exp": 4_000_000_000_u64 });
        let cases = [
            ("F65: nothing", String::new()),
            ("F65: a word", "excalibur".to_owned()),
            ("F65: dots", "a.b.c".to_owned()),
            ("F65: more than a state", format!("{good}x")),
            ("F65: less than a state", good[..good.len() - 1].to_owned()),
            ("F65: megabytes", "x".repeat(30_000)),
            ("F65: another client by hand", changed("cli", "x")),
            ("F65: another purpose by hand", changed("for", "sign-in:db_cookie")),
            ("F65: an address by hand", changed("to", "/evil")),
            ("F65: without a signature", format!("{}.", good.rsplit_once('.').expect("parts").0)),
            ("F65: by no algorithm", signed(&json!({ "alg": "none" }), &claims, &own_key)),
            ("F65: signed with another secret", with_secret("excalibur-excalibur-excalibur-excalibur")),
            ("F65: a state of FastAPI Users' own", signed(&own, &original, &own_key)),
            ("F65: a reset token", reset_token(server, ARTHUR).await),
            ("F65: a verify token", verify_token(server, ARTHUR).await),
            (
                "F65: a session's token",
                token_of(&server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await),
            ),
        ];
        drop(scene.provider.requests());
        for (what, state) in cases {
            let answer = trip.back_with(&[("code", &code), ("state", &state)]).await;
            scene.refuses_unasked(what, &answer, UNREADABLE);
        }
        for pairs in [vec![], vec![("code", &*code)], vec![("code", &code), ("state", good), ("state", good)]]
        {
            scene.refuses_unasked("F65: no state, or two", &trip.back_with(&pairs).await, UNREADABLE);
        }
        assert_eq!(trip.back(&code).await.status, 200, "nothing is used up");
    }
}

#[on_each_store]
async fn what_was_begun_elsewhere() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let browser = scene.server.client();
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        let mordred = scene.registered("mordred@camelot.bt").await;
        for (what, (from, setting_out), (to, coming_back)) in [
            ("F66: at another client", (&browser, PLACE), (&browser, "/auth/avalon")),
            ("F66: at this client from another", (&browser, "/auth/avalon"), (&browser, PLACE)),
            ("F66: at another backend", (&browser, PLACE), (&browser, COOKIE_PLACE)),
            ("F66: at this backend from another", (&browser, COOKIE_PLACE), (&browser, PLACE)),
            ("F66: a sign-in as an association", (&browser, PLACE), (&lancelot, ASSOCIATE)),
            ("F66: a user's sign-in as an association", (&lancelot, PLACE), (&lancelot, ASSOCIATE)),
            ("F66: an association as a sign-in", (&lancelot, ASSOCIATE), (&browser, PLACE)),
            ("F66: an association at another user's session", (&mordred, ASSOCIATE), (&lancelot, ASSOCIATE)),
            (
                "F66: another client's association",
                (&lancelot, "/auth/associate/avalon"),
                (&lancelot, ASSOCIATE),
            ),
        ] {
            let begun = scene.start(from, setting_out).await;
            let code = scene.provider.sign_in(&begun.url, &knight("galahad"));
            drop(scene.provider.requests());
            let before = scene.server.database.census();
            let elsewhere = Trip { client: to.clone(), place: coming_back.to_owned(), ..begun.clone() };
            scene.refuses_unasked(what, &elsewhere.back(&code).await, FOREIGN);
            assert_eq!(scene.server.database.census(), before, "{what}: nothing is used up");
        }
        // Who is not signed in has nothing to associate with.
        let begun = scene.start(&lancelot, ASSOCIATE).await;
        let nobody = Trip { client: browser.clone(), ..begun.clone() };
        nobody.back("code").await.refuses(401, json!("Unauthorized"));
        browser.get("/auth/associate/oidc/authorize").await.refuses(401, json!("Unauthorized"));
        let code = scene.provider.sign_in(&begun.url, &knight("galahad"));
        assert_eq!(begun.back(&code).await.json["email"], "lancelot@camelot.bt");
    }
}

#[on_each_store]
async fn the_cookie() {
    for (compat, name) in COMPAT_MODES.into_iter().zip(["__Host-axum-users-oauth", "fastapiusersoauthcsrf"]) {
        let scene = Scene::in_layout(compat).await;
        let written = |trip: &Trip, value: &str, max_age: u32| {
            let claims = claims(&trip.state);
            let mark = &claims["csrftoken"].as_str().expect("a digest")[..16];
            format!("{name}-{mark}={value}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age={max_age}")
        };
        let answer = scene.server.client().get("/auth/oidc/authorize").await;
        let (cookie, value) = answer.cookie().expect("a cookie");
        assert_eq!(value.len(), 43, "256 bits");
        let url = answer.json["authorization_url"].as_str().expect("an address").to_owned();
        let trip = Trip {
            client: scene.server.client(),
            place: PLACE.to_owned(),
            cookie: format!("{cookie}={value}"),
            state: axum_users_tests::provider::query(&url)["state"].clone(),
            url,
        };
        assert_eq!(answer.cookies(), [written(&trip, value, 600)], "{compat:?}");
        for place in [PLACE, COOKIE_PLACE] {
            let trip = scene.start(&scene.server.client(), place).await;
            let done = trip.back(&scene.provider.sign_in(&trip.url, &arthur())).await;
            let last = *done.cookies().last().expect("a cookie");
            assert_eq!(last, written(&trip, "", 0), "{compat:?}: it is cleared once it is used");
        }
        // Also where the provider says no.
        let trip = scene.start(&scene.server.client(), PLACE).await;
        let refused = trip.back_with(&[("error", "access_denied"), ("state", &trip.state)]).await;
        assert_eq!(refused.cookies(), [written(&trip, "", 0)], "{compat:?}");
    }
}

/// A browser that holds the cookies of all these sign-ins.
fn holding(client: &Client, trips: &[Trip]) -> Client {
    let cookies = trips.iter().map(|trip| &*trip.cookie).collect::<Vec<_>>();
    client.with("cookie", &cookies.join("; "))
}

/// Two tabs, or a double click: each sign-in is finished, in whatever order.
#[on_each_store]
async fn several_sign_ins_of_a_browser_are_under_way_at_once() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let client = scene.server.client();
        let mut trips = vec![scene.start(&client, PLACE).await];
        for place in [PLACE, COOKIE_PLACE, "/auth/avalon"] {
            let browser = holding(&client, &trips);
            trips.push(Trip { client: client.clone(), ..scene.start(&browser, place).await });
        }
        // Two clicks at the same moment know nothing of each other.
        for answer in at_once(2, |_| {
            let client = client.clone();
            async move { client.get("/auth/oidc/authorize").await }
        })
        .await
        {
            let url = answer.json["authorization_url"].as_str().expect("an address").to_owned();
            let (name, value) = answer.cookie().expect("a cookie");
            let state = axum_users_tests::provider::query(&url)["state"].clone();
            trips.push(Trip {
                client: client.clone(),
                place: PLACE.to_owned(),
                cookie: format!("{name}={value}"),
                state,
                url,
            });
        }
        let names = trips.iter().map(|trip| trip.cookie.split('=').next().expect("a name").to_owned());
        assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), trips.len());
        let all = trips.iter().map(|trip| &*trip.cookie).collect::<Vec<_>>().join("; ");
        for trip in [3, 0, 5, 1, 4, 2].map(|n| &trips[n]) {
            let code = scene.provider.sign_in(&trip.url, &arthur());
            let back = Trip { cookie: all.clone(), ..trip.clone() };
            let answer = back.back(&code).await;
            assert_eq!(answer.status, 200, "{compat:?} {}: {}", trip.place, answer.text);
            let name = trip.cookie.split('=').next().expect("a name");
            assert!(
                answer.cookies().last().expect("a cookie").starts_with(&format!("{name}=;")),
                "its own goes"
            );
            drop(scene.provider.requests());
            scene.refuses_unasked("F65: a replay", &back.back(&code).await, FOREIGN);
        }
    }
}

/// One sign-in's cookie does not finish another one of the same browser.
#[on_each_store]
async fn a_sign_in_needs_its_own_cookie() {
    let scene = Scene::new().await;
    let client = scene.server.client();
    let (first, second) = (scene.start(&client, PLACE).await, scene.start(&client, PLACE).await);
    let code = scene.provider.sign_in(&first.url, &arthur());
    drop(scene.provider.requests());
    let crossed = Trip { cookie: second.cookie.clone(), ..first.clone() };
    scene.refuses_unasked("F65: the cookie of another sign-in", &crossed.back(&code).await, FOREIGN);
    assert_eq!(first.back(&code).await.status, 200);
}

/// A browser keeps eight sign-ins: with the ninth, the first is given up.
#[on_each_store]
async fn sign_ins_under_way_have_a_bound() {
    let scene = Scene::new().await;
    let client = scene.server.client();
    let mut trips = Vec::new();
    for _ in 0..8 {
        let browser = if trips.is_empty() { client.clone() } else { holding(&client, &trips) };
        let answer = browser.get("/auth/oidc/authorize").await;
        assert_eq!(answer.cookies().len(), 1, "{:?}", answer.cookies());
        trips.push(Trip { client: client.clone(), ..scene.start(&browser, PLACE).await });
    }
    let others = "theme=dark; __Host-axum-users-oauth=x; __Host-axum-users-oauth-short=x";
    let browser = holding(&client, &trips);
    let cookies = format!("{others}; {}", browser.headers["cookie"].to_str().expect("text"));
    let answer = client.with("cookie", &cookies).get("/auth/oidc/authorize").await;
    let [set, cleared] = answer.cookies()[..] else { panic!("{:?}", answer.cookies()) };
    assert!(set.ends_with("Max-Age=600"), "{set}");
    let oldest = trips[0].cookie.split('=').next().expect("a name");
    assert!(cleared.starts_with(&format!("{oldest}=;")) && cleared.ends_with("Max-Age=0"), "{cleared}");
}

/// A state is used up by one atomic operation: what `once` shows for codes holds for errors, too.
#[on_each_store]
async fn many_errors_at_once() {
    let scene = Scene::new().await;
    let trip = scene.start(&scene.server.client(), PLACE).await;
    let answers = at_once(20, |_| {
        let trip = trip.clone();
        async move { trip.back_with(&[("error", "access_denied"), ("state", &trip.state)]).await }
    })
    .await;
    let tally = tally(&answers);
    assert_eq!((tally[&(400, "OAUTH_REFUSED".to_owned())], tally[&(400, FOREIGN.to_owned())]), (1, 19));
}
