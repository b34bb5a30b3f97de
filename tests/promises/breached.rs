//! B26: passwords that were stolen are refused, where an app asks for them; and whom it asks learns nothing of a password.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum_users::app::StartError;
use axum_users::password::{BreachCheckError, BreachedPasswords, OnUnavailable};
use axum_users::prelude::*;
use axum_users_tests::ranges::{Ranges, Script, sha1};
use axum_users_tests::{
    Backend, Options, Server, has_own_process, on_each_store, trace_everything, traced, untraced,
};
use serde_json::{Value, json};

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD, in_time, reset_token};

const STOLEN: &str = "the grail is in tintagel";
const UNKNOWN: &str = "the grail is elsewhere";
const REASON: &str = "Password was stolen somewhere, and is known";

/// What asks a service, with time enough for a slow machine.
fn asking(ranges: &Ranges, on_unavailable: OnUnavailable) -> PwnedPasswords {
    let timeout = Duration::from_secs(60);
    PwnedPasswords::default().address(ranges.address.clone()).timeout(timeout).on_unavailable(on_unavailable)
}

/// A server that asks, with Arthur, of whose password nobody has asked yet.
async fn server(options: Options, list: impl BreachedPasswords, ranges: &Ranges) -> Server {
    let server =
        Server::of(options, |_| {}, |setup| setup.breached_passwords(list)).await.expect("it starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    drop(ranges.requests());
    server
}

fn hashes(server: &Server) -> usize {
    server.hashing.hashes.load(Ordering::SeqCst)
}

fn invalid(code: &str) -> Value {
    json!({ "code": code, "reason": REASON })
}

#[on_each_store]
async fn a_stolen_password_is_refused_wherever_one_is_set() {
    for compat in COMPAT_MODES {
        let ranges = Ranges::start().await;
        ranges.has_seen(STOLEN, 3);
        let options = Options { compat, ..Options::default() };
        let server = server(options, asking(&ranges, OnUnavailable::Reject), &ranges).await;
        let (anyone, session) =
            (server.client(), server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await);
        let token = reset_token(&server, ARTHUR).await;
        let before = hashes(&server);
        for email in [ARTHUR, "kay@camelot.bt"] {
            let answer = anyone.register(email, STOLEN).await;
            answer.refuses(400, invalid("REGISTER_INVALID_PASSWORD"));
        }
        let answer = session.patch("/users/me", json!({ "password": STOLEN })).await;
        answer.refuses(400, invalid("UPDATE_USER_INVALID_PASSWORD"));
        let reset = |password: &str| {
            let (anyone, body) = (anyone.clone(), json!({ "token": token, "password": password }));
            async move { anyone.post_json("/auth/reset-password", body).await }
        };
        reset(STOLEN).await.refuses(400, invalid("RESET_PASSWORD_INVALID_PASSWORD"));
        assert_eq!(hashes(&server), before, "it is asked before anything is hashed");
        assert_eq!(ranges.requests().len(), 4);
        // Another one is taken at each of them.
        assert_eq!(anyone.register("kay@camelot.bt", UNKNOWN).await.status, 201);
        assert_eq!(reset(UNKNOWN).await.status, 200);
        let session = anyone.signed_in(Backend::Db, ARTHUR, UNKNOWN).await;
        let body = json!({ "password": "the grail is broken" });
        assert_eq!(session.patch("/users/me", body).await.status, 200);
        assert_eq!(ranges.requests().len(), 3, "a sign-in asks nobody");
    }
}

/// What pads an answer was seen no time.
#[on_each_store]
async fn a_password_that_was_seen_no_time_is_taken() {
    let ranges = Ranges::start().await;
    ranges.has_seen(STOLEN, 0);
    let server = server(Options::default(), asking(&ranges, OnUnavailable::Reject), &ranges).await;
    assert_eq!(server.client().register("kay@camelot.bt", STOLEN).await.status, 201);
    assert_eq!(ranges.requests().len(), 1);
}

/// The service is the last to be asked.
#[on_each_store]
async fn nobody_is_asked_about_a_password_that_breaks_another_rule() {
    let ranges = Ranges::start().await;
    let options = Options { policy: Policy::strict(), ..Options::default() };
    let server = server(options, asking(&ranges, OnUnavailable::Reject), &ranges).await;
    let too_long = "x".repeat(1025);
    for password in ["", "ab", "seven 7", "password", "kay2kay2kay", "my kay@camelot.bt", &too_long] {
        let answer = server.client().register("kay@camelot.bt", password).await;
        assert_eq!(answer.detail()["code"], "REGISTER_INVALID_PASSWORD", "{password}");
    }
    assert_eq!(ranges.requests(), Vec::<String>::new());
}

/// All that leaves the process is kept, byte for byte.
#[on_each_store]
async fn five_digits_leave_and_nothing_else() {
    if !has_own_process() {
        return;
    }
    trace_everything();
    let ranges = Ranges::start().await;
    ranges.has_seen(STOLEN, 3);
    let server = server(Options::default(), asking(&ranges, OnUnavailable::Reject), &ranges).await;
    for password in [STOLEN, UNKNOWN, "päßwörd 🗡"] {
        server.client().register("kay@camelot.bt", password).await;
    }
    let requests = ranges.requests();
    let mut alike = Vec::new();
    for (request, password) in requests.iter().zip([STOLEN, UNKNOWN, "päßwörd 🗡"]) {
        let digest = sha1(password);
        let (sent, kept) = digest.split_at(5);
        assert!(request.starts_with(&format!("GET /range/{sent} HTTP/1.1\r\n")), "{request}");
        assert!(request.to_lowercase().contains("\r\nadd-padding: true\r\n"), "{request}");
        assert!(!request.to_uppercase().contains(kept) && !request.contains(password), "{request}");
        untraced([kept, &*kept.to_lowercase(), password]);
        alike.push(request.replacen(sent, "", 1));
    }
    // But for the five digits they are one.
    assert_eq!(alike.len(), 3);
    assert!(alike.iter().all(|request| *request == alike[0]), "{alike:?}");
    assert!(!alike[0].contains("kay"), "{alike:?}");
}

/// What is no answer of such a service.
fn failures() -> Vec<Script> {
    let line = &sha1("other")[5..];
    let lines = |text: &str| Script::Answers(200, text.to_owned());
    vec![
        Script::Answers(500, format!("{line}:1\r\n")),
        Script::Answers(503, String::new()),
        Script::Answers(429, String::new()),
        Script::Answers(404, String::new()),
        Script::Answers(204, String::new()),
        Script::Redirects,
        lines(""),
        lines("<html><title>Sign in to the hotel's network</title></html>"),
        lines(&format!("{line}:1\r\n{line}\r\n")),
        lines(&format!("{line}:many\r\n")),
        lines(&format!("{}:1\r\n", &line[1..])),
        lines(&format!("{line}:1\r\n{}", "\u{feff}")),
        Script::Endless,
        Script::HangsUp,
    ]
}

#[on_each_store]
async fn a_service_that_fails_refuses_where_the_app_says_so() {
    let ranges = Ranges::start().await;
    let server = server(Options::default(), asking(&ranges, OnUnavailable::Reject), &ranges).await;
    let token = reset_token(&server, ARTHUR).await;
    let before = hashes(&server);
    let body = json!({ "token": token, "password": UNKNOWN });
    for script in failures() {
        ranges.follow(script.clone());
        for answer in [
            server.client().register("kay@camelot.bt", UNKNOWN).await,
            server.client().post_json("/auth/reset-password", body.clone()).await,
        ] {
            answer.refuses(503, json!("Service Unavailable"));
            assert!(!answer.header("retry-after").is_empty(), "{script:?}");
        }
        assert_eq!(ranges.requests().len(), 2, "{script:?}: it is asked once, and not elsewhere");
    }
    assert_eq!(hashes(&server), before);
    // It works again by itself, and no token was used up.
    ranges.follow(Script::Lists);
    assert_eq!(server.client().post_json("/auth/reset-password", body).await.status, 200);
}

#[on_each_store]
async fn a_service_that_fails_is_done_without_by_default() {
    if !has_own_process() {
        return;
    }
    trace_everything();
    let ranges = Ranges::start().await;
    let PwnedPasswords { on_unavailable, .. } = PwnedPasswords::default();
    let server = server(Options::default(), asking(&ranges, on_unavailable), &ranges).await;
    for (n, script) in failures().into_iter().enumerate() {
        ranges.follow(script.clone());
        let email = format!("knight{n}@camelot.bt");
        assert_eq!(server.client().register(&email, UNKNOWN).await.status, 201, "{script:?}");
    }
    let warnings = traced().matches("a password was taken without a look for it in breaches").count();
    assert_eq!(warnings, failures().len());
    untraced([UNKNOWN, &sha1(UNKNOWN)[5..]]);
}

/// It is given up after its time, whatever the service does meanwhile.
#[on_each_store]
async fn a_service_that_is_silent_is_waited_for_no_longer_than_it_may_take() {
    for (on_unavailable, status) in [(OnUnavailable::Reject, 503), (OnUnavailable::Accept, 201)] {
        let ranges = Ranges::start().await;
        ranges.follow(Script::Hangs);
        let list = asking(&ranges, on_unavailable).timeout(Duration::from_millis(50));
        let server = Server::of(Options::default(), |_| {}, |setup| setup.breached_passwords(list));
        let server = server.await.expect("it starts");
        let answer = in_time(server.client().register("kay@camelot.bt", UNKNOWN)).await;
        assert_eq!(answer.status, status);
    }
}

#[on_each_store]
async fn nobody_is_there() {
    let address = Ranges::start().await.address.clone();
    for (on_unavailable, status) in [(OnUnavailable::Reject, 503), (OnUnavailable::Accept, 201)] {
        let list = PwnedPasswords::default().address(address.clone()).on_unavailable(on_unavailable);
        let server = Server::of(Options::default(), |_| {}, |setup| setup.breached_passwords(list));
        let server = server.await.expect("it starts all the same");
        assert_eq!(server.client().register("kay@camelot.bt", UNKNOWN).await.status, status);
    }
}

#[on_each_store]
async fn an_address_without_tls_does_not_start() {
    for address in ["http://pwned.example/range/", "pwned.example", ""] {
        let list = PwnedPasswords::default().address(address);
        let started = Server::of(Options::default(), |_| {}, |setup| setup.breached_passwords(list)).await;
        assert!(matches!(started, Err(StartError::BreachCheck(_))), "{address}");
    }
}

/// A list of the app's own.
struct Scroll;

impl BreachedPasswords for Scroll {
    async fn contains(&self, password: &Password) -> Result<bool, BreachCheckError> {
        match password.expose() {
            "it is torn here" => Err(BreachCheckError::new("the scroll is torn")),
            password => Ok(password == STOLEN),
        }
    }
}

#[on_each_store]
async fn an_app_may_have_a_list_of_its_own() {
    let server = Server::of(Options::default(), |_| {}, |setup| setup.breached_passwords(Scroll)).await;
    let server = server.expect("it starts");
    let register = |password: &str| {
        let (client, password) = (server.client(), password.to_owned());
        async move { client.register("kay@camelot.bt", &password).await }
    };
    register(STOLEN).await.refuses(400, invalid("REGISTER_INVALID_PASSWORD"));
    register("it is torn here").await.refuses(503, json!("Service Unavailable"));
    assert_eq!(register(UNKNOWN).await.status, 201);
}
