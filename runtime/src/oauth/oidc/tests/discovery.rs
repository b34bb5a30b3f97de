//! What providers publish of themselves, and when it is not believed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::provider::CONFIGURATION;
use super::{Answer, NOW, Pair, Provider, at};
use crate::oauth::oidc::issuer::Issuer;
use crate::oauth::oidc::{Metadata, OpenIdProviders, Place};
use crate::oauth::{ClientAuth, Http, OAuthError};

pub(super) fn http() -> Http {
    Http::new(Duration::from_secs(5)).expect("a client")
}

pub(super) fn failed<T>(verdict: Result<T, OAuthError>, what: &str) -> String {
    match verdict {
        Err(OAuthError::Failed(why)) => why,
        Err(error) => panic!("{what}: {error:?}"),
        Ok(_) => panic!("{what} was believed"),
    }
}

pub(super) async fn metadata(provider: &Provider) -> Result<Arc<Metadata>, OAuthError> {
    OpenIdProviders::default().metadata(&http(), at(&provider.base), NOW).await
}

#[tokio::test]
async fn it_is_read() {
    let provider = Provider::with(&[]).await;
    let metadata = metadata(&provider).await.expect("metadata");
    let url = |path: &str| format!("{}{path}", provider.base);
    assert!(metadata.names.include(&provider.base));
    assert_eq!(metadata.authorization_endpoint.as_str(), url("/authorize"));
    assert_eq!(metadata.token_endpoint.as_str(), url("/token"));
    assert_eq!(metadata.jwks_uri.as_str(), url("/keys"));
    assert_eq!(metadata.userinfo_endpoint.as_ref().map(|url| url.as_str()), Some(&*url("/userinfo")));
    assert_eq!(metadata.revocation_endpoint.as_ref().map(|url| url.as_str()), Some(&*url("/revoke")));
    assert!(!metadata.answers_have_issuer);
}

#[tokio::test]
async fn what_may_be_left_out_may_be() {
    let provider = Provider::with(&[]).await;
    let mut configuration = provider.configuration(&provider.base);
    let fields = configuration.as_object_mut().expect("an object");
    fields.remove("userinfo_endpoint");
    fields.insert("revocation_endpoint".to_owned(), Value::Null);
    fields.insert("authorization_response_iss_parameter_supported".to_owned(), true.into());
    provider.answers(CONFIGURATION, Answer::Json(configuration));
    let metadata = metadata(&provider).await.expect("metadata");
    assert!(metadata.userinfo_endpoint.is_none() && metadata.revocation_endpoint.is_none());
    assert!(metadata.answers_have_issuer);
}

/// A final slash is removed before the well-known part is appended, and makes no difference to the comparison.
#[tokio::test]
async fn issuers_are_found_and_compared_without_a_final_slash() {
    let provider = Provider::with(&[]).await;
    let issuer = |path: &str| format!("{}{path}", provider.base);
    for (path, asked) in
        [("", ""), ("/", ""), ("/realms/camelot", "/realms/camelot"), ("/tenant/", "/tenant")]
    {
        let asked = format!("{asked}{CONFIGURATION}");
        let other =
            if path.ends_with('/') { path.trim_end_matches('/').to_owned() } else { format!("{path}/") };
        let wrong = format!("{path}//");
        for (written, is_good) in [(path, true), (&*other, true), (&*wrong, false), ("/elsewhere", false)] {
            let before = provider.count(&asked);
            provider.answers(&asked, Answer::Json(provider.configuration(&issuer(written))));
            let verdict = OpenIdProviders::default().metadata(&http(), at(&issuer(path)), NOW).await;
            assert_eq!(verdict.is_ok(), is_good, "{path:?} that writes itself {written:?}");
            assert_eq!(provider.count(&asked), before + 1, "{path:?}");
        }
    }
}

#[tokio::test]
async fn another_issuers_metadata_is_not_believed() {
    let provider = Provider::with(&[]).await;
    let port = provider.base.rsplit(':').next().expect("a port").to_owned();
    for issuer in [
        "https://accounts.example".to_owned(),
        format!("http://localhost:{port}"),
        format!("HTTP://127.0.0.1:{port}"),
        format!("{}//", provider.base),
        format!("{} ", provider.base),
        String::new(),
    ] {
        provider.answers(CONFIGURATION, Answer::Json(provider.configuration(&issuer)));
        let why = failed(metadata(&provider).await, &issuer);
        assert!(why.contains("another issuer"), "{issuer}: {why}");
        let both = format!("expected {:?}, found {issuer:?}", provider.base);
        assert!(why.contains(&both), "the log has both values: {why}");
    }
}

#[tokio::test]
async fn addresses_that_are_none_of_an_issuer_are_not_asked() {
    let provider = Provider::with(&[]).await;
    let port = provider.base.rsplit(':').next().expect("a port").to_owned();
    let (known, http) = (OpenIdProviders::default(), http());
    for issuer in [
        "",
        "table.example",
        "//table.example",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://127.0.0.1",
        "http://table.example",
        "http://192.0.2.1",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.table.example",
        "http://127.0.0.1.table.example",
        "https://",
        "https://arthur@table.example",
        "https://arthur:grail@table.example",
        "https://table.example?tenant=1",
        "https://table.example?",
        "https://table.example#keys",
        "https://table.example#",
        &format!("http://arthur@127.0.0.1:{port}"),
        &format!("http://127.0.0.1:{port}/?a"),
        &format!("ws://127.0.0.1:{port}"),
    ] {
        let verdict = known.metadata(&http, at(issuer), NOW).await;
        assert!(matches!(verdict, Err(OAuthError::Setting(_))), "{issuer:?}: {verdict:?}");
    }
    assert_eq!(provider.count(CONFIGURATION), 0);
    assert!(known.known.lock().expect("a lock").is_empty(), "they take no room");
}

/// A document of `https://table.example` with one field of another value.
fn spoilt(issuer: &str, name: &str, value: Value) -> Result<Metadata, OAuthError> {
    let mut configuration = json!({
        "issuer": issuer,
        "authorization_endpoint": "https://table.example/authorize?tenant=1",
        "token_endpoint": "https://api.example/token",
        "jwks_uri": "https://api.example/keys",
        "userinfo_endpoint": "https://api.example/userinfo",
        "revocation_endpoint": "https://api.example/revoke",
    });
    configuration[name] = value;
    let Value::Object(configuration) = configuration else { panic!("no object") };
    Metadata::read(&configuration, &Issuer::parse(issuer, None)?)
}

/// Values of members that hold a URL or a list.
const ODD: [&str; 8] =
    ["null", r#""""#, r#""/x""#, r#""//table.example/x""#, "7", "true", "{}", r#"["https://a.example"]"#];

#[test]
fn optional_members_may_be_odd() {
    for name in [
        "authorization_response_iss_parameter_supported",
        "token_endpoint_auth_methods_supported",
        "userinfo_endpoint",
        "revocation_endpoint",
        "response_types_supported",
        "claims_supported",
    ] {
        for value in ODD {
            let value = serde_json::from_str::<Value>(value).expect("JSON");
            spoilt("https://table.example", name, value.clone())
                .unwrap_or_else(|error| panic!("{name} {value}: {error}"));
        }
    }
    let demands = |value: Value| {
        let metadata =
            spoilt("https://table.example", "authorization_response_iss_parameter_supported", value);
        metadata.expect("metadata").answers_have_issuer
    };
    assert!(demands(json!(true)) && demands(json!("true")));
    assert!(!demands(json!(false)) && !demands(json!("false")) && !demands(Value::Null));
}

/// Azure AD B2C and Microsoft Entra's `common`: the issuer is another one than the URL of the metadata, and the app says
/// so.
#[tokio::test]
async fn an_issuer_may_differ_from_the_url_of_its_metadata_by_a_setting() {
    let provider = Provider::with(&[]).await;
    let (known, http) = (OpenIdProviders::default(), http());
    let path = "/camelot.onmicrosoft.com/policy/v2.0/.well-known/openid-configuration";
    let url = format!("{}{path}", provider.base);
    for issuer in [format!("{}/tenant/v2.0/", provider.base), format!("{}/{{tenantid}}/v2.0", provider.base)]
    {
        provider.answers(path, Answer::Json(provider.configuration(&issuer)));
        let place = Place { issuer: &issuer, discovery_url: Some(&url) };
        let metadata = known.metadata(&http, place, NOW).await.expect("metadata");
        assert!(metadata.names.include(&issuer.replace("{tenantid}", "tenant")));
        assert!(!metadata.names.include(&url) && !metadata.names.include(&provider.base));
        // The document still has to name the issuer that is configured.
        let other = format!("{}/other/v2.0/", provider.base);
        let place = Place { issuer: &other, discovery_url: Some(&url) };
        failed(known.metadata(&http, place, NOW).await, "another issuer");
    }
    assert_eq!(provider.count(CONFIGURATION), 0);
}

#[tokio::test]
async fn a_discovery_url_is_safe_to_ask() {
    let (known, http) = (OpenIdProviders::default(), http());
    for url in [
        "",
        "/x",
        "http://table.example/x",
        "http://127.0.0.1/x",
        "file:///etc/passwd",
        "https://arthur@table.example/x",
        "https://table.example/x#y",
    ] {
        let place = Place { issuer: "https://table.example", discovery_url: Some(url) };
        let verdict = known.metadata(&http, place, NOW).await;
        assert!(matches!(verdict, Err(OAuthError::Setting(_))), "{url}: {verdict:?}");
    }
    let template = at("https://table.example/{tenantid}");
    let verdict = known.metadata(&http, template, NOW).await;
    assert!(matches!(verdict, Err(OAuthError::Setting(_))), "{verdict:?}");
}

/// A document that names another provider's issuer does not replace that provider's keys.
#[tokio::test]
async fn keys_are_kept_by_what_is_configured() {
    let (provider, evil) = (Provider::with(&[]).await, Provider::with(&[]).await);
    let (own, forger) = (Pair::ec("excalibur"), Pair::ec("excalibur"));
    provider.has(&[&own]);
    evil.has(&[&forger]);
    let (known, http) = (OpenIdProviders::default(), http());
    evil.answers("/x", Answer::Json(evil.configuration(&provider.base)));
    let url = format!("{}/x", evil.base);
    let planted = Place { issuer: &provider.base, discovery_url: Some(&url) };
    let claims = json!({ "iss": provider.base, "sub": "arthur" });
    let verdict = async |place: Place<'_>, pair: &Pair| {
        let metadata = known.metadata(&http, place, NOW).await.expect("metadata");
        let jwt = pair.token(&pair.header(), &claims);
        known.signed_claims(&http, place, &metadata, &jwt, NOW).await.is_ok()
    };
    assert!(verdict(planted, &forger).await);
    assert!(!verdict(at(&provider.base), &forger).await);
    assert!(verdict(at(&provider.base), &own).await);
}

#[test]
fn endpoints_have_tls() {
    const ENDPOINTS: [&str; 5] =
        ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "revocation_endpoint"];
    let far = "https://table.example";
    spoilt(far, "extra", Value::Null).expect("metadata");
    for name in ENDPOINTS {
        for url in [
            "http://table.example/x",
            "http://127.0.0.1/x",
            "http://localhost/x",
            "javascript:alert(1)",
            "data:application/json,{}",
            "file:///etc/passwd",
            "https://arthur:grail@table.example/x",
            "https://table.example/x#y",
        ] {
            let why = failed(spoilt(far, name, url.into()), url);
            assert!(why.contains("TLS"), "{name} {url}: {why}");
        }
        for value in ODD.iter().map(|value| serde_json::from_str::<Value>(value).expect("JSON")) {
            let read = spoilt(far, name, value.clone());
            if ENDPOINTS[..3].contains(&name) {
                let why = failed(read, name);
                assert!(why.contains("is not that of"), "{name} {value}: {why}");
            } else {
                let metadata = read.unwrap_or_else(|error| panic!("{name} {value}: {error}"));
                let is_there = (metadata.userinfo_endpoint.is_some(), metadata.revocation_endpoint.is_some());
                assert_eq!(is_there, (name != ENDPOINTS[3], name != ENDPOINTS[4]), "{name} {value}");
            }
        }
        // A provider on this machine need not have it, but for what is elsewhere.
        for near in
            ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080", "http://127.8.9.1"]
        {
            spoilt(near, name, format!("{near}/x").into()).expect("metadata");
            failed(spoilt(near, name, "http://table.example/x".into()), "an endpoint elsewhere");
        }
        failed(spoilt("https://127.0.0.1", name, "http://127.0.0.1/x".into()), "an issuer with TLS");
    }
    for name in &ENDPOINTS[..3] {
        failed(spoilt(far, name, Value::Null), name);
    }
}

#[test]
fn the_token_endpoint_says_how_it_is_asked() {
    use ClientAuth::{Basic, Post};
    let auth = |methods: Value, wanted| {
        let name = if methods.is_null() { "none" } else { "token_endpoint_auth_methods_supported" };
        spoilt("https://table.example", name, methods).expect("metadata").client_auth(wanted)
    };
    for (methods, for_post, for_basic) in [
        (Value::Null, Basic, Basic),
        (json!(["client_secret_basic", "client_secret_post"]), Post, Basic),
        (json!(["client_secret_post", "private_key_jwt"]), Post, Post),
        (json!(["none", "client_secret_basic"]), Basic, Basic),
        (json!(["private_key_jwt"]), Post, Basic),
        (json!([]), Post, Basic),
        (json!("client_secret_post"), Post, Post),
        (json!(""), Basic, Basic),
        (json!({}), Basic, Basic),
        (json!([7, null, "client_secret_post"]), Post, Post),
    ] {
        assert_eq!(auth(methods.clone(), Post), for_post, "{methods}");
        assert_eq!(auth(methods.clone(), Basic), for_basic, "{methods}");
    }
}
