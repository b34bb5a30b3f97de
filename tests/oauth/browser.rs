//! Browsers that are led by redirects: to the provider, back, and on to a page of the app, whatever comes of it.

use axum_users::oauth::OAuthConfig;
use axum_users::prelude::*;
use axum_users_tests::provider::{Fault, query};
use axum_users_tests::{Answer, Backend, Client, Options, is_in, on_each_store};
use reqwest::Method;
use serde_json::json;

use crate::common::{
    ARTHUR, ASSOCIATE, COMPAT_MODES, COOKIE_PLACE, OAUTH_SECRET, OIDC, PASSWORD, PLACE, Scene, Trip,
    accounts_of, arthur, backends, keys, knight, oidc,
};

const LED: &str = "next=/account&on_error=/login";

/// Fails unless `answer` leads a browser to `page`, and tells nobody there where it came from.
#[track_caller]
fn leads(answer: &Answer, page: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, page), "{}", answer.text);
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.text, "");
}

/// Whether the last of the cookies that `answer` sets takes away the sign-in's own.
fn is_cleared(trip: &Trip, answer: &Answer) -> bool {
    let name = trip.cookie.split('=').next().expect("a name");
    answer
        .cookies()
        .last()
        .is_some_and(|last| last.starts_with(&format!("{name}=;")) && last.ends_with("Max-Age=0"))
}

/// The browser with the first cookie of an answer.
fn with_cookie(client: &Client, answer: &Answer) -> Client {
    client.holding(Backend::DbCookie, answer)
}

#[on_each_store]
async fn a_sign_in() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let client = scene.server.client();
        let start = client.get(&format!("{COOKIE_PLACE}/authorize?{LED}")).await;
        leads(&start, start.header("location"));
        assert!(start.header("location").starts_with(&format!("{}/authorize?", scene.provider.url)));

        let trip = scene.led(&client, COOKIE_PLACE, LED).await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        let answer = trip.back(&code).await;
        leads(&answer, "/account");
        assert_eq!((answer.cookies().len(), is_cleared(&trip, &answer)), (2, true), "{:?}", answer.cookies());
        let session = answer.cookies()[0];
        for flag in ["session=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(session.contains(flag), "{session}");
        }
        assert!(is_in(&with_cookie(&client, &answer)).await);
        assert!(!answer.shown().contains(&code) && !answer.shown().contains(&trip.state));
    }
}

#[on_each_store]
async fn pages_with_a_query_and_a_fragment() {
    let scene = Scene::new().await;
    for (next, done, failed) in [
        ("/", "/", "/?error=OAUTH_REFUSED"),
        ("/account?tab=mail", "/account?tab=mail", "/account?tab=mail&error=OAUTH_REFUSED"),
        ("/account#top", "/account#top", "/account?error=OAUTH_REFUSED#top"),
        (
            "/a?to=https://avalon.bt//x",
            "/a?to=https://avalon.bt//x",
            "/a?to=https://avalon.bt//x&error=OAUTH_REFUSED",
        ),
    ] {
        let pairs = [("next", next)];
        let request = scene.server.client().request(Method::GET, &format!("{COOKIE_PLACE}/authorize"));
        let url =
            request.query(&pairs).build().expect("a request").url().query().expect("a query").to_owned();
        let trip = scene.led(&scene.server.client(), COOKIE_PLACE, &url).await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        leads(&trip.back(&code).await, done);
        let trip = scene.led(&scene.server.client(), COOKIE_PLACE, &url).await;
        leads(&trip.back_with(&[("error", "access_denied"), ("state", &trip.state)]).await, failed);
    }
}

/// Whatever goes wrong once the browser is on its way, it is led to the page for that.
#[on_each_store]
async fn what_goes_wrong() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let client = scene.server.client();
        scene.server.user("lancelot@camelot.bt", PASSWORD, |_| {}).await;
        scene.server.user("mordred@camelot.bt", PASSWORD, |user| user.is_active = Some(false)).await;
        let unvouched = json!({ "sub": "x", "email": "lancelot@camelot.bt" });
        let inactive = knight("mordred");
        let pages = [(LED, "/login"), ("next=/account", "/account")];
        for (more, page) in pages {
            for (user, fault, code) in [
                (&unvouched, None, "OAUTH_USER_ALREADY_EXISTS"),
                (&inactive, None, "LOGIN_BAD_CREDENTIALS"),
                (&json!({ "sub": "x" }), None, "OAUTH_NOT_AVAILABLE_EMAIL"),
                (&arthur(), Some(Fault::Answers(500, String::new())), "OAUTH_PROVIDER_FAILED"),
                (&arthur(), Some(Fault::Answers(400, String::new())), "OAUTH_REFUSED"),
            ] {
                let trip = scene.led(&client, COOKIE_PLACE, more).await;
                let provider_code = scene.provider.sign_in(&trip.url, user);
                scene.provider.fault("/token", fault);
                let answer = trip.back(&provider_code).await;
                scene.provider.fault("/token", None);
                leads(&answer, &format!("{page}?error={code}"));
                assert_eq!((answer.cookies().len(), is_cleared(&trip, &answer)), (1, true), "{code}");
            }
            // The state is this app's, and so the page is, whoever brings it back and however late.
            let trip = scene.led(&client, COOKIE_PLACE, more).await;
            let clean = Trip { cookie: String::new(), ..trip.clone() }.back("code").await;
            leads(&clean, &format!("{page}?error=OAUTH_INVALID_STATE"));
            assert_eq!(clean.cookies(), Vec::<&str>::new());
        }
        for (more, page) in pages {
            let trip = scene.led(&client, COOKIE_PLACE, more).await;
            scene.server.clock.advance(HOUR);
            leads(&trip.back("code").await, &format!("{page}?error=ACCESS_TOKEN_ALREADY_EXPIRED"));
        }
        // One that is none says nothing of a page.
        let trip = scene.led(&client, COOKIE_PLACE, LED).await;
        let forged = trip.back_with(&[("code", "code"), ("state", &format!("{}x", trip.state))]).await;
        forged.refuses(400, json!("ACCESS_TOKEN_DECODE_ERROR"));
    }
}

/// A browser that can't set out is led to the page for that at once.
#[on_each_store]
async fn a_provider_that_is_down() {
    let scene = Scene::new().await;
    scene.provider.fault("/.well-known/openid-configuration", Some(Fault::Answers(503, String::new())));
    let client = scene.server.client();
    for (more, page) in [(LED, "/login"), ("next=/account", "/account")] {
        let answer = client.get(&format!("{COOKIE_PLACE}/authorize?{more}")).await;
        leads(&answer, &format!("{page}?error=OAUTH_PROVIDER_FAILED"));
        assert_eq!(answer.cookies(), Vec::<&str>::new());
    }
    // A mistake in the link is told where it stands, and so is everything to a client that is not led.
    let answer = client.get(&format!("{COOKIE_PLACE}/authorize?{LED}&scopes=admin")).await;
    answer.is_invalid(&[(json!(["query", "scopes"]), "value_error")]);
    client.get(&format!("{COOKIE_PLACE}/authorize")).await.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
}

/// A bearer token is in an answer's body: no redirect carries it.
#[on_each_store]
async fn a_bearer_backend_leads_nobody() {
    let scene = Scene::new().await;
    drop(scene.provider.requests());
    let client = scene.server.client();
    for (more, mistakes) in [(LED, vec!["next", "on_error"]), ("next=/account", vec!["next"])] {
        let mistakes =
            mistakes.iter().map(|name| (json!(["query", name]), "value_error")).collect::<Vec<_>>();
        client.get(&format!("{PLACE}/authorize?{more}")).await.is_invalid(&mistakes);
    }
    assert_eq!(scene.provider.requests(), Vec::<String>::new());
}

#[on_each_store]
async fn an_association() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        scene.server.user(ARTHUR, PASSWORD, |_| {}).await;
        for backend in [Backend::DbCookie, Backend::Cookie, Backend::Jwt] {
            let client = scene.server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            let sub = format!("arthur-{backend:?}");
            let trip = scene.led(&client, ASSOCIATE, LED).await;
            let code = scene.provider.sign_in(&trip.url, &knight(&sub));
            let answer = trip.back(&code).await;
            leads(&answer, "/account");
            assert_eq!((answer.cookies().len(), is_cleared(&trip, &answer)), (1, true));
            assert!(accounts_of(&client).await.contains(&("oidc".to_owned(), sub)));
        }
        let owner = scene.signed_in(&knight("galahad")).await;
        let client = scene.server.client().signed_in(Backend::DbCookie, ARTHUR, PASSWORD).await;
        let trip = scene.led(&client, ASSOCIATE, LED).await;
        let code = scene.provider.sign_in(&trip.url, &knight("galahad"));
        leads(&trip.back(&code).await, "/login?error=OAUTH_ACCOUNT_ALREADY_LINKED");
        assert_eq!(accounts_of(&owner).await.len(), 1);
    }
}

#[on_each_store]
async fn an_association_whose_session_has_ended() {
    let scene = Scene::new().await;
    scene.server.user(ARTHUR, PASSWORD, |_| {}).await;
    let client = scene.server.client().signed_in(Backend::DbCookie, ARTHUR, PASSWORD).await;
    let trip = scene.led(&client, ASSOCIATE, LED).await;
    let code = scene.provider.sign_in(&trip.url, &knight("galahad"));
    assert_eq!(client.post("/auth/db_cookie/logout").await.status, 200);
    drop(scene.provider.requests());
    leads(&trip.back(&code).await, "/login?error=Unauthorized");
    assert_eq!(scene.provider.requests(), Vec::<String>::new());
    // Without a state there is nowhere to lead to.
    client.get(&format!("{ASSOCIATE}/callback?code={code}")).await.refuses(401, json!("Unauthorized"));
}

/// F73: another site that leads a signed-in browser to the first step has it start nothing: at the provider the browser
/// may be signed in as somebody else, whose account would become the user's.
#[on_each_store]
async fn an_association_that_another_site_began() {
    let scene = Scene::new().await;
    scene.server.user(ARTHUR, PASSWORD, |_| {}).await;
    let led = format!("{ASSOCIATE}/authorize?{LED}");
    for backend in [Backend::DbCookie, Backend::Cookie, Backend::Jwt] {
        let client = scene.server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        for (site, is_own) in
            [("cross-site", false), ("same-site", false), ("same-origin", true), ("none", true)]
        {
            let client = client.with("sec-fetch-site", site);
            let answer = client.get(&led).await;
            // A bearer token is nothing that a site makes a browser send.
            if is_own || !backend.is_cookie() {
                assert_eq!(answer.status, 303, "{backend:?} {site}: {}", answer.text);
            } else {
                answer.refuses(403, json!("CROSS_SITE_REQUEST"));
                assert_eq!(answer.cookies(), Vec::<&str>::new());
            }
            // Without a page to go on to, nobody is led anywhere, and the other site can't read where to.
            assert_eq!(client.get(&format!("{ASSOCIATE}/authorize")).await.status, 200, "{backend:?} {site}");
        }
        let tampered = client.with("origin", "https://evil.example").get(&led).await;
        assert_eq!(tampered.status, if backend.is_cookie() { 403 } else { 303 }, "{backend:?}");
    }
}

/// F73: nor does another site have a browser set out for a sign-in, or give up one that its user has begun.
#[on_each_store]
async fn a_sign_in_that_another_site_began() {
    let scene = Scene::new().await;
    let client = scene.server.client();
    drop(scene.provider.requests());
    for (site, is_own) in [("cross-site", false), ("same-site", false), ("same-origin", true), ("none", true)]
    {
        let from = client.with("sec-fetch-site", site);
        let [page, script, image] =
            ["navigate", "cors", "no-cors"].map(|mode| from.with("sec-fetch-mode", mode));
        for (what, answer, status) in [
            ("led", from.get(&format!("{COOKIE_PLACE}/authorize?{LED}")).await, 303),
            ("a page that is led", page.get(&format!("{COOKIE_PLACE}/authorize?{LED}")).await, 303),
            ("a page of JSON", page.get(&format!("{COOKIE_PLACE}/authorize")).await, 200),
            ("a page of a bearer backend", page.get(&format!("{PLACE}/authorize")).await, 200),
            ("a script", script.get(&format!("{COOKIE_PLACE}/authorize")).await, 200),
            ("an image", image.get(&format!("{PLACE}/authorize")).await, 200),
        ] {
            if is_own {
                assert_eq!(answer.status.as_u16(), status, "F73: {what}, {site}: {}", answer.text);
            } else {
                answer.refuses(403, json!("CROSS_SITE_REQUEST"));
                assert_eq!(answer.cookies(), Vec::<&str>::new(), "F73: {what}, {site}");
            }
        }
    }
    let foreign =
        client.with("origin", "https://evil.example").get(&format!("{COOKIE_PLACE}/authorize?{LED}")).await;
    foreign.refuses(403, json!("CROSS_SITE_REQUEST"));
    assert_eq!(
        client.get(&format!("{COOKIE_PLACE}/authorize?{LED}")).await.status,
        303,
        "what is no browser passes"
    );
}

/// Behind a proxy that removes a path prefix, browsers know the app under `base_url`.
#[on_each_store]
async fn a_posted_answer_comes_back_to_the_path_of_the_base_url() {
    for (base_url, prefix) in [
        ("https://camelot.bt/api", "/api"),
        ("https://camelot.bt/api/v1/", "/api/v1"),
        ("https://camelot.bt/", ""),
    ] {
        let scene = Scene::of(Options::default(), |provider, setup| {
            let config = OAuthConfig::new(base_url, OAUTH_SECRET);
            setup.oauth(config).oauth_provider(OIDC, oidc(provider).with_credentials(keys()), backends())
        })
        .await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        for (place, client, sub) in [
            (PLACE, scene.server.client(), "galahad"),
            (COOKIE_PLACE, scene.server.client(), "galahad"),
            (ASSOCIATE, lancelot, "percival"),
        ] {
            let trip = scene.start(&client, place).await;
            let callback = format!("{base_url}{place}/callback").replace("//auth", "/auth");
            assert_eq!(query(&trip.url)["redirect_uri"], callback);
            let code = scene.provider.sign_in(&trip.url, &knight(sub));
            let form = [("code", &*code), ("state", &trip.state)];
            let posted =
                scene.server.client().request(Method::POST, &format!("{place}/callback")).form(&form);
            let posted = Answer::of(posted).await;
            let location = posted.header("location");
            assert!(location.starts_with(&format!("{prefix}{place}/callback?code=")), "{location}");
            leads(&posted, location);
            assert_eq!(trip.back(&code).await.status, 200, "the proxy removes the prefix again");
        }
    }
}

/// Providers that have the browser post their answer send it from their own site, and so without this app's cookies.
#[on_each_store]
async fn an_answer_that_is_posted() {
    let scene = Scene::new().await;
    let client =
        scene.server.client().with("sec-fetch-site", "cross-site").with("origin", "https://provider.example");
    let trip = scene.led(&scene.server.client(), COOKIE_PLACE, LED).await;
    let code = scene.provider.sign_in(&trip.url, &arthur());
    let form = [("code", &*code), ("state", &trip.state), ("user", r#"{"name": "Arthur"}"#), ("x", "y")];
    drop(scene.provider.requests());
    let request = client.request(Method::POST, &format!("{COOKIE_PLACE}/callback")).form(&form);
    let posted = Answer::of(request).await;
    leads(&posted, posted.header("location"));
    let location = posted.header("location").to_owned();
    assert!(location.starts_with(&format!("{COOKIE_PLACE}/callback?code=")), "{location}");
    let carried = query(&format!("https://camelot.bt{location}"));
    let mut names = carried.keys().map(String::as_str).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["code", "state", "user"], "what is not known is not carried");
    assert_eq!(posted.cookies(), Vec::<&str>::new());
    assert_eq!(scene.provider.requests(), Vec::<String>::new(), "nothing is done yet");

    let pairs = carried.iter().map(|(name, value)| (&**name, &**value)).collect::<Vec<_>>();
    let answer = trip.back_with(&pairs).await;
    leads(&answer, "/account");
    assert!(is_in(&with_cookie(&scene.server.client(), &answer)).await);
}

#[on_each_store]
async fn what_is_posted_leads_nowhere_else() {
    let scene = Scene::new().await;
    let client = scene.server.client();
    for (form, found) in [
        ("state=a%0d%0aSet-Cookie:x", "/auth/oidc/callback?state=a%0D%0ASet-Cookie%3Ax"),
        ("code=//evil.example#", "/auth/oidc/callback?code=%2F%2Fevil.example%23"),
        ("", "/auth/oidc/callback?"),
        ("next=//evil.example&on_error=//evil.example", "/auth/oidc/callback?"),
    ] {
        let answer = client.post_raw("/auth/oidc/callback", "application/x-www-form-urlencoded", form).await;
        leads(&answer, found);
    }
    let long = format!("code={}", "x".repeat(100_000));
    let answer = client.post_raw("/auth/oidc/callback", "application/x-www-form-urlencoded", long).await;
    assert_eq!(answer.status, 413);
}
