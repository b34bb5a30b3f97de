//! A provider on a socket of its own: OAuth 2.0 with PKCE, OpenID Connect on top, and every way of going wrong.

mod routes;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::signature::Ed25519KeyPair;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum_users::prelude::Uuid;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use url::Url;

use self::routes::{configuration, jwks, metadata, revoke, token, userinfo, watch};
use crate::known;
use crate::serving::Serving;

/// The app's own id at the provider.
pub const CLIENT_ID: &str = "camelot";
/// The secret that goes with it.
pub const CLIENT_SECRET: &str = "the-lady-of-the-lake";

/// A running provider. It ends with the test.
#[derive(Debug)]
pub struct Provider {
    /// Its address, which is its issuer.
    pub url: String,
    shared: Arc<Shared>,
    _serving: Serving,
}

#[derive(Debug)]
struct Shared(Mutex<Inside>);

#[derive(Debug)]
struct Inside {
    url: String,
    /// Sign-ins whose code is not used up.
    codes: HashMap<String, SignedIn>,
    /// Whom an access token is of.
    tokens: HashMap<String, Value>,
    /// Refresh tokens, and whose they are.
    refresh_tokens: HashMap<String, Value>,
    keys: Vec<(String, Ed25519KeyPair)>,
    /// The paths of the requests that have come.
    requests: Vec<String>,
    /// The forms that have been posted.
    forms: Vec<HashMap<String, String>>,
    /// What a path answers in place of the usual.
    faults: HashMap<String, Fault>,
    /// Further claims of the ID token, or others; `null` takes one away.
    claims: Value,
    /// The same of its header.
    header: Value,
    /// How many characters are appended to each token.
    padding: usize,
    /// Whether a login comes with no refresh token.
    withholds_refresh_tokens: bool,
    /// How much has been issued.
    issued: u64,
    /// What nobody else is to learn of it.
    secrets: Vec<String>,
}

#[derive(Debug)]
struct SignedIn {
    challenge: String,
    redirect_uri: String,
    nonce: Option<String>,
    user: Value,
}

/// What a path answers in place of the usual.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This status and body.
    Answers(u16, String),
    /// A redirect that has the same request sent there.
    Redirects(String),
    /// The usual, which is done at once, and told once the gate is open.
    Waits(Gate),
    /// Nothing, for longer than anyone waits.
    Hangs,
}

/// What holds answers back until it is opened.
#[derive(Clone, Debug)]
pub struct Gate {
    reached: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    /// Waits until an answer is held back.
    pub async fn reached(&self) {
        self.reached.acquire().await.expect("it is not closed").forget();
    }

    /// Holds nothing back any more.
    pub fn open(&self) {
        self.open.add_permits(Semaphore::MAX_PERMITS);
    }

    async fn pass(&self) {
        self.reached.add_permits(1);
        drop(self.open.acquire().await.expect("it is not closed"));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn next(&mut self, what: &str) -> String {
        self.issued += 1;
        let next = format!("{what}-{}-{}", self.issued, Uuid::new_v4().simple());
        known::secret(&next);
        self.secrets.push(next.clone());
        next
    }

    /// Tokens for `user`, who may renew them.
    fn issue(&mut self, user: &Value) -> Value {
        let padding = "x".repeat(self.padding);
        let [access_token, refresh_token] =
            ["access", "refresh"].map(|what| self.next(what) + padding.as_str());
        self.tokens.insert(access_token.clone(), user.clone());
        self.refresh_tokens.insert(refresh_token.clone(), user.clone());
        json!({
            "access_token": access_token, "refresh_token": refresh_token, "token_type": "Bearer", "expires_in": 3600,
        })
    }

    /// The ID token of a sign-in.
    fn id_token(&self, nonce: Option<&str>, user: &Value) -> String {
        let now =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a date").as_secs();
        let claims =
            json!({ "iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce });
        let claims = with(with(claims, user), &self.claims);
        let (kid, key) = self.keys.last().expect("a key");
        let header = with(json!({ "alg": "EdDSA", "kid": kid }), &self.header);
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())))
    }
}

impl Provider {
    /// A provider on a free port.
    pub async fn start() -> Self {
        known::secret(CLIENT_SECRET);
        let inside = Inside {
            url: String::new(),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            keys: Vec::new(),
            requests: Vec::new(),
            forms: Vec::new(),
            faults: HashMap::new(),
            claims: json!({}),
            header: json!({}),
            padding: 0,
            withholds_refresh_tokens: false,
            issued: 0,
            secrets: Vec::new(),
        };
        let shared = Arc::new(Shared(Mutex::new(inside)));
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/revoke", post(revoke))
            .layer(from_fn_with_state(Arc::clone(&shared), watch))
            .with_state(Arc::clone(&shared));
        let serving = Serving::start(app).await;
        shared.lock().url.clone_from(&serving.url);
        let provider = Self { url: serving.url.clone(), shared, _serving: serving };
        provider.rotate();
        provider
    }

    /// A user signs in at `authorization_url`: what comes back in the callback's query as `code`.
    #[must_use]
    pub fn sign_in(&self, authorization_url: &str, user: &Value) -> String {
        let query = query(authorization_url);
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!((&*query["client_id"], &*query["response_type"]), (CLIENT_ID, "code"));
        let mut inside = self.shared.lock();
        let code = inside.next("code");
        let signed_in = SignedIn {
            challenge: query["code_challenge"].clone(),
            redirect_uri: query["redirect_uri"].clone(),
            nonce: query.get("nonce").cloned(),
            user: user.clone(),
        };
        inside.codes.insert(code.clone(), signed_in);
        code
    }

    /// A new key signs from now on. The former ones are still published.
    pub fn rotate(&self) {
        let mut inside = self.shared.lock();
        let kid = format!("key-{}", inside.keys.len());
        inside.keys.push((kid, Ed25519KeyPair::generate().expect("a key")));
    }

    /// What `path` answers from now on; `None`: the usual.
    pub fn fault(&self, path: &str, fault: Option<Fault>) {
        let mut inside = self.shared.lock();
        match fault {
            Some(fault) => inside.faults.insert(path.to_owned(), fault),
            None => inside.faults.remove(path),
        };
    }

    /// Holds back what `path` answers.
    #[must_use]
    pub fn hold(&self, path: &str) -> Gate {
        let gate = Gate { reached: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) };
        self.fault(path, Some(Fault::Waits(gate.clone())));
        gate
    }

    /// Makes the tokens that are issued from now on longer by so many characters.
    pub fn pad_tokens(&self, characters: usize) {
        self.shared.lock().padding = characters;
    }

    /// Whether a login comes with a refresh token from now on. Many providers issue one at the first consent alone.
    pub fn issue_refresh_tokens_at_login(&self, are_issued: bool) {
        self.shared.lock().withholds_refresh_tokens = !are_issued;
    }

    /// What ID tokens claim beyond the usual, or in its place; `null` takes a claim away.
    pub fn claims(&self, claims: Value) {
        self.shared.lock().claims = claims;
    }

    /// The same of the ID tokens' header.
    pub fn header(&self, header: Value) {
        self.shared.lock().header = header;
    }

    /// What it publishes of itself.
    #[must_use]
    pub fn metadata(&self) -> Value {
        metadata(&self.url)
    }

    /// The paths of the requests that have come since this was asked last.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.lock().requests)
    }

    /// The forms that have been posted since this was asked last.
    #[must_use]
    pub fn forms(&self) -> Vec<HashMap<String, String>> {
        std::mem::take(&mut self.shared.lock().forms)
    }

    /// All codes and tokens that were ever issued.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.shared.lock().secrets.clone()
    }

    /// The refresh tokens that are good.
    #[must_use]
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.shared.lock().refresh_tokens.keys().cloned().collect()
    }
}

/// `object` with what `changes` says; `null` takes a member away.
fn with(mut object: Value, changes: &Value) -> Value {
    let members = object.as_object_mut().expect("an object");
    members.extend(changes.as_object().expect("an object").clone());
    members.retain(|_, value| !value.is_null());
    object
}

/// The parameters of an address.
#[must_use]
pub fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url).expect("an address").query_pairs().into_owned().collect()
}
