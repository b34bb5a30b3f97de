//! The whole way in a real browser.

use std::path::Path;

use axum_users_tests::Browser;
use thirtyfour::SameSite;

use crate::common::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_goes_the_whole_way() {
    let Some(scene) = Scene::new().await else { return };
    let Some(browser) = Browser::start().await else { return };
    browser.open(&scene.url).await;
    browser.click("Sign in with Avalon").await;
    browser.fill("login", "arthur").await;
    assert!(browser.address().await.starts_with(&scene.provider.url));
    browser.fill("password", "excalibur").await;
    browser.click("Sign-in").await;
    browser.click("Continue").await;
    browser.find("//h1[text()='Hello Arthur!']").await;
    assert_eq!(browser.address().await, format!("{}/account", scene.url));
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signed-in.png");
    browser.page.screenshot(&picture).await.expect("a picture");

    // The session is all that is left of it, and scripts see nothing of that.
    let cookies = browser.page.get_all_cookies().await.expect("cookies");
    let [session] = &cookies[..] else { panic!("not one cookie: {cookies:?}") };
    assert_eq!((&*session.name, session.secure), ("__Host-axum-users", Some(true)));
    assert_eq!((session.http_only, &session.same_site), (Some(true), &Some(SameSite::Lax)));
    let seen = browser.page.execute("return document.cookie", Vec::new()).await.expect("a script runs");
    assert_eq!(seen.json(), "");
}
