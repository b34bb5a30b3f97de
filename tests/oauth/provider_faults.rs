//! Providers that are down, broken or strange: whoever signs in is told whose fault it is, nothing lasts, and all is well
//! once the provider is.

use std::time::Duration;

use axum_users::clock::Clock;
use axum_users::prelude::*;
use axum_users_tests::provider::Fault;
use axum_users_tests::{Answer, Options, has_own_process, on_each_store, trace_everything, traced};
use serde_json::json;

use crate::common::{OIDC, PLACE, Scene, arthur, backends, config, keys, knight, oidc};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const ALL: [&str; 4] = [DISCOVERY, "/token", "/jwks", "/userinfo"];

/// A status and a code.
type Verdict = (u16, &'static str);

const FAILED: Verdict = (502, "OAUTH_PROVIDER_FAILED");
const REFUSED: Verdict = (400, "OAUTH_REFUSED");

/// What a provider may answer in place of the usual; what is made of it at the token endpoint and of userinfo, for which
/// the user is asked; and of documents, for which nobody is.
fn faults() -> Vec<(u16, &'static str, Verdict, Verdict)> {
    vec![
        (500, "", FAILED, FAILED),
        (500, r#"{"error": "server_error"}"#, FAILED, FAILED),
        (503, "<html>Down for maintenance</html>", FAILED, FAILED),
        (401, r#"{"error": "invalid_token"}"#, REFUSED, FAILED),
        (400, r#"{"error": "invalid_grant", "error_description": "the code is used"}"#, REFUSED, FAILED),
        (400, r#"{"error": {"code": 7, "message": "OAuthException"}}"#, REFUSED, FAILED),
        (403, "Forbidden", REFUSED, FAILED),
        (404, "", REFUSED, FAILED),
        (429, r#"{"message": "too many"}"#, FAILED, FAILED),
        (418, "", REFUSED, FAILED),
        (304, "", FAILED, FAILED),
        (204, "", FAILED, FAILED),
        (200, "", FAILED, FAILED),
        (200, "<html>Sign in</html>", FAILED, FAILED),
        (200, "[]", FAILED, FAILED),
        (200, "null", FAILED, FAILED),
        (200, "7", FAILED, FAILED),
        (200, "\"access_token\"", FAILED, FAILED),
        (200, r#"{"access_token": "half"#, FAILED, FAILED),
        (200, "access_token=a&token_type=bearer", FAILED, FAILED),
        (200, r#"{"error": "bad_verification_code"}"#, REFUSED, FAILED),
    ]
}

/// A sign-in of somebody new by way of userinfo, with the provider's clock at the app's.
async fn sign_in(scene: &Scene, sub: &str) -> Answer {
    let now = scene.server.clock.now().seconds();
    scene.provider.claims(json!({ "email": null, "iat": now, "exp": now + 300 }));
    let answer = scene.server.client().get("/auth/oidc/authorize").await;
    if answer.status != 200 {
        assert_eq!(answer.cookies(), Vec::<&str>::new(), "nothing is under way");
        return answer;
    }
    scene.sign_in(&knight(sub)).await
}

#[on_each_store]
async fn what_a_provider_may_answer() {
    let scene = Scene::new().await;
    for (n, path) in ALL.into_iter().enumerate() {
        for (status, body, asked, published) in faults() {
            // What was published an hour ago is fetched anew.
            scene.server.clock.advance(2 * HOUR);
            let rows = scene.server.database.rows().len();
            scene.provider.fault(path, Some(Fault::Answers(status, body.to_owned())));
            let answer = sign_in(&scene, "mordred").await;
            let expected = if matches!(path, "/token" | "/userinfo") { asked } else { published };
            let found = (answer.status.as_u16(), answer.detail().as_str().unwrap_or_default());
            assert_eq!(found, expected, "{path}: {status} {body}");
            assert!(
                !answer.text.contains("code is used") && !answer.text.contains("html"),
                "{}",
                answer.text
            );
            assert_eq!(scene.server.database.rows().len(), rows, "{path}: {status} {body}");
            scene.provider.fault(path, None);
        }
        let well = sign_in(&scene, &format!("galahad-{n}")).await;
        assert_eq!(well.status, 200, "{path}: {}", well.text);
    }
}

/// What only those who run the app can mend is no refusal of the user's: they hear of it, in each provider's own words.
#[on_each_store]
async fn mistakes_of_the_operators() {
    if !has_own_process() {
        return;
    }
    trace_everything();
    let scene = Scene::new().await;
    for (status, body) in [
        (200, r#"{"error": "incorrect_client_credentials"}"#),
        (200, r#"{"error": "redirect_uri_mismatch"}"#),
        (200, r#"{"ok": false, "error": "bad_client_secret"}"#),
        (401, r#"{"error": "invalid_client"}"#),
        (401, r#"{"message": "Unauthorized", "error": 401}"#),
        (401, ""),
        (403, r#"{"status": 403, "message": "invalid client secret"}"#),
        (400, r#"{"error": {"message": "x", "type": "OAuthException", "code": 101}}"#),
        (400, r#"{"error": "invalid_grant", "error_code": "KOE303"}"#),
    ] {
        scene.provider.fault("/token", Some(Fault::Answers(status, body.to_owned())));
        scene.sign_in(&arthur()).await.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
    }
    scene.provider.fault("/token", None);
    for error in ["redirect_uri_mismatch", "unauthorized_client", "invalid_scope", "application_suspended"] {
        let trip = scene.start(&scene.server.client(), PLACE).await;
        drop(scene.provider.requests());
        let answer = trip.back_with(&[("error", error), ("state", &trip.state)]).await;
        answer.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
        assert_eq!(scene.provider.requests(), Vec::<String>::new(), "{error}");
    }
    scene.provider.claims(json!({ "email": null }));
    let enrolled = r#"{"title": "Client Forbidden", "reason": "client-not-enrolled"}"#;
    scene.provider.fault("/userinfo", Some(Fault::Answers(403, enrolled.to_owned())));
    scene.sign_in(&arthur()).await.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
    assert_eq!(scene.server.database.rows(), []);
    let traced = traced();
    let lines = traced.lines().filter(|line| line.contains("a provider failed")).collect::<Vec<_>>();
    assert!(lines.iter().all(|line| line.contains("ERROR")), "{lines:?}");
    // The same mistake has one line a minute.
    for mistake in [
        "incorrect_client_credentials",
        "redirect_uri_mismatch",
        "bad_client_secret",
        "invalid_client",
        "invalid?client?secret",
        "(401)",
        "OAuthException?101",
        "KOE303",
        "unauthorized_client",
        "invalid_scope",
        "application_suspended",
        "client-not-enrolled",
    ] {
        assert_eq!(lines.iter().filter(|line| line.contains(mistake)).count(), 1, "{mistake}: {traced}");
    }
    assert!(traced.contains("rejects the app itself (bad_client_secret)"), "{traced}");
}

/// A token endpoint that answers, but no access token.
#[on_each_store]
async fn tokens_that_are_none() {
    let scene = Scene::new().await;
    for token in [
        json!({}),
        json!({ "access_token": "" }),
        json!({ "access_token": null }),
        json!({ "access_token": 7 }),
    ] {
        scene.provider.fault("/token", Some(Fault::Answers(200, token.to_string())));
        scene.sign_in(&arthur()).await.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
    }
    assert_eq!(scene.server.database.rows(), []);
}

/// What a provider publishes is good for an hour, whatever becomes of it in the meantime; and one that failed is asked
/// again at once.
#[on_each_store]
async fn what_is_remembered() {
    let scene = Scene::new().await;
    let down = Fault::Answers(503, String::new());
    for _ in 0..2 {
        scene.provider.fault(DISCOVERY, Some(down.clone()));
        scene.server.client().get("/auth/oidc/authorize").await.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
    }
    assert_eq!(scene.provider.requests(), [DISCOVERY; 2]);
    scene.provider.fault(DISCOVERY, None);
    assert_eq!(scene.sign_in(&arthur()).await.status, 200);
    for path in [DISCOVERY, "/jwks"] {
        scene.provider.fault(path, Some(down.clone()));
    }
    assert_eq!(scene.sign_in(&arthur()).await.status, 200, "within the hour");
    scene.server.clock.advance(2 * HOUR);
    assert_eq!(sign_in(&scene, "arthur").await.status, 502, "past the hour");
    for path in [DISCOVERY, "/jwks"] {
        scene.provider.fault(path, None);
    }
    assert_eq!(sign_in(&scene, "arthur").await.status, 200);
}

/// Keys that a provider changes are taken up by the first token that is signed with a new one.
#[on_each_store]
async fn keys_that_change() {
    let scene = Scene::new().await;
    assert_eq!(scene.sign_in(&arthur()).await.status, 200);
    for _ in 0..3 {
        scene.server.clock.advance(2 * MINUTE);
        let now = scene.server.clock.now().seconds();
        scene.provider.claims(json!({ "iat": now, "exp": now + 300 }));
        scene.provider.rotate();
        assert_eq!(scene.sign_in(&arthur()).await.status, 200);
    }
}

/// A URL at which nobody listens, and the socket that keeps its port from others.
fn nobody() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    (socket, url)
}

#[on_each_store]
async fn providers_that_are_gone() {
    let (_reserved, nobody) = nobody();
    for gone in ["token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        let scene = Scene::new().await;
        let mut metadata = scene.provider.metadata();
        metadata[gone] = json!(format!("{nobody}/{gone}"));
        scene.provider.fault(DISCOVERY, Some(Fault::Answers(200, metadata.to_string())));
        sign_in(&scene, "arthur").await.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
        assert_eq!(scene.server.database.rows(), [], "{gone}");
    }
    let scene = Scene::of(Options::default(), |_, setup| {
        let client = Oidc::new(nobody);
        setup.oauth(config()).oauth_provider(OIDC, client.with_credentials(keys()), backends())
    })
    .await;
    scene.server.client().get("/auth/oidc/authorize").await.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
}

/// A provider that says nothing is waited for as long as the app says.
#[tokio::test(flavor = "multi_thread")]
async fn providers_that_hang() {
    let each = ALL.map(|path| async move {
        let scene = Scene::of(Options::default(), |provider, setup| {
            let config = config().timeout(Duration::from_secs(3));
            setup.oauth(config).oauth_provider(OIDC, oidc(provider).with_credentials(keys()), backends())
        })
        .await;
        scene.provider.fault(path, Some(Fault::Hangs));
        let late = sign_in(&scene, "arthur").await;
        late.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
        assert_eq!(scene.server.database.rows(), [], "{path}");
        scene.provider.fault(path, None);
        assert_eq!(sign_in(&scene, "arthur").await.status, 200, "{path}");
    });
    futures_util::future::join_all(each).await;
}

/// What the provider, or whoever sends the browser here, says of a failure is nobody's business.
#[on_each_store]
async fn what_is_said_of_a_refusal() {
    if !has_own_process() {
        return;
    }
    trace_everything();
    let scene = Scene::new().await;
    let long = "x".repeat(10_000);
    for error in [
        "access_denied",
        "server_error",
        "access_denied\r\nSet-Cookie: session=mordred",
        "line\nERROR a line that nobody wrote",
        "<script>alert(1)</script>",
        "\u{1b}[31mred",
        "&error=OAUTH_OK",
        &long,
    ] {
        for description in ["", "the user said no\r\n\r\n<html>", &long] {
            let trip = scene.start(&scene.server.client(), PLACE).await;
            drop(scene.provider.requests());
            let pairs = [
                ("error", error),
                ("error_description", description),
                ("error_uri", "https://evil.example"),
                ("state", &trip.state),
            ];
            let answer = trip.back_with(&pairs).await;
            scene.refuses_unasked(error, &answer, "OAUTH_REFUSED");
            assert_eq!(answer.cookies().len(), 1, "its own, cleared");
        }
    }
    // A code beside an error is no code.
    let trip = scene.start(&scene.server.client(), PLACE).await;
    let code = scene.provider.sign_in(&trip.url, &arthur());
    drop(scene.provider.requests());
    let both = trip.back_with(&[("code", &code), ("error", "x"), ("state", &trip.state)]).await;
    scene.refuses_unasked("a code beside an error", &both, "OAUTH_REFUSED");
    let traced = traced();
    assert!(traced.contains("a provider refused"), "{traced}");
    assert!(!traced.contains("\nERROR a line") && !traced.contains("\u{1b}") && !traced.contains(&long));
}
