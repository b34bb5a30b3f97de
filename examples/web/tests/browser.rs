//! The pages in a real browser: with and without scripts, by keys alone, on a phone, by day and by night.

use std::path::Path;

use axum_users_tests::oidc_provider::OidcProvider;
use axum_users_tests::{Browser, Process};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::TypingData;
use thirtyfour::prelude::*;

const EMAIL: &str = "arthur@camelot.bt";
const PASSWORD: &str = "guinevere sings";
const NEW_PASSWORD: &str = "merlin is late";

const PHONE: (u32, u32) = (360, 740);
const DESK: (u32, u32) = (960, 640);

/// The pages as a process, and a browser.
struct Scene {
    browser: Browser,
    process: Process,
    _folder: TempDir,
}

impl Scene {
    /// `None`, said aloud, where there is no browser.
    async fn start() -> Option<Self> {
        Some(Self::with(Browser::start().await?, &[]))
    }

    fn with(browser: Browser, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_web"));
        for name in ["BASE_URL", "DATABASE_URL", "SECRET", "OAUTH_ISSUER"] {
            command.env_remove(name);
        }
        command.current_dir(folder.path()).env("BIND", "127.0.0.1:0").envs(environment.iter().copied());
        let process = Process::start(&mut command);
        Self { browser, process, _folder: folder }
    }

    async fn open(&self, page: &str) {
        let address = format!("{}{page}", self.process.client.url());
        self.browser.page.goto(address).await.expect("a page");
    }

    /// Waits for a page with this heading.
    async fn sees(&self, heading: &str) {
        self.browser.find(&format!("//h1[text()='{heading}']")).await;
    }

    /// Waits for what is said above the rest.
    async fn is_told(&self, text: &str) {
        self.browser.find(&format!("//p[@role='status'][text()='{text}']")).await;
    }

    /// Clears a field, and types a text there.
    async fn fill_anew(&self, field: &str, text: &str) {
        let found = self.browser.find(&format!("//input[@name='{field}']")).await;
        found.clear().await.expect("it is emptied");
        found.send_keys(text).await.expect("it takes text");
    }

    /// Opens the newest mail's link.
    async fn opens_mail(&self, link: &str) {
        self.open("/mailbox").await;
        self.browser.click(link).await;
    }

    async fn signs_up(&self) {
        self.open("/").await;
        self.browser.click("Sign up").await;
        self.sees("Sign up").await;
        self.browser.fill("display_name", "Arthur").await;
        self.browser.fill("email", EMAIL).await;
        self.browser.fill("password", PASSWORD).await;
        self.press("Sign up").await;
        self.sees("Look into your mailbox").await;
    }

    /// Opens the mail that follows a registration, and verifies the email: a login needs that.
    async fn verifies(&self) {
        self.opens_mail("Verify the address").await;
        self.sees("Is this your address?").await;
        self.browser.fill("password", PASSWORD).await;
        self.press("Yes, it is mine").await;
        self.is_told("Your address is verified.").await;
    }

    async fn signs_in(&self, password: &str) {
        self.open("/sign-in").await;
        self.browser.fill("email", EMAIL).await;
        self.browser.fill("password", password).await;
        self.press("Sign in").await;
        self.sees("Your account").await;
    }

    /// Presses the button that says so.
    async fn press(&self, text: &str) {
        let button = self.browser.find(&format!("//button[text()='{text}']")).await;
        button.click().await.expect("it is there to be pressed");
    }

    /// Types where the focus is.
    async fn types(&self, keys: impl Into<TypingData>) {
        let chain = self.browser.page.action_chain().send_keys(keys);
        chain.perform().await.expect("keys are pressed");
    }

    /// Fails where the page scrolls to the side. What it looks like lies in Cargo's folder for that.
    async fn is_as_wide_as(&self, width: u32, name: &str) {
        let widths = "return [innerWidth, document.documentElement.scrollWidth]";
        assert_eq!(self.asks(widths).await, json!([width, width]), "{name}");
        self.picture(name).await;
    }

    async fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("web");
        std::fs::create_dir_all(&folder).expect("a folder");
        self.browser.page.screenshot(&folder.join(format!("{name}.png"))).await.expect("an image");
    }

    /// On a screen of this size in CSS pixels, by day (`light`) or by night (`dark`).
    async fn is_seen_on(&self, (width, height): (u32, u32), scheme: &str) {
        let is_phone = width < 600;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        for (method, settings) in [
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Emulation.setEmulatedMedia", media),
            ("Emulation.setScrollbarsHidden", json!({ "hidden": true })),
        ] {
            self.browser.page.cdp().send_raw(method, settings).await.expect("another screen");
        }
    }

    /// What a script of the test's own says of the page.
    async fn asks(&self, script: &str) -> serde_json::Value {
        self.browser.page.execute(script, Vec::new()).await.expect("a script runs").json().clone()
    }
}

/// Signing up, verifying, out and in, a new name, and a new password for one that was forgotten.
async fn a_whole_life(scene: &Scene) {
    scene.signs_up().await;
    scene.verifies().await;
    scene.signs_in(PASSWORD).await;
    scene.press("Sign out").await;
    scene.is_told("You are signed out.").await;

    scene.signs_in(PASSWORD).await;
    scene.fill_anew("display_name", "The King").await;
    scene.press("Save the name").await;
    scene.is_told("Your name is saved.").await;
    let name = scene.browser.find("//input[@name='display_name']").await;
    assert_eq!(name.value().await.expect("a value").as_deref(), Some("The King"));
    scene.press("Sign out").await;

    scene.browser.click("Forgot your password?").await;
    scene.sees("Forgot your password?").await;
    scene.browser.fill("email", EMAIL).await;
    scene.press("Send the link").await;
    scene.sees("Look into your mailbox").await;
    scene.opens_mail("Set a new password").await;
    scene.browser.fill("password", NEW_PASSWORD).await;
    scene.press("Set the password").await;
    scene.is_told("Your new password is set. Sign in with it.").await;

    scene.browser.fill("email", EMAIL).await;
    scene.browser.fill("password", PASSWORD).await;
    scene.press("Sign in").await;
    scene.browser.find("//p[@role='alert'][text()='The e-mail address or the password is wrong']").await;
    // What was typed is there still, and the cursor where the mistake is.
    let email = scene.browser.find("//input[@name='email']").await;
    assert_eq!(email.value().await.expect("a value").as_deref(), Some(EMAIL));
    let focused = scene.browser.page.active_element().await.expect("a focus");
    assert_eq!(focused.attr("name").await.expect("a name").as_deref(), Some("password"));
    focused.send_keys(NEW_PASSWORD).await.expect("it takes text");
    scene.press("Sign in").await;
    scene.sees("Your account").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_in_a_browser() {
    let Some(scene) = Scene::start().await else { return };
    a_whole_life(&scene).await;
    scene.is_seen_on(DESK, "dark").await;
    scene.open("/account").await;
    scene.picture("account").await;
    let cookies = scene.browser.page.get_all_cookies().await.expect("cookies");
    let mut names = cookies.iter().map(|cookie| &*cookie.name).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["axum-users", "axum-users-known"]);
    for cookie in &cookies {
        assert_eq!(cookie.http_only, Some(true), "{cookie:?}");
        assert_eq!(cookie.same_site, Some(SameSite::Lax), "{cookie:?}");
    }
    assert_eq!(scene.asks("return document.cookie").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_without_scripts() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let scene = Scene::with(browser, &[]);
    let runs = "data:text/html,<title>no</title><script>document.title = 'yes'</script>";
    scene.browser.page.goto(runs).await.expect("a page");
    assert_eq!(scene.browser.page.title().await.expect("a title"), "no", "scripts run");
    a_whole_life(&scene).await;
}

/// Somebody whom a provider signs in, that nobody here wrote; and a password in its place.
#[tokio::test(flavor = "multi_thread")]
async fn signs_in_with_another_service() {
    let Some(provider) = OidcProvider::start() else { return };
    let Some(browser) = Browser::without_scripts().await else { return };
    let scene = Scene::with(browser, &provider.environment());
    scene.open("/sign-in").await;
    let (_, name) = provider.url.split_once("://").expect("an address");
    scene.browser.click(&format!("Sign in with {name}")).await;
    scene.browser.fill("login", "arthur").await;
    scene.browser.fill("password", "excalibur").await;
    scene.press("Sign-in").await;
    scene.press("Continue").await;
    scene.sees("Your account").await;
    assert_eq!(scene.browser.address().await, format!("{}/account", scene.process.client.url()));
    scene.is_seen_on((960, 1000), "dark").await;
    scene.picture("linked").await;

    scene.press("Unlink").await;
    let mistake = "Without it you could sign in no more: set a password first";
    scene.browser.find(&format!("//p[@role='alert'][text()='{mistake}']")).await;
    scene.press("Send a link that sets one").await;
    scene.is_told("We have sent you a mail.").await;
    scene.opens_mail("Set a new password").await;
    scene.browser.fill("password", PASSWORD).await;
    scene.press("Set the password").await;
    scene.is_told("Your new password is set. Sign in with it.").await;
    // The reset has unlinked the account.
    scene.signs_in(PASSWORD).await;
    scene.browser.find("//*[contains(text(), 'There are none.')]").await;
}

/// Tab, Enter and letters are enough, and the focus is seen on each step.
#[tokio::test(flavor = "multi_thread")]
async fn signs_in_by_keys_alone() {
    let Some(scene) = Scene::start().await else { return };
    scene.signs_up().await;
    scene.verifies().await;
    scene.open("/sign-in").await;
    let tab = async || {
        scene.types(Key::Tab + "").await;
        let outline = scene.asks("return getComputedStyle(document.activeElement).outlineStyle").await;
        assert_eq!(outline, "solid", "the focus is not seen");
        let focused = scene.browser.page.active_element().await.expect("a focus");
        let name = focused.attr("name").await.expect("an attribute");
        match name {
            Some(name) => name,
            None => focused.text().await.expect("a text"),
        }
    };
    let mut reached = Vec::new();
    while reached.last().is_none_or(|last| last != "email") {
        assert!(reached.len() < 10, "the field is not reached: {reached:?}");
        reached.push(tab().await);
    }
    assert_eq!(reached, ["Skip to the content", "Camelot", "Account", "Mailbox", "email"]);
    scene.types(EMAIL).await;
    assert_eq!(tab().await, "password");
    scene.types(PASSWORD).await;
    assert_eq!(tab().await, "Sign in");
    scene.types(Key::Enter + "").await;
    scene.sees("Your account").await;

    // The first link skips what is on every page.
    assert_eq!(tab().await, "Skip to the content");
    scene.types(Key::Enter + "").await;
    assert_eq!(scene.asks("return document.activeElement.tagName").await, "MAIN");
    assert_eq!(tab().await, "display_name");
}

/// No page is wider than a small phone, whatever stands in it, and on each the colours change with the time of day.
#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_by_day_and_by_night() {
    let Some(scene) = Scene::start().await else { return };
    scene.signs_up().await;
    scene.verifies().await;
    scene.signs_in(PASSWORD).await;
    let mut papers = Vec::new();
    for (scheme, screen) in [("light", PHONE), ("dark", PHONE), ("light", DESK), ("dark", DESK)] {
        let (width, _) = screen;
        scene.is_seen_on(screen, scheme).await;
        for page in ["/account", "/mailbox", "/sign-in", "/sign-up", "/forgot", "/reset?token=x", "/nowhere"]
        {
            scene.open(page).await;
            let name = page.trim_start_matches('/').split('?').next().expect("a name");
            scene.is_as_wide_as(width, &format!("{name}-{scheme}-{width}")).await;
        }
        // A form that comes back, and words that are longer than any line.
        scene.open("/sign-in").await;
        scene.browser.fill("email", EMAIL).await;
        scene.browser.fill("password", "morgana").await;
        scene.press("Sign in").await;
        scene.browser.find("//p[@role='alert']").await;
        scene.is_as_wide_as(width, &format!("mistake-{scheme}-{width}")).await;
        let long = format!("{}@camelot.bt", "x".repeat(64));
        scene.open("/account").await;
        scene.browser.fill("email", &long).await;
        scene.browser.fill("email_password", PASSWORD).await;
        scene.press("Change the address").await;
        scene
            .is_told("We have sent a mail to the new address. It counts once you open the link in it.")
            .await;
        scene.is_as_wide_as(width, &format!("told-{scheme}-{width}")).await;
        scene.open("/mailbox").await;
        scene.is_as_wide_as(width, &format!("long-{scheme}-{width}")).await;
        papers.push(scene.asks("return getComputedStyle(document.body).backgroundColor").await);
    }
    assert_eq!(papers, ["rgb(246, 244, 238)", "rgb(17, 22, 20)", "rgb(246, 244, 238)", "rgb(17, 22, 20)"]);
}

/// What a screen reader is told of each field, and what a browser's own checks would say.
#[tokio::test(flavor = "multi_thread")]
async fn says_what_it_is_to_those_who_hear_it() {
    let Some(scene) = Scene::start().await else { return };
    scene.open("/sign-up").await;
    scene.press("Sign up").await;
    scene.browser.find("//p[@role='alert']").await;
    assert_eq!(scene.browser.page.title().await.expect("a title"), "Error: Sign up · Camelot");
    let tree = scene.browser.page.cdp().send_raw("Accessibility.getFullAXTree", json!({})).await;
    let tree = tree.expect("a tree");
    let nodes = tree["nodes"].as_array().expect("nodes");
    let fields = nodes.iter().filter(|node| node["role"]["value"] == "textbox").map(|node| {
        let property = |name: &str| {
            let properties = node["properties"].as_array().expect("properties");
            let found = properties.iter().find(|property| property["name"] == name);
            found.map_or(json!(null), |property| property["value"]["value"].clone())
        };
        json!([
            node["name"]["value"],
            node["description"]["value"],
            property("invalid"),
            property("required")
        ])
    });
    let expected = [
        json!(["Name (optional)", null, "false", false]),
        json!(["E-mail address", "Enter your e-mail address", "true", true]),
        json!([
            "Password",
            "Choose a password At least 8 characters. A few words are easier to keep in mind.",
            "true",
            true
        ]),
    ];
    assert_eq!(fields.collect::<Vec<_>>(), expected);
    let is_there = |role: &str| nodes.iter().filter(|node| node["role"]["value"] == role).count();
    assert_eq!(["banner", "navigation", "main", "contentinfo", "alert"].map(is_there), [1, 1, 1, 1, 2]);
}
