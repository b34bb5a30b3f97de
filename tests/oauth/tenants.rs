//! A client that is a function of the request: keys and a provider for each tenant.

use axum::Extension;
use axum::http::Request;
use axum::http::request::Parts;
use axum_users::oauth::Keyed;
use axum_users::prelude::*;
use axum_users_tests::provider::Provider as TestProvider;
use axum_users_tests::{Answer, Backend, Options, Serving, on_each_store};
use serde_json::json;

use crate::common::{
    ASSOCIATE, OIDC, PLACE, Scene, Trip, accounts_of, arthur, backends, config, keys, knight,
};

/// What the app knows of a tenant, which a middleware puts into its requests.
#[derive(Clone)]
struct Tenant {
    name: &'static str,
    issuer: String,
    keys: OAuthCredentials,
}

/// A tenant's client. One of them names its accounts; those of the other go by the provider's addresses.
fn tenant_client(request: &RequestInfo) -> Option<Keyed<Oidc>> {
    let Tenant { name, issuer, keys } = request.extensions.get::<Tenant>().cloned()?;
    let client = Oidc::new(issuer).with_credentials(keys);
    Some(if name == "camelot" { client.account_namespace("oidc:camelot") } else { client })
}

/// One app with two tenants, each of whom has a provider, and comes to the app at an address of its own.
struct Castles {
    camelot: (Scene, Serving),
    tintagel: (TestProvider, Serving),
}

async fn serve(scene: &Scene, name: &'static str, issuer: &str, keys: OAuthCredentials) -> Serving {
    let tenant = Tenant { name, issuer: issuer.to_owned(), keys };
    Serving::start(scene.server.camelot.routes().layer(Extension(tenant))).await
}

impl Castles {
    async fn new() -> Self {
        let scene = Scene::of(Options::default(), |_, setup| {
            let config = config().allow_private_networks(true);
            setup.oauth(config).oauth_provider(OIDC, tenant_client, backends())
        })
        .await;
        let provider = TestProvider::start().await;
        let camelot = serve(&scene, "camelot", &scene.provider.url, keys()).await;
        let tintagel = serve(&scene, "tintagel", &provider.url, keys()).await;
        Self { camelot: (scene, camelot), tintagel: (provider, tintagel) }
    }
}

#[on_each_store]
async fn each_tenant_has_its_own_accounts() {
    let Castles { camelot: (scene, camelot), tintagel: (provider, tintagel) } = Castles::new().await;
    let first = scene.trip(&camelot.client(), PLACE, &arthur()).await;
    let first = camelot.client().holding(Backend::Jwt, &first);
    assert_eq!(accounts_of(&first).await, [("oidc:camelot".to_owned(), "arthur".to_owned())]);

    // The same id at another tenant's provider is somebody else, and its address is no proof.
    let start = scene.start(&tintagel.client(), PLACE).await;
    assert!(start.url.starts_with(&provider.url), "{}", start.url);
    let code = provider.sign_in(&start.url, &arthur());
    start.back(&code).await.refuses(400, json!("OAUTH_USER_ALREADY_EXISTS"));
    let start = scene.start(&tintagel.client(), PLACE).await;
    let uther = json!({ "sub": "arthur", "email": "uther@tintagel.bt", "email_verified": true });
    let code = provider.sign_in(&start.url, &uther);
    let second = tintagel.client().holding(Backend::Jwt, &start.back(&code).await);
    let [(service, account)] = &*accounts_of(&second).await else { panic!("one account") };
    assert_eq!((&service[..5], service.len(), &**account), ("oidc:", 27, "arthur"), "{service}");
    assert_ne!(service, "oidc:camelot");
    let id = |answer: Answer| answer.json["id"].clone();
    assert_ne!(id(first.get("/users/me").await), id(second.get("/users/me").await));
    assert_eq!(scene.provider.requests().iter().filter(|path| *path == "/token").count(), 1);
}

/// F66, with tenants: neither a state nor a code nor a token of one's comes to the other's provider.
#[on_each_store]
async fn a_state_is_its_tenants() {
    let Castles { camelot: (scene, camelot), tintagel: (provider, tintagel) } = Castles::new().await;
    let session = scene.registered("lancelot@camelot.bt").await;
    for (place, client, sub) in
        [(PLACE, camelot.client(), "galahad"), (ASSOCIATE, session.at(&camelot.url), "percival")]
    {
        let trip = scene.start(&client, place).await;
        let code = scene.provider.sign_in(&trip.url, &knight(sub));
        drop((scene.provider.requests(), provider.requests()));
        let other = Trip { client: client.at(&tintagel.url), ..trip.clone() };
        scene.refuses_unasked("F66: another tenant's", &other.back(&code).await, "OAUTH_INVALID_STATE");
        assert_eq!(provider.requests(), Vec::<String>::new());
        let nobody = Trip { client: client.at(&scene.server.url), ..trip.clone() };
        nobody.back(&code).await.refuses(404, json!("Not Found"));
        client
            .at(&scene.server.url)
            .get(&format!("{place}/authorize"))
            .await
            .refuses(404, json!("Not Found"));
        assert_eq!(scene.provider.requests(), Vec::<String>::new());
        assert_eq!(trip.back(&code).await.status, 200);
    }
}

/// The same provider with other keys is another client.
#[on_each_store]
async fn a_state_is_its_keys() {
    let Castles { camelot: (scene, camelot), .. } = Castles::new().await;
    let other =
        serve(&scene, "camelot", &scene.provider.url, OAuthCredentials::new("avalon", "excalibur")).await;
    let trip = scene.start(&camelot.client(), PLACE).await;
    let code = scene.provider.sign_in(&trip.url, &arthur());
    drop(scene.provider.requests());
    let there = Trip { client: other.client(), ..trip.clone() };
    scene.refuses_unasked("F66: other keys", &there.back(&code).await, "OAUTH_INVALID_STATE");
}

/// An account's tokens are renewed and revoked by its own tenant's client alone.
#[on_each_store]
async fn tokens_go_to_their_own_provider() {
    let Castles { camelot: (scene, camelot), tintagel: (provider, tintagel) } = Castles::new().await;
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    let answer = scene.trip(&lancelot.at(&camelot.url), ASSOCIATE, &arthur()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let account = scene.account_of(&lancelot).await;
    drop(scene.provider.requests());

    // At another tenant nobody can renew it, and it is what it was.
    scene.server.clock.advance(HOUR - MINUTE);
    let (mut request, ()) = Request::new(()).into_parts();
    let manager = |request: &Parts| Manager::of_request(scene.server.camelot.clone(), request.clone());
    let tenant = |name, issuer: &str| Tenant { name, issuer: issuer.to_owned(), keys: keys() };
    request.extensions.insert(tenant("tintagel", &provider.url));
    let there = manager(&request).provider_tokens(&account).await.expect("they are opened");
    request.extensions.insert(tenant("camelot", &scene.provider.url));
    let here = manager(&request).provider_tokens(&account).await.expect("they are renewed");
    assert_ne!(there.access_token, here.access_token);
    assert_eq!(scene.provider.requests(), ["/token"]);

    let path = format!("/users/me/oauth-accounts/{}", account.id);
    assert_eq!(lancelot.at(&tintagel.url).delete(&path).await.status, 204);
    scene.server.camelot.drain().await;
    assert_eq!(
        (scene.provider.requests(), provider.requests()),
        (vec![], vec![]),
        "nobody there can revoke it"
    );
}
