//! What the harness knows to be secret, since it sent it, was answered with it or made it up: passwords, tokens, codes,
//! states, cookies and keys.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum_users::token::digest;
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use serde_json::Value;
use url::Url;

use crate::traces::is_alone;

/// What is shorter may stand anywhere.
const MIN_BYTES: usize = 8;

/// Words of the app's own, which stand in logs whatever somebody sends.
const WORDS: [&str; 1] = ["password"];

/// How each hash of a password begins.
pub(crate) const HASHES: [&str; 4] = ["$argon2", "$2a$", "$2b$", "$2y$"];

/// Fields of bodies and queries whose values are secrets.
const SECRET: [&str; 10] = [
    "password",
    "current_password",
    "token",
    "access_token",
    "refresh_token",
    "id_token",
    "code",
    "code_verifier",
    "state",
    "client_secret",
];

/// Fields whose values are none, whatever else they are sent as: a test may send an address for a password.
const PUBLIC: [&str; 4] = ["id", "email", "username", "display_name"];

#[derive(Default)]
struct Known {
    secrets: BTreeSet<String>,
    public: BTreeSet<String>,
    /// The addresses of servers that nobody here wrote.
    foreign: BTreeSet<String>,
}

/// Of one test: nothing is kept in mind where several share a process.
static KNOWN: Mutex<Known> =
    Mutex::new(Known { secrets: BTreeSet::new(), public: BTreeSet::new(), foreign: BTreeSet::new() });

fn known() -> MutexGuard<'static, Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Known {
    fn learn(&mut self, secret: &str) {
        let told = secret.trim();
        if told.len() >= MIN_BYTES && !WORDS.contains(&told) && !self.secrets.contains(secret) {
            self.secrets.insert(secret.to_owned());
        }
    }

    fn learn_field(&mut self, name: &str, value: &str) {
        if SECRET.contains(&name) {
            self.learn(value);
        } else if PUBLIC.contains(&name) {
            self.public.insert(value.to_owned());
        } else if name == "authorization_url" {
            self.learn_query(value);
        }
    }

    fn learn_json(&mut self, json: &Value) {
        for (name, value) in json.as_object().into_iter().flatten() {
            if let Some(value) = value.as_str() {
                self.learn_field(name, value);
            }
        }
    }

    fn learn_query(&mut self, url: &str) {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        self.learn_form(query.split('#').next().unwrap_or_default().as_bytes());
    }

    fn learn_form(&mut self, form: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(form) {
            self.learn_field(&name, &value);
        }
    }

    /// The values of cookies, and a bearer token.
    fn learn_headers(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(COOKIE).iter().chain(headers.get_all(SET_COOKIE)) {
            for cookie in value.to_str().unwrap_or_default().split(';').take(1) {
                self.learn(cookie.split_once('=').map_or("", |(_, value)| value.trim()));
            }
        }
        for value in headers.get_all(AUTHORIZATION) {
            self.learn(value.to_str().unwrap_or_default().split_once(' ').map_or("", |(_, token)| token));
        }
        if let Some(location) = headers.get(LOCATION) {
            self.learn_query(location.to_str().unwrap_or_default());
        }
    }
}

/// Keeps `secret` in mind: no log may show it, and no answer.
pub fn secret(secret: &str) {
    known().learn(secret);
}

/// What the server at `url` answers is not for us to judge: an app on FastAPI Users, or a provider.
pub fn not_ours(url: &str) {
    known().foreign.insert(url.trim_end_matches('/').to_owned());
}

/// Keeps in mind what is secret in a request.
pub(crate) fn sent(request: &Request) {
    if !is_alone() {
        return;
    }
    let mut known = known();
    known.learn_headers(request.headers());
    known.learn_query(request.url().as_str());
    let Some(body) = request.body().and_then(|body| body.as_bytes()) else { return };
    match serde_json::from_slice(body) {
        Ok(json) => known.learn_json(&json),
        Err(_) => known.learn_form(body),
    }
}

/// Keeps in mind what is secret in an answer, and fails where the answer shows a secret that it is not meant to carry.
#[track_caller]
pub(crate) fn answered(url: &Url, headers: &HeaderMap, json: &Value, text: &str) {
    if !is_alone() {
        return;
    }
    let mut known = known();
    known.learn_headers(headers);
    known.learn_json(json);
    if known.foreign.contains(&url.origin().ascii_serialization()) {
        return;
    }
    let mut shown = match json.as_object() {
        Some(object)
            if ["access_token", "authorization_url"].iter().any(|name| object.contains_key(*name)) =>
        {
            let mut object = object.clone();
            object.retain(|name, _| name != "access_token" && name != "authorization_url");
            Value::from(object).to_string()
        }
        _ => text.to_owned(),
    };
    // Both carry what they are meant to.
    for (name, value) in headers.iter().filter(|(name, _)| !matches!(**name, SET_COOKIE | LOCATION)) {
        shown.push_str(&format!("\n{name}: {}", String::from_utf8_lossy(value.as_bytes())));
    }
    let hash = HASHES.into_iter().find(|hash| shown.contains(hash)).map(str::to_owned);
    // A page may have a token in a form.
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let mut secrets = known.secrets.difference(&known.public).filter(|_| !is_page);
    let found = hash.or_else(|| {
        secrets.find(|&secret| shown.contains(secret) || shown.contains(&digest(secret))).cloned()
    });
    // A panic would else poison what other tests of the process know.
    drop(known);
    if let Some(found) = found {
        panic!("an answer shows `{found}`: {shown}");
    }
}

/// All that no log may show.
pub(crate) fn secrets() -> Vec<String> {
    let known = known();
    known.secrets.difference(&known.public).cloned().collect()
}
