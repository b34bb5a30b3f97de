//! The whole way in a real browser: a Chromium without a window, by its driver.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum_users_tests::left_out;
use tempfile::TempDir;
use thirtyfour::prelude::*;

use crate::common::Scene;

/// What the driver says when it is ready, before the number of its port.
const READY: &str = "was started successfully on port ";

/// No window, no profile of anybody's, and nothing but this machine: the provider's pages name fonts elsewhere.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    // Without its driver it ends.
    "--remote-debugging-pipe",
];

/// A browser. It ends with the test.
struct Browser {
    page: WebDriver,
    _driver: Driver,
    _folder: TempDir,
}

impl Browser {
    /// `None`, said aloud, where there is none.
    async fn start() -> Option<Self> {
        let Ok(program) = std::env::var("TEST_CHROMEDRIVER") else {
            left_out("TEST_CHROMEDRIVER");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (driver, url) = Driver::start(&program, folder.path());
        let mut chromium = DesiredCapabilities::chrome();
        let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
        for flag in FLAGS.into_iter().chain([&*profile]) {
            chromium.add_arg(flag).expect("a flag");
        }
        let page = WebDriver::new(url, chromium).await.expect("Chromium starts");
        Some(Self { page, _driver: driver, _folder: folder })
    }

    /// Types a text where the page asks for it.
    async fn fill(&self, field: &str, text: &str) {
        let field = self.find(format!("//input[@name='{field}']")).await;
        field.send_keys(text).await.expect("it takes text");
    }

    /// Clicks on a link or a button.
    async fn click(&self, text: &str) {
        let found = self.find(format!("//*[self::a or self::button][text()='{text}']")).await;
        found.click().await.expect("it is there to be clicked");
    }

    /// What is on the page, as soon as it is.
    async fn find(&self, path: String) -> WebElement {
        let found = self.page.query(By::XPath(path)).first().await;
        found.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn address(&self) -> String {
        self.page.current_url().await.expect("an address").into()
    }
}

impl Drop for Browser {
    /// In good order: what is killed may still write to its folder while that goes.
    fn drop(&mut self) {
        let quit = self.page.clone().quit();
        drop(tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(quit)));
    }
}

/// What drives the browser.
struct Driver(Child);

impl Driver {
    /// A driver whose files, and those of its browser, are in `folder`; and its address.
    fn start(program: &str, folder: &Path) -> (Self, String) {
        let mut command = Command::new(program);
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.env("HOME", folder).env("TMPDIR", folder).spawn().expect("the driver starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let driver = Self(child);
        let port = lines.find_map(|line| Some(line.ok()?.split_once(READY)?.1.to_owned()));
        let port = port.expect("it says where it is");
        // Nobody may leave its output unread: it would wait for that.
        std::thread::spawn(move || lines.for_each(drop));
        (driver, format!("http://127.0.0.1:{}", port.trim_end_matches('.')))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_goes_the_whole_way() {
    let Some(scene) = Scene::new().await else { return };
    let Some(browser) = Browser::start().await else { return };
    browser.page.goto(&scene.url).await.expect("the app's page");
    browser.click("Sign in with Avalon").await;
    browser.fill("login", "arthur").await;
    assert!(browser.address().await.starts_with(&scene.provider.url));
    browser.fill("password", "excalibur").await;
    browser.click("Sign-in").await;
    browser.click("Continue").await;
    browser.find("//h1[text()='Hello Arthur!']".to_owned()).await;
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
