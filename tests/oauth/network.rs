//! F72: what a provider publishes or answers leads nowhere else, and an address that a request chose leads into no
//! network of this server's own.

use std::time::Duration;

use axum_users::oauth::Keyed;
use axum_users::prelude::*;
use axum_users_tests::provider::{Fault, Provider};
use axum_users_tests::{Options, on_each_store};
use serde_json::json;
use tokio::net::TcpListener;

use crate::common::{OIDC, PLACE, Scene, arthur, backends, config, keys};

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Nobody follows a redirect: the code, the app's secret and the user's token would go along.
#[on_each_store]
async fn redirects() {
    let elsewhere = Provider::start().await;
    for path in [DISCOVERY, "/token", "/jwks", "/userinfo"] {
        let scene = Scene::new().await;
        scene.provider.claims(json!({ "email": null }));
        scene.provider.fault(path, Some(Fault::Redirects(format!("{}{path}", elsewhere.url))));
        let answer = match path {
            DISCOVERY => scene.server.client().get("/auth/oidc/authorize").await,
            _ => scene.sign_in(&arthur()).await,
        };
        answer.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
        assert_eq!(elsewhere.requests(), Vec::<String>::new(), "F72: {path}");
        assert_eq!(scene.server.database.rows(), [], "F72: {path}");
    }
}

#[on_each_store]
async fn answers_without_end() {
    for path in [DISCOVERY, "/token", "/jwks", "/userinfo"] {
        let scene = Scene::new().await;
        scene.provider.claims(json!({ "email": null }));
        let mut answer = match path {
            DISCOVERY => scene.provider.metadata(),
            "/jwks" => json!({ "keys": [] }),
            "/userinfo" => arthur(),
            _ => json!({ "access_token": "access-token" }),
        };
        answer["padding"] = "x".repeat(1024 * 1024).into();
        scene.provider.fault(path, Some(Fault::Answers(200, answer.to_string())));
        let answer = match path {
            DISCOVERY => scene.server.client().get("/auth/oidc/authorize").await,
            _ => scene.sign_in(&arthur()).await,
        };
        answer.refuses(502, json!("OAUTH_PROVIDER_FAILED"));
    }
}

/// What a provider publishes of itself is its own, and reached over TLS but on this machine.
#[on_each_store]
async fn what_a_provider_publishes() {
    let sink = Sink::open().await;
    for (what, changes) in [
        ("another issuer", json!({ "issuer": "https://evil.example" })),
        ("almost the same issuer", json!({ "issuer": "SLASHES" })),
        ("no issuer", json!({ "issuer": null })),
        ("a token endpoint without TLS", json!({ "token_endpoint": "http://evil.example/token" })),
        ("keys without TLS", json!({ "jwks_uri": "http://evil.example/jwks" })),
        ("keys in a file", json!({ "jwks_uri": "file:///etc/passwd" })),
        ("userinfo without TLS", json!({ "userinfo_endpoint": "http://10.0.0.1/userinfo" })),
        ("userinfo with a password", json!({ "userinfo_endpoint": "https://a:b@evil.example/userinfo" })),
        ("a page of scripts", json!({ "authorization_endpoint": "javascript:alert(1)" })),
        ("a page without TLS", json!({ "authorization_endpoint": "http://evil.example/authorize" })),
        ("no page", json!({ "authorization_endpoint": null })),
        ("no keys", json!({ "jwks_uri": null })),
        ("a list for a page", json!({ "authorization_endpoint": ["https://evil.example"] })),
    ] {
        let scene = Scene::new().await;
        let mut metadata = scene.provider.metadata();
        for (name, value) in changes.as_object().expect("an object") {
            let value =
                if value == "SLASHES" { json!(format!("{}//", scene.provider.url)) } else { value.clone() };
            metadata[name] = value;
        }
        metadata.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        scene.provider.fault(DISCOVERY, Some(Fault::Answers(200, metadata.to_string())));
        let answer = scene.server.client().get("/auth/oidc/authorize").await;
        let found = (answer.status.as_u16(), answer.detail());
        assert_eq!(found, (502, &json!("OAUTH_PROVIDER_FAILED")), "F72: {what}: {}", answer.text);
        assert_eq!(scene.provider.requests(), [DISCOVERY], "F72: {what}");
    }
    sink.is_untouched("discovery").await;
}

/// A socket that nobody is to connect to.
struct Sink(TcpListener);

impl Sink {
    async fn open() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.expect("a free port"))
    }

    fn port(&self) -> u16 {
        self.0.local_addr().expect("an address").port()
    }

    /// Whoever had connected would be waiting already.
    async fn is_untouched(&self, what: &str) {
        let came = tokio::time::timeout(Duration::from_millis(1), self.0.accept()).await;
        assert!(came.is_err(), "F72: {what} was asked");
    }
}

/// A client whose provider the request names.
fn named_by_request(request: &RequestInfo) -> Keyed<Oidc> {
    let issuer = request.headers.get("x-issuer").and_then(|issuer| issuer.to_str().ok()).unwrap_or_default();
    Oidc::new(issuer.to_owned()).account_linking(AccountLinking::VerifiedEmail).with_credentials(keys())
}

async fn scene_by_request(allow_private_networks: bool) -> Scene {
    Scene::of(Options::default(), |_, setup| {
        let config = config().allow_private_networks(allow_private_networks);
        setup.oauth(config).oauth_provider(OIDC, named_by_request, backends())
    })
    .await
}

#[on_each_store]
async fn providers_in_this_servers_own_network() {
    let (scene, sink) = (scene_by_request(false).await, Sink::open().await);
    let port = sink.port();
    for issuer in [
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}"),
        format!("https://localhost:{port}"),
        format!("http://localhost:{port}"),
        format!("https://[::1]:{port}"),
        format!("https://[::ffff:127.0.0.1]:{port}"),
        format!("https://[::ffff:7f00:1]:{port}"),
        format!("https://[64:ff9b::7f00:1]:{port}"),
        format!("https://2130706433:{port}"),
        format!("https://0x7f000001:{port}"),
        format!("https://0177.0.0.1:{port}"),
        format!("https://127.1:{port}"),
        format!("https://0.0.0.0:{port}"),
        format!("https://[::]:{port}"),
        "https://169.254.169.254".to_owned(),
        "https://[::ffff:169.254.169.254]".to_owned(),
        "https://[fd00:ec2::254]".to_owned(),
        "https://10.0.0.1".to_owned(),
        "https://192.168.1.1".to_owned(),
        "https://172.16.0.1".to_owned(),
        "https://100.64.0.1".to_owned(),
        "https://[fe80::1]".to_owned(),
    ] {
        let answer = scene.server.client().with("x-issuer", &issuer).get("/auth/oidc/authorize").await;
        let found = (answer.status.as_u16(), answer.detail());
        assert_eq!(found, (502, &json!("OAUTH_PROVIDER_FAILED")), "F72: {issuer}: {}", answer.text);
        assert!(!answer.text.contains("127."), "F72: nothing is told of it");
        sink.is_untouched(&issuer).await;
    }
}

/// Whoever runs the app may say that the function's providers are in such a network.
#[on_each_store]
async fn private_networks_that_are_allowed() {
    let scene = scene_by_request(true).await;
    let client = scene.server.client().with("x-issuer", &scene.provider.url);
    let answer = scene.trip(&client, PLACE, &arthur()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json["token_type"]),
        (200, &json!("bearer")),
        "{}",
        answer.text
    );
}
