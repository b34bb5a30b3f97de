//! The example as a process: without any setup, and with what it takes from the environment.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use axum_users_tests::{Answer, Client, Process, stop_in_the_middle};
use reqwest::Method;

const EMAIL: &str = "arthur@camelot.bt";
const PASSWORD: &str = "guinevere sings";

const VARIABLES: [&str; 7] =
    ["BIND", "BASE_URL", "DATABASE_URL", "SECRET", "OAUTH_ISSUER", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"];

fn command(folder: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_web"));
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.current_dir(folder).env("BIND", "127.0.0.1:0").envs(environment.iter().copied());
    command
}

async fn send(client: &Client, page: &str, fields: &[(&str, &str)]) -> Answer {
    Answer::of(client.request(Method::POST, page).form(fields)).await
}

/// Signs up, and verifies the email with the link in the mailbox: a login needs that.
async fn sign_up(client: &Client) {
    let typed = [("display_name", ""), ("email", EMAIL), ("password", PASSWORD)];
    assert_eq!(send(client, "/sign-up", &typed).await.header("location"), "/sign-up/done");
    // The mail is written in the background.
    for _ in 0..1000 {
        let mailbox = client.get("/mailbox").await.text;
        let Some((_, rest)) = mailbox.split_once("href=\"/verify?token=") else { continue };
        let (token, _) = rest.split_once('"').expect("the end of the link");
        let answer = send(client, "/verify", &[("token", token), ("password", PASSWORD)]).await;
        assert_eq!(answer.header("location"), "/sign-in?notice=verified");
        return;
    }
    panic!("there is no mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn needs_no_setup_and_keeps_its_users() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let start = || Process::start(&mut command(folder.path(), &[]));
    let first = start();
    sign_up(&first.client).await;
    drop(first);
    assert!(folder.path().join("web.db").is_file());
    let second = start();
    let answer = send(&second.client, "/sign-in", &[("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/account");
    assert!(answer.header("set-cookie").starts_with("axum-users="), "{:?}", answer.headers);
}

/// Over TLS the cookie is for TLS alone, and for this host alone.
#[tokio::test(flavor = "multi_thread")]
async fn keeps_its_cookie_to_tls() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let environment = [
        ("BASE_URL", "https://camelot.bt"),
        ("DATABASE_URL", "sqlite:///./other.db?mode=rwc"),
        ("SECRET", "excalibur-excalibur-excalibur-excalibur"),
    ];
    let process = Process::start(&mut command(folder.path(), &environment));
    sign_up(&process.client).await;
    let answer = send(&process.client, "/sign-in", &[("email", EMAIL), ("password", PASSWORD)]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-axum-users=") && cookie.contains("; Secure"), "{cookie}");
    assert!(folder.path().join("other.db").is_file() && !folder.path().join("web.db").exists());
}

/// An issuer is shown where one signs in, by where it is.
#[tokio::test(flavor = "multi_thread")]
async fn shows_another_service() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let environment = [
        ("OAUTH_ISSUER", "https://id.camelot.bt/realms/table"),
        ("OAUTH_CLIENT_ID", "camelot"),
        ("OAUTH_CLIENT_SECRET", "the-lady-of-the-lake"),
    ];
    let process = Process::start(&mut command(folder.path(), &environment));
    let page = process.client.get("/sign-in").await;
    assert!(page.text.contains("Sign in with id.camelot.bt</a>"), "{}", page.text);
}

#[test]
fn says_what_is_wrong_with_its_environment() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let oauth = [
        ("OAUTH_ISSUER", "https://id.camelot.bt"),
        ("OAUTH_CLIENT_ID", "camelot"),
        ("OAUTH_CLIENT_SECRET", "the-lady-of-the-lake"),
    ];
    let together = "OAUTH_ISSUER, OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET go together";
    for (environment, told) in [
        (vec![("BIND", &*address)], format!("{address} can't be had: try BIND=127.0.0.1:8001")),
        (vec![("SECRET", "short")], "shorter than 32 bytes".to_owned()),
        (oauth[..1].to_vec(), together.to_owned()),
        (oauth[1..].to_vec(), together.to_owned()),
        ([&oauth[..], &[("BASE_URL", "http://camelot.bt")]].concat(), "not reached over TLS".to_owned()),
    ] {
        let output = command(folder.path(), &environment).output().expect("the example runs");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(!output.status.success(), "{environment:?}");
        assert!(error.contains(&told), "{environment:?}: {error}");
        assert!(!error.contains("the-lady-of-the-lake"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_stop_it_gracefully() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (signal, name) in [("TERM", "arthur"), ("INT", "merlin")] {
        let mut process = Process::start(&mut command(folder.path(), &[]));
        let body = format!("display_name=&email={name}%40camelot.bt&password={}", PASSWORD.replace(' ', "+"));
        let request = ("/sign-up", "application/x-www-form-urlencoded", &*body);
        let (answer, end) = stop_in_the_middle(&mut process, signal, request).await;
        assert!(answer.starts_with("HTTP/1.1 303"), "{signal}: {answer}");
        assert!(end.success(), "{signal}: {end}");
    }
}
