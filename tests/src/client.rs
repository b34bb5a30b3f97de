//! A client that sends exactly what it is told, and shows exactly what came back.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::known;
use crate::server::Backend;

/// A client, with the credentials of at most one sign-in.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    /// The headers of every request: a sign-in puts its token here.
    pub headers: HeaderMap,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where it came from: where the last redirect led.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON, `null` where it is none.
    pub json: Value,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The answer of a request that is ready to be sent.
    pub async fn of(request: RequestBuilder) -> Self {
        Self::unless_cut_off(request).await.expect("an answer")
    }

    /// The same, or what went wrong where the server is gone before the answer is whole.
    pub async fn unless_cut_off(request: RequestBuilder) -> reqwest::Result<Self> {
        let (client, request) = request.build_split();
        let request = request?;
        known::sent(&request);
        let response = client.execute(request).await?;
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        let text = response.text().await?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        known::answered(&url, &headers, &json, &text);
        Ok(Self { url, status, headers, json, text })
    }

    /// `detail` of an error.
    #[must_use]
    pub fn detail(&self) -> &Value {
        &self.json["detail"]
    }

    /// The text of a header, empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Fails unless the answer has this status and body.
    #[track_caller]
    pub fn is(&self, status: u16, json: &Value) {
        assert_eq!((self.status.as_u16(), &self.json), (status, json), "{}", self.text);
    }

    /// Fails unless the answer has this status and detail.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` reads best as an argument")]
    pub fn refuses(&self, status: u16, detail: Value) {
        self.is(status, &json!({ "detail": detail }));
    }

    /// Fails unless the answer is a 422 that names these places and kinds of mistakes.
    #[track_caller]
    pub fn is_invalid(&self, mistakes: &[(Value, &str)]) {
        assert_eq!(self.status, 422, "{}", self.text);
        let found = self.detail().as_array().expect("a list of mistakes").iter();
        let found =
            found.map(|m| (m["loc"].clone(), m["type"].as_str().expect("a type"))).collect::<Vec<_>>();
        assert_eq!(found, mistakes, "{}", self.text);
        assert!(self.detail().as_array().is_some_and(|all| all.iter().all(|m| m["msg"].is_string())));
    }

    /// All that a client sees of it.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{:?}\n{}", self.headers, self.text)
    }

    /// The cookies that the answer sets, each as it is written.
    #[must_use]
    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("text")).collect()
    }

    /// The name and the value of the first cookie that the answer sets.
    #[must_use]
    pub fn cookie(&self) -> Option<(&str, &str)> {
        self.header("set-cookie").split(';').next()?.split_once('=')
    }
}

impl Client {
    /// A client of the server at `url`.
    ///
    /// # Panics
    ///
    /// Where there is no TLS.
    #[must_use]
    pub fn new(url: &str) -> Self {
        // No server here has TLS, and to read the machine's certificates takes its time.
        let http = reqwest::Client::builder().redirect(Policy::none()).tls_certs_only([]);
        // Uvicorn hangs up after five seconds, perhaps in the moment in which something is sent.
        let http = http.pool_idle_timeout(Duration::from_secs(2));
        let http = http.build().expect("a client");
        Self { http, url: url.to_owned(), headers: HeaderMap::new() }
    }

    /// The same, with the cookies that answers have set.
    ///
    /// # Panics
    ///
    /// When there is no client to be had on this machine.
    #[must_use]
    pub fn keeping_cookies(url: &str) -> Self {
        let http = reqwest::Client::builder().cookie_store(true).build().expect("a client");
        Self { http, ..Self::new(url) }
    }

    /// The address of its server.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same client with one more header, or another value for it.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        let name: HeaderName = name.parse().expect("a header's name");
        client.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        client
    }

    /// The same client, of another server.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// A request that is not sent yet.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).headers(self.headers.clone())
    }

    /// Sends a GET.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Sends a POST without a body.
    pub async fn post(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::POST, path)).await
    }

    /// Sends a POST with a JSON body.
    pub async fn post_json(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    /// Sends a POST with a body of any kind.
    pub async fn post_raw(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::of(self.request(Method::POST, path).header("content-type", content_type).body(body)).await
    }

    /// Sends a PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(&body)).await
    }

    /// Sends a DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// Registers a user.
    pub async fn register(&self, email: &str, password: &str) -> Answer {
        self.post_json("/auth/register", json!({ "email": email, "password": password })).await
    }

    /// Signs in, and gives the answer.
    pub async fn login(&self, backend: Backend, username: &str, password: &str) -> Answer {
        let path = format!("{}/login", backend.path());
        let form = [("username", username), ("password", password)];
        Answer::of(self.request(Method::POST, &path).form(&form)).await
    }

    /// Signs in, and gives a client that is.
    #[track_caller]
    pub fn signed_in(
        &self,
        backend: Backend,
        username: &str,
        password: &str,
    ) -> impl Future<Output = Self> + use<> {
        let (client, username, password) = (self.clone(), username.to_owned(), password.to_owned());
        async move {
            let answer = client.login(backend, &username, &password).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            client.holding(backend, &answer)
        }
    }

    /// The same client with the token that a sign-in was answered with.
    #[must_use]
    pub fn holding(&self, backend: Backend, answer: &Answer) -> Self {
        if backend.is_cookie() {
            let (name, value) = answer.cookie().expect("a cookie");
            self.with("cookie", &format!("{name}={value}"))
        } else {
            let token = answer.json["access_token"].as_str().expect("a token");
            self.with("authorization", &format!("Bearer {token}"))
        }
    }
}
