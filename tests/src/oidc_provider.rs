//! A certified OpenID provider that nobody here wrote, as a process of a test's own: `tests/oidc_provider`.

use std::process::Command;

use reqwest::Method;

use crate::client::Answer;
use crate::known::not_ours;
use crate::process::Process;
use crate::store::left_out;

/// The app's own id at the provider.
pub const CLIENT_ID: &str = "camelot";
/// The secret that goes with it. Most of it is written otherwise in a form.
pub const CLIENT_SECRET: &str = "the lady/of+the:lake, 100%";

/// A running provider. It ends with the test.
#[derive(Debug)]
pub struct OidcProvider {
    /// Its address, which is its issuer.
    pub url: String,
    process: Process,
}

impl OidcProvider {
    /// A provider on a free port; `None`, said aloud, where it is not installed.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::with(&[])
    }

    /// The same, with further variables in its environment.
    #[must_use]
    pub fn with(environment: &[(&str, &str)]) -> Option<Self> {
        let Ok(packages) = std::env::var("TEST_OIDC_PACKAGES") else {
            left_out("TEST_OIDC_PACKAGES");
            return None;
        };
        let mut command = Command::new("node");
        command
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/oidc_provider/provider.mjs"))
            .env("PACKAGES", packages)
            .env("CLIENT_ID", CLIENT_ID)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .envs(environment.iter().copied());
        let process = Process::start(&mut command);
        not_ours(process.client.url());
        Some(Self { url: process.client.url().to_owned(), process })
    }

    /// What `examples/camelot` must find in its environment to sign in by it.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, &str); 3] {
        [("OAUTH_ISSUER", &self.url), ("OAUTH_CLIENT_ID", CLIENT_ID), ("OAUTH_CLIENT_SECRET", CLIENT_SECRET)]
    }

    /// New keys sign from now on. The former ones are still published.
    pub async fn rotate(&self) {
        let answer = self.process.client.post("/test/rotate").await;
        assert_eq!(answer.status, 204, "{}", answer.text);
    }

    /// What it has refused with, and why: each time the next one of its refusals.
    #[must_use]
    pub fn refusal(&self) -> String {
        self.process.line_after("refused: ")
    }

    /// Whether it still takes a token (RFC 7662).
    pub async fn takes(&self, token: &str) -> bool {
        let form = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("token", token)];
        let request = self.process.client.request(Method::POST, "/token/introspection").form(&form);
        let answer = Answer::of(request).await;
        answer.json["active"].as_bool().unwrap_or_else(|| panic!("it does not say: {}", answer.text))
    }
}
