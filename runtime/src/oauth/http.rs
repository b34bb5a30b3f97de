//! Calls of a provider.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode, Url};
use serde_json::{Map, Value};
use url::Host;

use super::OAuthError;
use super::address::is_public;
use super::error::refusal;
use super::resolver::PublicOnly;
use crate::http::{self, AnswerError};

/// The most bytes of an answer that are read.
const LIMIT: usize = 512 * 1024;

/// Calls providers. Clones share their connections.
///
/// Addresses that the app itself wrote down are called through the proxy that the environment names (`HTTPS_PROXY`,
/// `HTTP_PROXY`, `ALL_PROXY`, without what `NO_PROXY` lists). Those that a function of the request chose are called
/// directly, with TLS, and on public hosts alone.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    public_only: bool,
}

impl Http {
    /// For addresses that the app itself wrote down.
    ///
    /// # Errors
    ///
    /// When TLS can't be set up on this machine.
    pub(crate) fn new(timeout: Duration) -> Result<Self, OAuthError> {
        Ok(Self { client: http::client(timeout).build().map_err(AnswerError::from)?, public_only: false })
    }

    /// For addresses that a function of the request chose, so that nobody sends this server into its own network. A proxy
    /// would look the name up itself, and reach what this server must not.
    ///
    /// # Errors
    ///
    /// When TLS can't be set up on this machine.
    pub(crate) fn public_only(timeout: Duration) -> Result<Self, OAuthError> {
        let client = http::client(timeout)
            .https_only(true)
            .no_proxy()
            .dns_resolver(PublicOnly)
            .build()
            .map_err(AnswerError::from)?;
        Ok(Self { client, public_only: true })
    }

    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.client.request(method, url).header("accept", "application/json")
    }

    /// The JSON that a request is answered with.
    pub(super) async fn json(&self, request: RequestBuilder) -> Result<Value, OAuthError> {
        let (status, body) = self.answer(request).await?;
        read(status, &body)
    }

    /// The same, of an answer that is an object.
    pub(super) async fn object(&self, request: RequestBuilder) -> Result<Map<String, Value>, OAuthError> {
        match self.json(request).await? {
            Value::Object(object) => Ok(object),
            _ => Err(OAuthError::Failed("an answer that is no object".to_owned())),
        }
    }

    /// The body of a request's answer, read to its limit.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), OAuthError> {
        let request = request.build().map_err(AnswerError::from)?;
        // The resolver is not asked for an address that is none of a name.
        if self.public_only && !may_be_public(request.url()) {
            return Err(OAuthError::Failed("its address is not a public one".to_owned()));
        }
        let answer = http::answer(&self.client, request, LIMIT).await?;
        if is_over_limit(&answer) {
            // The app asks too often, and no user can help it.
            return Err(OAuthError::Failed("too many requests".to_owned()));
        }
        Ok((answer.status, answer.body))
    }
}

/// Whether a provider has had too many requests. GitHub says so with 403, by headers or by its message alone.
fn is_over_limit(answer: &http::Answer) -> bool {
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => {
            let header = |name: &str| answer.headers.get(name);
            let body = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
            let message = body.get("message").and_then(Value::as_str).unwrap_or_default();
            header("retry-after").is_some()
                || header("x-ratelimit-remaining").is_some_and(|remaining| remaining == "0")
                || message.to_ascii_lowercase().contains("rate limit")
        }
        _ => false,
    }
}

/// Whether a URL has a public address for its host, or a name, which is yet to be resolved.
fn may_be_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// The JSON of an answer, or what its status makes of it.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Result<Value, OAuthError> {
    match (status, serde_json::from_slice::<Value>(body)) {
        (status, Ok(value)) if status.is_success() => Ok(value),
        (status, Ok(value)) if status.is_client_error() => Err(refusal(&value, status)),
        (status, _) if status.is_client_error() => Err(OAuthError::Refused(status.as_str().to_owned())),
        (status, Err(_)) if status.is_success() => {
            Err(OAuthError::Failed("an answer that is no JSON".to_owned()))
        }
        (status, _) => Err(OAuthError::Failed(format!("an answer of {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::net::TcpListener;

    use super::*;

    /// A port of this machine's that hangs up, and counts how often it was called.
    struct Door {
        port: u16,
        calls: Arc<AtomicUsize>,
    }

    impl Door {
        async fn open() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let calls = Arc::new(AtomicUsize::default());
            let count = Arc::clone(&calls);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
            Self { port, calls }
        }

        fn calls(&self) -> usize {
            self.calls.load(Ordering::SeqCst)
        }
    }

    async fn ask(http: &Http, url: &str) -> Result<Value, OAuthError> {
        http.json(http.request(Method::GET, url)).await
    }

    fn timeout() -> Duration {
        Duration::from_secs(5)
    }

    #[tokio::test]
    async fn what_is_not_public_is_not_called() {
        let door = Door::open().await;
        let http = Http::public_only(timeout()).expect("a client");
        let port = door.port;
        // Of a literal address it is known before the call; what a name stands for shows itself there.
        for host in
            ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "0"]
        {
            let verdict = ask(&http, &format!("https://{host}:{port}/")).await;
            assert!(matches!(verdict, Err(OAuthError::Failed(_))), "{host}: {verdict:?}");
        }
        for host in ["localhost", "LOCALHOST", "localhost."] {
            let verdict = ask(&http, &format!("https://{host}:{port}/")).await;
            assert!(matches!(verdict, Err(OAuthError::Unreachable(_))), "{host}: {verdict:?}");
        }
        assert_eq!(door.calls(), 0);
        let http = Http::new(timeout()).expect("a client");
        ask(&http, &format!("https://127.0.0.1:{port}/")).await.expect_err("no TLS there");
        assert_eq!(door.calls(), 1, "the app's own addresses may be anywhere");
    }

    #[tokio::test]
    async fn public_hosts_are_called_with_tls_alone() {
        let http = Http::public_only(timeout()).expect("a client");
        match ask(&http, "http://192.0.1.1/").await {
            Err(OAuthError::Unreachable(error)) => {
                let error = error.downcast::<reqwest::Error>().expect("the client's error");
                assert!(error.is_builder(), "{error:?}");
            }
            verdict => panic!("{verdict:?}"),
        }
    }

    #[test]
    fn literal_addresses_are_judged() {
        for (url, may) in [
            ("https://8.8.8.8/", true),
            ("https://134744072/", true),
            ("https://[2606:4700::1]/", true),
            ("https://table.example/", true),
            ("https://169.254.169.254/", false),
            ("https://[::ffff:169.254.169.254]/", false),
            ("https://[64:ff9b::a9fe:a9fe]/", false),
            ("https://0251.0376.0251.0376/", false),
            ("https://10.0.0.1./", false),
        ] {
            assert_eq!(may_be_public(&url.parse().expect("an address")), may, "{url}");
        }
    }

    #[tokio::test]
    async fn this_machine_by_a_guarded_client() {
        let http = Http::public_only(timeout()).expect("a client");
        ask(&http, "https://localhost:1/").await.expect_err("no host with a public address");
    }

    #[tokio::test]
    async fn this_machine_by_an_ordinary_client() {
        let http = Http::new(timeout()).expect("a client");
        ask(&http, "https://localhost:1/").await.expect_err("nobody listens there");
    }

    /// Runs the two tests above where the environment names a proxy.
    #[tokio::test]
    async fn a_guarded_client_asks_no_proxy() {
        for (client, calls) in [("a_guarded", 0), ("an_ordinary", 1)] {
            let proxy = Door::open().await;
            let address = format!("http://127.0.0.1:{}", proxy.port);
            let test = format!("oauth::http::tests::this_machine_by_{client}_client");
            let mut child = Command::new(std::env::current_exe().expect("a program"));
            child.args(["--exact", &test]).env_remove("NO_PROXY").env_remove("no_proxy");
            child.env("HTTPS_PROXY", &address).env("ALL_PROXY", &address);
            let output = tokio::task::spawn_blocking(move || child.output()).await.expect("a thread");
            let output = output.expect("an output");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "{client}: {said}");
            assert_eq!(proxy.calls(), calls, "{client}");
        }
    }
}
