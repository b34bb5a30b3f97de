//! When what a provider publishes of itself is fetched, and how long it is kept.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;

use super::discovery::{failed, http, metadata};
use super::provider::CONFIGURATION;
use super::{Answer, NOW, Provider, at};
use crate::oauth::oidc::OpenIdProviders;
use crate::oauth::{Http, OAuthError};

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn answers_that_are_none_are_failures() {
    let provider = Provider::with(&[]).await;
    let good = provider.configuration(&provider.base);
    provider.answers("/elsewhere", Answer::Json(good.clone()));
    let mut endless = good.clone();
    endless["filler"] = "a".repeat(512 * 1024).into();
    for (what, answer) in [
        ("a redirect", Answer::Redirect("/elsewhere")),
        ("an oversized one", Answer::Json(endless)),
        ("nothing", Answer::Text(String::new())),
        ("a page", Answer::Text("<!doctype html>".to_owned())),
        ("a list", Answer::Json(json!([good]))),
        ("an empty object", Answer::Json(json!({}))),
        ("404", Answer::Status(StatusCode::NOT_FOUND)),
        ("500", Answer::Status(StatusCode::INTERNAL_SERVER_ERROR)),
    ] {
        provider.answers(CONFIGURATION, answer);
        failed(metadata(&provider).await, what);
    }
    assert_eq!(provider.count("/elsewhere"), 0, "no redirect is followed");
    provider.answers(CONFIGURATION, Answer::Json(good));
    metadata(&provider).await.expect("metadata");
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for() {
    let provider = Provider::with(&[]).await;
    let good = provider.configuration(&provider.base);
    provider.answers(CONFIGURATION, Answer::After(Duration::from_secs(30), good));
    let (known, http) =
        (OpenIdProviders::default(), Http::new(Duration::from_millis(200)).expect("a client"));
    let start = Instant::now();
    let verdict = known.metadata(&http, at(&provider.base), NOW).await;
    assert!(matches!(verdict, Err(OAuthError::Unreachable(_))), "{verdict:?}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn it_is_kept_for_an_hour() {
    let provider = Provider::with(&[]).await;
    let (known, http) = (OpenIdProviders::default(), http());
    let fetched = |after| {
        let (known, http, provider) = (&known, &http, &provider);
        async move {
            let verdict = known.metadata(http, at(&provider.base), NOW.after(after)).await;
            (verdict.is_ok(), provider.count(CONFIGURATION))
        }
    };
    assert_eq!(fetched(Duration::ZERO).await, (true, 1));
    provider.answers(CONFIGURATION, Answer::Status(StatusCode::BAD_GATEWAY));
    assert_eq!(fetched(HOUR - SECOND).await, (true, 1), "the provider may be down");
    assert_eq!(fetched(HOUR).await, (false, 2));
    assert_eq!(fetched(HOUR).await, (false, 3), "a failure is not kept");
    provider.answers(CONFIGURATION, Answer::Json(provider.configuration(&provider.base)));
    assert_eq!(fetched(HOUR).await, (true, 4));
    assert_eq!(fetched(HOUR + SECOND).await, (true, 4));
}

#[tokio::test]
async fn many_at_once_cause_one_fetch() {
    let provider = Provider::with(&[]).await;
    let (known, http) = (OpenIdProviders::default(), http());
    let good = provider.configuration(&provider.base);
    let all =
        || futures_util::future::join_all((0..50).map(|_| known.metadata(&http, at(&provider.base), NOW)));
    provider.answers(CONFIGURATION, Answer::After(Duration::from_millis(200), json!({})));
    assert!(all().await.iter().all(Result::is_err));
    assert_eq!(provider.count(CONFIGURATION), 1, "a failure is that of all who waited for it");
    provider.answers(CONFIGURATION, Answer::After(Duration::from_millis(200), good));
    assert!(all().await.iter().all(Result::is_ok));
    assert_eq!(provider.count(CONFIGURATION), 2);
}

#[tokio::test]
async fn one_who_hangs_up_leaves_the_fetch_to_the_next() {
    let provider = Provider::with(&[]).await;
    let (known, http) = (OpenIdProviders::default(), http());
    let good = provider.configuration(&provider.base);
    provider.answers(CONFIGURATION, Answer::After(Duration::from_millis(500), good));
    let first =
        tokio::time::timeout(Duration::from_millis(100), known.metadata(&http, at(&provider.base), NOW));
    let (first, second) = tokio::join!(first, known.metadata(&http, at(&provider.base), NOW));
    assert!(first.is_err());
    second.expect("metadata");
    assert_eq!(provider.count(CONFIGURATION), 2);
}

/// A function of the request may name ever new issuers: what was used longest ago goes.
#[tokio::test]
async fn the_number_of_providers_has_a_bound() {
    let provider = Provider::with(&[]).await;
    let (known, http) = (OpenIdProviders::default(), http());
    let ask = async |number: usize| {
        let issuer = format!("{}/{number}", provider.base);
        let path = format!("/{number}{CONFIGURATION}");
        provider.answers(&path, Answer::Json(provider.configuration(&issuer)));
        known.metadata(&http, at(&issuer), NOW).await.expect("metadata");
        provider.count(&path)
    };
    for number in 0..64 {
        assert_eq!(ask(number).await, 1);
    }
    assert_eq!(ask(0).await, 1, "there is room for all");
    assert_eq!(ask(64).await, 1);
    assert_eq!(ask(0).await, 1, "it was used a moment ago");
    assert_eq!(ask(1).await, 2, "it was used longest ago");
    for number in 100..300 {
        ask(number).await;
    }
    assert_eq!(known.known.lock().expect("a lock").len(), 64);
}
