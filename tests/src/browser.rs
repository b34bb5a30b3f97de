//! A real browser: a Chromium without a window, by its driver.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use thirtyfour::prelude::*;

use crate::store::left_out;

/// What the driver says when it is ready, before the number of its port.
const READY: &str = "was started successfully on port ";

/// No window, no profile of anybody's, and nothing but this machine: pages may name fonts elsewhere.
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
#[derive(Debug)]
pub struct Browser {
    /// Its page.
    pub page: WebDriver,
    _driver: Driver,
    _folder: TempDir,
}

impl Browser {
    /// `None`, said aloud, where there is none.
    ///
    /// # Panics
    ///
    /// When one that is there does not start.
    pub async fn start() -> Option<Self> {
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

    /// Opens a page.
    ///
    /// # Panics
    ///
    /// When it can't be had.
    pub async fn open(&self, url: &str) {
        self.page.goto(url).await.expect("a page");
    }

    /// Types a text where the page asks for it.
    ///
    /// # Panics
    ///
    /// When the page does not.
    pub async fn fill(&self, field: &str, text: &str) {
        let field = self.find(&format!("//input[@name='{field}']")).await;
        field.send_keys(text).await.expect("it takes text");
    }

    /// Clicks on a link or a button.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn click(&self, text: &str) {
        let found = self.find(&format!("//*[self::a or self::button][text()='{text}']")).await;
        found.click().await.expect("it is there to be clicked");
    }

    /// What is on the page at this XPath, as soon as it is.
    ///
    /// # Panics
    ///
    /// When it does not come.
    pub async fn find(&self, path: &str) -> WebElement {
        let found = self.page.query(By::XPath(path)).first().await;
        found.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Where it is.
    ///
    /// # Panics
    ///
    /// When it is nowhere.
    pub async fn address(&self) -> String {
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
#[derive(Debug)]
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
