//! The README's own curl lines, as they stand there, against this example: from registration to deletion.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

const README: &str = include_str!("../../../README.md");

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The README's lines from registration to deletion, for the app at `address`.
fn lines(address: &str) -> String {
    let (_, chapter) = README.split_once("a user's whole life, in another terminal:").expect("the chapter");
    let (_, block) = chapter.split_once("```sh\n").expect("the lines");
    let (lines, _) = block.split_once("```").expect("their end");
    assert!(lines.starts_with("APP=http://127.0.0.1:8000\n"), "{lines}");
    lines.replace("127.0.0.1:8000", address)
}

#[test]
fn its_lines_work_as_they_stand() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let address = free.to_string();
    let mut quickstart = Running(
        Command::new(env!("CARGO_BIN_EXE_quickstart"))
            .current_dir(&folder)
            .env("BIND", &address)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts"),
    );
    let mut printed = BufReader::new(quickstart.0.stdout.take().expect("its output")).lines();
    let first = printed.next().expect("a line").expect("text");
    assert_eq!(first, format!("Listening on http://{address} - try, in another terminal:"));

    let output = Command::new("bash").arg("-c").arg(lines(&address)).output().expect("bash and curl");
    let told = String::from_utf8(output.stdout).expect("text");
    let mut rest = told.as_str();
    for part in [
        r#""email":"arthur@camelot.bt","is_active":true,"is_superuser":false,"is_verified":false,"display_name":"Arthur"}"#,
        "Hello Arthur!",
        r#""display_name":"The King"}"#,
        // Whoever asks for a token, and who signs out, is told nothing.
        "nullnull",
        r#"{"detail":"Unauthorized"}"#,
        // The superuser looks him up, and deletes him.
        r#""display_name":"The King"}"#,
        "HTTP/1.1 204 No Content",
    ] {
        let (_, behind) =
            rest.split_once(part).unwrap_or_else(|| panic!("no `{part}` in its place:\n{told}"));
        rest = behind;
    }
    let mailed =
        printed.map(|line| line.expect("text")).find(|line| line.starts_with("To arthur@camelot.bt: "));
    assert_eq!(mailed.as_deref(), Some("To arthur@camelot.bt: set a new password with"));
}

/// A port that is taken is told, and what to do about it.
#[test]
fn says_what_to_do_about_a_port_that_is_taken() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    let output = command.current_dir(&folder).env("BIND", &address).output().expect("the example starts");
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(!output.status.success());
    assert!(error.contains(&format!("{address} can't be had: try BIND=127.0.0.1:8001")), "{error}");
}

/// By Ctrl-C, and as service managers and containers stop it.
#[test]
fn signals_stop_it_gracefully() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for signal in ["TERM", "INT"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
        let command = command.current_dir(&folder).env("BIND", "127.0.0.1:0").stdout(Stdio::piped());
        let mut quickstart = Running(command.spawn().expect("the example starts"));
        let mut printed = BufReader::new(quickstart.0.stdout.take().expect("its output")).lines();
        assert!(printed.next().expect("a line").expect("text").starts_with("Listening on"));
        let kill = Command::new("kill").args(["-s", signal, &quickstart.0.id().to_string()]).status();
        assert!(kill.expect("a program `kill`").success());
        assert!(quickstart.0.wait().expect("an end").success(), "{signal}");
    }
}
