//! The example as a process: what it takes from the environment, where it serves what, and the lines that it prints.

use std::io::Read;
use std::process::{Command, Stdio};

use axum_users_tests::redis_server::AnyRedis;
use axum_users_tests::{Answer, Client, Process, stop_in_the_middle};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

const EMAIL: &str = "arthur@camelot.bt";
const PASSWORD: &str = "guinevere";

/// A running example.
struct Running {
    process: Process,
    client: Client,
    _folder: TempDir,
}

fn command(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_camelot"));
    for name in
        ["DATABASE_URL", "SECRET", "COMPAT", "POLICY", "REDIS_URL", "OAUTH_ISSUER", "BASE_URL", "LIMITS"]
    {
        command.env_remove(name);
    }
    command.env("BIND", "127.0.0.1:0");
    command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Running {
    fn start(compat: &str, redis: &str) -> Self {
        Self::with(redis, &[("COMPAT", compat)])
    }

    fn with(redis: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = format!("sqlite://{}", folder.path().join("camelot.db").display());
        let mut command = command(&[
            ("DATABASE_URL", &database),
            ("SECRET", "excalibur-excalibur-excalibur-excalibur"),
            ("REDIS_URL", redis),
            // All runs of the tests share one Redis, and its counters would outlive a run.
            ("LIMITS", if redis.is_empty() { "" } else { "off" }),
        ]);
        let process = Process::start(command.envs(environment.iter().copied()));
        let client = process.client.clone();
        Self { process, client, _folder: folder }
    }

    fn line(&self) -> String {
        self.process.line()
    }

    /// The end of the next line, which must begin like this.
    #[track_caller]
    fn token(&self, start: &str) -> String {
        let line = self.line();
        line.strip_prefix(start).unwrap_or_else(|| panic!("`{line}` is not `{start}…`")).to_owned()
    }

    async fn login(&self, backend: &str, id: &str, password: &str) -> Answer {
        let form = [("username", EMAIL), ("password", password)];
        let request = self.client.request(Method::POST, &format!("/auth/{backend}/login"));
        let answer = Answer::of(request.form(&form)).await;
        assert_eq!(answer.status, 200, "{backend}: {}", answer.text);
        assert_eq!(self.line(), format!("User {id} logged in."));
        answer
    }
}

fn hello(name: &str) -> Value {
    json!({ "message": format!("Hello {name}!") })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life() {
    let redis = AnyRedis::find();
    for (compat, cookie) in [("", "__Host-axum-users"), ("fastapi-users", "fastapiusersauth")] {
        let camelot = Running::start(compat, redis.as_ref().map_or("", AnyRedis::url));
        let anyone = camelot.client.clone();
        anyone.get("/optional").await.is(200, &hello("anonymous"));
        anyone.get("/nowhere").await.refuses(404, json!("Not Found"));
        let short = anyone.register(EMAIL, "ab").await;
        let reason = json!({ "code": "REGISTER_INVALID_PASSWORD", "reason": "Password should be at least 3 characters" });
        short.refuses(400, reason);
        let reason =
            json!({ "code": "REGISTER_INVALID_PASSWORD", "reason": "Password should not contain e-mail" });
        anyone.register(EMAIL, &format!("my {EMAIL}")).await.refuses(400, reason);

        let user = anyone.register(EMAIL, PASSWORD).await;
        let id = user.json["id"].as_str().expect("an id").to_owned();
        user.is(
            201,
            &json!({ "id": id, "email": EMAIL, "is_active": true, "is_superuser": false, "is_verified": false }),
        );
        assert_eq!(camelot.line(), format!("User {id} has registered."));

        anyone.post_json("/auth/request-verify-token", json!({ "email": EMAIL })).await.is(202, &json!(null));
        let token = camelot.token(&format!("Verification requested for user {id}. Verification token: "));
        assert_eq!(anyone.post_json("/auth/verify", json!({ "token": token })).await.status, 200);
        assert_eq!(camelot.line(), format!("User {id} has been verified"));

        anyone.post_json("/auth/forgot-password", json!({ "email": EMAIL })).await.is(202, &json!(null));
        let token = camelot.token(&format!("User {id} has forgot their password. Reset token: "));
        let body = json!({ "token": token, "password": "lancelot" });
        anyone.post_json("/auth/reset-password", body).await.is(200, &json!(null));
        assert_eq!(camelot.line(), format!("User {id} has reset their password."));

        for backend in ["jwt", "db"].into_iter().chain(redis.as_ref().map(|_| "redis")) {
            let answer = camelot.login(backend, &id, "lancelot").await;
            let token = answer.json["access_token"].as_str().expect("a token");
            let client = anyone.with("authorization", &format!("Bearer {token}"));
            for place in ["/authenticated", "/verified", "/optional"] {
                client.get(place).await.is(200, &hello(EMAIL));
            }
            client.get("/superuser").await.refuses(403, json!("Forbidden"));
            let change = json!({ "password": "lancelot", "is_active": false });
            assert_eq!(client.patch("/users/me", change).await.status, 200);
            // Neither the password nor what a user may not set.
            assert_eq!(camelot.line(), format!("User {id} has been updated with {{}}."));
        }
        let answer = camelot.login("cookie", &id, "lancelot").await;
        let (name, token) = answer.cookie().expect("a cookie");
        assert_eq!(name, cookie, "{compat}");
        assert!(answer.header("set-cookie").contains("; Max-Age=3600"));
        anyone.with("cookie", &format!("{name}={token}")).get("/authenticated").await.is(200, &hello(EMAIL));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strict_policy_is_read_from_the_environment() {
    let camelot = Running::with("", &[("POLICY", "strict")]);
    let anyone = camelot.client.clone();
    // The rules of `validate_password` are those of the app without a policy.
    let short =
        json!({ "code": "REGISTER_INVALID_PASSWORD", "reason": "Password should be at least 8 characters" });
    anyone.register(EMAIL, "ab").await.refuses(400, short);
    anyone.register(EMAIL, "correct horse battery").await.is(202, &json!(null));
    let line = camelot.line();
    let id = line.strip_prefix("User ").and_then(|line| line.strip_suffix(" has registered."));
    let id = id.unwrap_or_else(|| panic!("`{line}` names no user")).to_owned();
    anyone.register(EMAIL, "correct horse battery").await.is(202, &json!(null));
    let ignored = "exists; a registration with the same email was ignored.";
    assert_eq!(camelot.line(), format!("User {id} {ignored}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_redis_unless_its_address_is_given() {
    let camelot = Running::start("", "");
    camelot.client.post("/auth/redis/login").await.refuses(404, json!("Not Found"));
}

/// What must be said, and what can't be, is told on standard error.
#[test]
fn says_what_is_wrong_with_its_environment() {
    let secret = ("SECRET", "excalibur-excalibur-excalibur-excalibur");
    for (environment, told) in [
        (vec![], "SECRET must be set"),
        (vec![("SECRET", "short"), ("DATABASE_URL", "sqlite://never-opened.db")], "shorter than 32 bytes"),
        (
            vec![secret, ("DATABASE_URL", "oracle://x")],
            "expected a database URL that begins with sqlite:// or postgresql:// or mysql://",
        ),
        (vec![secret, ("REDIS_URL", "http://x")], "REDIS_URL"),
        (
            vec![secret, ("OAUTH_ISSUER", "https://avalon.bt"), ("OAUTH_CLIENT_ID", "camelot")],
            "OAUTH_ISSUER is set, so OAUTH_CLIENT_SECRET must be, too",
        ),
        (vec![secret, ("POLICY", "lax")], "expected `strict`, `default` or nothing in POLICY, found `lax`"),
        (vec![secret, ("COMPAT", "devise")], "COMPAT is `fastapi-users` or nothing, not `devise`"),
    ] {
        let mut process = command(&environment).spawn().expect("the example starts");
        let mut error = String::new();
        process.stderr.take().expect("its log").read_to_string(&mut error).expect("text");
        assert!(!process.wait().expect("an end").success(), "{environment:?}");
        assert!(error.contains(told), "{environment:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_on_unless_they_are_switched_off() {
    let camelot = Running::start("", "");
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let form = [("username", EMAIL), ("password", "guess")];
        let request = camelot.client.request(Method::POST, "/auth/jwt/login").form(&form);
        statuses.push(Answer::of(request).await.status.as_u16());
    }
    assert_eq!(statuses, [[400; 10].as_slice(), &[429]].concat());
}

/// A request that is on its way is answered, and its user is there after the next start.
#[tokio::test(flavor = "multi_thread")]
async fn signals_stop_it_gracefully() {
    let mut camelot = Running::start("", "");
    for (signal, email) in [("TERM", "arthur@camelot.bt"), ("INT", "merlin@camelot.bt")] {
        let body = json!({ "email": email, "password": PASSWORD }).to_string();
        let request = ("/auth/register", "application/json", &*body);
        let (answer, end) = stop_in_the_middle(&mut camelot.process, signal, request).await;
        assert!(answer.starts_with("HTTP/1.1 201"), "{signal}: {answer}");
        assert!(end.success(), "{signal}: {end}");
        camelot = Running::start("", "");
    }
}
