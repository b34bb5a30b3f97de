//! Two nodes of the example on one database and one Redis: what one does counts at the other with the next request, and
//! one that is killed takes nothing with it that it has answered with success.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum_users_tests::redis_server::AnyRedis;
use axum_users_tests::{Answer, Client, Database, Process, Store, on_each_server};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinHandle;

const PASSWORD: &str = "guinevere";
const ARTHUR: &str = "arthur@camelot.bt";

/// What the nodes share.
struct Shared {
    database: Database,
    redis: Option<AnyRedis>,
}

impl Shared {
    async fn create() -> Self {
        Self { database: Database::create(Store::current()).await, redis: AnyRedis::find() }
    }

    /// One more node.
    fn node(&self) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_camelot"));
        command
            .env_remove("COMPAT")
            .env("BIND", "127.0.0.1:0")
            .env("LIMITS", "off")
            .env("DATABASE_URL", self.database.address())
            .env("REDIS_URL", self.redis.as_ref().map_or("", AnyRedis::url))
            .env("SECRET", "excalibur-excalibur-excalibur-excalibur");
        Process::start(&mut command)
    }

    /// Two that start at the same moment, and make the tables between them.
    async fn two_nodes(&self) -> [Process; 2] {
        tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                [scope.spawn(|| self.node()), scope.spawn(|| self.node())]
                    .map(|node| node.join().expect("a node"))
            })
        })
    }

    fn backends(&self) -> Vec<&'static str> {
        ["jwt", "cookie", "db"].into_iter().chain(self.redis.as_ref().map(|_| "redis")).collect()
    }
}

fn sign_in(client: &Client, backend: &str, email: &str, password: &str) -> reqwest::RequestBuilder {
    client
        .request(Method::POST, &format!("/auth/{backend}/login"))
        .form(&[("username", email), ("password", password)])
}

/// The same client with what a sign-in was answered with.
fn holding(client: &Client, answer: &Answer) -> Client {
    if let Some(token) = answer.json["access_token"].as_str() {
        return client.with("authorization", &format!("Bearer {token}"));
    }
    let (name, value) = answer.cookie().expect("a cookie");
    client.with("cookie", &format!("{name}={value}"))
}

async fn signed_in(node: &Process, backend: &str, email: &str, password: &str) -> Client {
    let answer = Answer::of(sign_in(&node.client, backend, email, password)).await;
    assert_eq!(answer.status, 200, "{backend}: {}", answer.text);
    holding(&node.client, &answer)
}

/// Whether a client is signed in at a node.
async fn is_in(client: &Client, node: &Process) -> bool {
    let answer = client.at(node.client.url()).get("/authenticated").await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{}", answer.text);
    answer.status == 200
}

async fn register(node: &Process, email: &str) -> String {
    let answer = node.client.register(email, PASSWORD).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["id"].as_str().expect("an id").to_owned()
}

#[on_each_server]
async fn a_token_of_one_is_good_and_dead_at_the_other() {
    let shared = Shared::create().await;
    let [one, other] = shared.two_nodes().await;
    register(&one, ARTHUR).await;
    for backend in shared.backends() {
        for (made, ended) in [(&one, &other), (&other, &one), (&one, &one)] {
            let session = signed_in(made, backend, ARTHUR, PASSWORD).await;
            assert!(is_in(&session, &one).await && is_in(&session, &other).await, "{backend}");
            let answer = session.at(ended.client.url()).post(&format!("/auth/{backend}/logout")).await;
            assert_eq!(answer.status, 200, "{backend}: {}", answer.text);
            assert!(!is_in(&session, &one).await && !is_in(&session, &other).await, "{backend}");
        }
    }
    // A new password ends all of them, wherever they were made.
    let mut sessions = Vec::new();
    for backend in shared.backends() {
        for node in [&one, &other] {
            sessions.push((backend, signed_in(node, backend, ARTHUR, PASSWORD).await));
        }
    }
    let session = signed_in(&one, "jwt", ARTHUR, PASSWORD).await;
    assert_eq!(session.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
    for (backend, session) in &sessions {
        assert!(!is_in(session, &other).await && !is_in(session, &one).await, "{backend}");
    }
    let answer = Answer::of(sign_in(&other.client, "db", ARTHUR, PASSWORD)).await;
    answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    drop(signed_in(&other, "db", ARTHUR, "lancelot").await);
}

/// The same POST at each node twice, all at the same moment: how many answers had which status and detail.
async fn at_both(nodes: &[Process; 2], path: &'static str, body: &Value) -> BTreeMap<(u16, String), usize> {
    let start = Arc::new(Barrier::new(4));
    let posts = nodes.iter().chain(nodes).map(|node| {
        let (start, client, body) = (Arc::clone(&start), node.client.clone(), body.clone());
        tokio::spawn(async move {
            start.wait().await;
            client.post_json(path, body).await
        })
    });
    let mut tally = BTreeMap::new();
    for post in posts.collect::<Vec<_>>() {
        let answer = post.await.expect("an answer");
        let detail = answer.detail().as_str().unwrap_or_default().to_owned();
        *tally.entry((answer.status.as_u16(), detail)).or_default() += 1;
    }
    tally
}

#[track_caller]
fn one_wins(tally: &BTreeMap<(u16, String), usize>, won: u16, lost: &[&str]) {
    assert_eq!(tally.get(&(won, String::new())), Some(&1), "{tally:?}");
    let others = tally.iter().filter(|((status, detail), _)| *status == 400 && lost.contains(&&**detail));
    assert_eq!(others.map(|(_, count)| count).sum::<usize>(), 3, "{tally:?}");
}

#[on_each_server]
async fn what_can_be_done_once_is_done_once() {
    let shared = Shared::create().await;
    let nodes = shared.two_nodes().await;
    for round in 0..8 {
        let email = format!("knight-{round}@camelot.bt");
        let registration = json!({ "email": email, "password": PASSWORD });
        one_wins(
            &at_both(&nodes, "/auth/register", &registration).await,
            201,
            &["REGISTER_USER_ALREADY_EXISTS"],
        );

        // Each node makes tokens that both take.
        let node = &nodes[round % 2];
        let mail = json!({ "email": email });
        assert_eq!(node.client.post_json("/auth/request-verify-token", mail.clone()).await.status, 202);
        let line = node.line_after("Verification requested for user ");
        let token = line.split_once(". Verification token: ").expect("a token").1;
        let lost = ["VERIFY_USER_BAD_TOKEN", "VERIFY_USER_ALREADY_VERIFIED"];
        one_wins(&at_both(&nodes, "/auth/verify", &json!({ "token": token })).await, 200, &lost);

        assert_eq!(node.client.post_json("/auth/forgot-password", mail).await.status, 202);
        let line = loop {
            let line = node.line_after("User ");
            if line.contains("Reset token: ") {
                break line;
            }
        };
        let token = line.split_once("Reset token: ").expect("a token").1;
        let reset = json!({ "token": token, "password": "lancelot" });
        one_wins(&at_both(&nodes, "/auth/reset-password", &reset).await, 200, &["RESET_PASSWORD_BAD_TOKEN"]);
    }
}

/// What a client was told.
#[derive(Default)]
struct Told {
    /// Who was registered.
    registered: Vec<String>,
    /// Who was signed in, with what the sign-in was answered.
    signed_in: Vec<(&'static str, Client)>,
}

/// Registers and signs in until `enough` says so, or the node is gone.
fn storm(
    node: &Process,
    name: String,
    backends: Vec<&'static str>,
    done: Arc<AtomicUsize>,
    enough: usize,
) -> JoinHandle<Told> {
    let client = node.client.clone();
    tokio::spawn(async move {
        let mut told = Told::default();
        for (number, backend) in backends.into_iter().cycle().enumerate() {
            if done.load(Ordering::SeqCst) >= enough {
                break;
            }
            let email = format!("{name}-{number}@camelot.bt");
            let register = json!({ "email": email, "password": PASSWORD });
            let registration = client.request(Method::POST, "/auth/register").json(&register);
            let Ok(answer) = Answer::unless_cut_off(registration).await else { break };
            assert_eq!(answer.status, 201, "{}", answer.text);
            told.registered.push(email.clone());
            done.fetch_add(1, Ordering::SeqCst);
            let Ok(answer) = Answer::unless_cut_off(sign_in(&client, backend, &email, PASSWORD)).await else {
                break;
            };
            assert_eq!(answer.status, 200, "{}", answer.text);
            told.signed_in.push((backend, holding(&client, &answer)));
        }
        told
    })
}

#[on_each_server]
async fn a_killed_node_takes_nothing_with_it() {
    let shared = Shared::create().await;
    let [mut one, other] = shared.two_nodes().await;
    let done = Arc::new(AtomicUsize::new(0));
    let enough = 40;
    let doomed = (0..4)
        .map(|n| storm(&one, format!("doomed-{n}"), shared.backends(), Arc::default(), usize::MAX))
        .collect::<Vec<_>>();
    let safe = (0..2)
        .map(|n| storm(&other, format!("safe-{n}"), shared.backends(), Arc::clone(&done), enough))
        .collect::<Vec<_>>();
    // In the middle of it.
    let deadline = Instant::now() + Duration::from_secs(60);
    while done.load(Ordering::SeqCst) < enough / 2 {
        assert!(Instant::now() < deadline, "the storm does not come off");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    one.kill();
    let (mut registered, mut sessions) = (Vec::new(), Vec::new());
    for (what, tasks) in [("doomed", doomed), ("safe", safe)] {
        let mut some = 0;
        for task in tasks {
            let told = task.await.expect("a client");
            some += told.registered.len();
            registered.extend(told.registered);
            sessions.extend(told.signed_in);
        }
        assert!(some > 0, "{what}");
    }

    let again = shared.node();
    for node in [&other, &again] {
        for (backend, session) in &sessions {
            assert!(is_in(session, node).await, "{backend}");
        }
    }
    let known = shared.database.texts("SELECT email AS value FROM \"user\"");
    for email in &registered {
        assert!(known.contains(email), "{email}");
        again.client.register(email, PASSWORD).await.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
    }
    for email in registered.iter().step_by(4) {
        drop(signed_in(&other, "db", email, PASSWORD).await);
    }
    drop(signed_in(&again, "jwt", registered.last().expect("a user"), PASSWORD).await);
}
