//! F65, F66: a state is good for the browser, the client and the purpose that it was made for, once, for ten minutes.
//! Whatever else comes back is refused before the provider is asked anything.

use std::time::Duration;

use axum_users::clock::Clock;
use axum_users::prelude::*;
use axum_users_tests::provider::Provider;
use axum_users_tests::{
    Backend, CamelotConfig, Options, Server, at_once, change_token, on_each_store, reset_token, tally,
    token_of, verify_token,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::common::{
    ARTHUR, ASSOCIATE, COOKIE_PLACE, LAYOUTS, OAUTH_SECRET, PASSWORD, PLACE, Scene, Trip, arthur, clients,
    knight,
};

const FOREIGN: &str = "OAUTH_INVALID_STATE";
const UNREADABLE: &str = "ACCESS_TOKEN_DECODE_ERROR";
const EXPIRED: &str = "ACCESS_TOKEN_ALREADY_EXPIRED";

/// A token with a good signature, whatever it says.
fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key").chain_update(&message);
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// What a state says.
fn claims(state: &str) -> Value {
    let part = state.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

#[on_each_store]
async fn what_another_browser_began() {
    for layout in LAYOUTS {
        let scene = Scene::in_layout(layout).await;
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
            ("F65: two cookies of the name", format!("{}; {}", victims.cookie, begun.cookie)),
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
    for layout in LAYOUTS {
        let scene = Scene::in_layout(layout).await;
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
    for layout in LAYOUTS {
        let scene = Scene::in_layout(layout).await;
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
    for layout in LAYOUTS {
        let scene = Scene::in_layout(layout).await;
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
        let with_secret = |secret: &str| signed(&own, &claims, secret);
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
            ("F65: by no algorithm", signed(&json!({ "alg": "none" }), &claims, OAUTH_SECRET)),
            ("F65: signed with another secret", with_secret("excalibur-excalibur-excalibur-excalibur")),
            ("F65: a state of the original's own", signed(&own, &original, OAUTH_SECRET)),
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

/// Tokens of other purposes are no states even where one secret signs all of them.
#[on_each_store]
async fn one_secret_for_all() {
    for layout in LAYOUTS {
        let provider = Provider::start().await;
        let one = |config: &mut CamelotConfig| {
            config.reset_password_token_secret = OAUTH_SECRET.into();
            config.verification_token_secret = OAUTH_SECRET.into();
            config.secret = OAUTH_SECRET.into();
        };
        let options = Options { layout, policy: Policy::strict(), ..Options::default() };
        let server = Server::of(options, one, |setup| clients(&provider, setup));
        let scene = Scene { server: server.await.expect("the app starts"), provider };
        let server = &scene.server;
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let session = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        let change = change_token(server, &session, PASSWORD, "king@camelot.bt").await;
        let tokens = [
            reset_token(server, ARTHUR).await,
            verify_token(server, ARTHUR).await,
            change,
            token_of(&session),
        ];
        let trip = scene.start(&server.client(), PLACE).await;
        drop(scene.provider.requests());
        for token in tokens {
            let answer = trip.back_with(&[("code", "code"), ("state", &token)]).await;
            scene.refuses_unasked("F65: a token of another purpose", &answer, UNREADABLE);
        }
        // And the other way round.
        let state = &trip.state;
        let bearer = server.client().with("authorization", &format!("Bearer {state}"));
        bearer.get("/users/me").await.refuses(401, json!("Unauthorized"));
        for (path, code) in [
            ("/auth/reset-password", "RESET_PASSWORD_BAD_TOKEN"),
            ("/auth/verify", "VERIFY_USER_BAD_TOKEN"),
            ("/auth/confirm-email", "VERIFY_USER_BAD_TOKEN"),
        ] {
            let body = json!({ "token": state, "password": "lancelot-du-lac" });
            server.client().post_json(path, body).await.refuses(400, json!(code));
        }
    }
}

#[on_each_store]
async fn what_was_begun_elsewhere() {
    for layout in LAYOUTS {
        let scene = Scene::in_layout(layout).await;
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
    let own = "__Host-axum-users-oauth={}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=";
    let compat = own.replace("__Host-axum-users-oauth", "fastapiusersoauthcsrf");
    for (layout, written) in LAYOUTS.into_iter().zip([own, &compat]) {
        let scene = Scene::in_layout(layout).await;
        let answer = scene.server.client().get("/auth/oidc/authorize").await;
        let value = answer.cookie().expect("a cookie").1;
        assert_eq!(value.len(), 43, "256 bits");
        assert_eq!(answer.cookies(), [written.replace("{}", value) + "600"], "{layout:?}");
        for place in [PLACE, COOKIE_PLACE] {
            let done = scene.trip(&scene.server.client(), place, &arthur()).await;
            let last = *done.cookies().last().expect("a cookie");
            assert_eq!(last, written.replace("{}", "") + "0", "{layout:?}: it is cleared once it is used");
        }
        // Also where the provider says no.
        let trip = scene.start(&scene.server.client(), PLACE).await;
        let refused = trip.back_with(&[("error", "access_denied"), ("state", &trip.state)]).await;
        assert_eq!(refused.cookies(), [written.replace("{}", "") + "0"], "{layout:?}");
    }
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
