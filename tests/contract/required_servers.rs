//! Tests skip what has no server, unless `REQUIRE_ALL=1` forbids it.

use std::process::{Command, Output};

use axum_users_tests::{Backend, Store};

/// Tests that the tests below run once more, in a process without servers.
mod in_a_process {
    use super::*;

    fn is_set(variable: &str) -> bool {
        std::env::var_os(variable).is_some_and(|value| !value.is_empty())
    }

    #[test]
    fn needs_postgres() {
        Store::Postgres.run(async { assert!(is_set("TEST_POSTGRES_URL"), "it runs without a server") });
    }

    #[test]
    fn wants_redis() {
        assert_eq!(!Backend::all().eq(Backend::WITHOUT_REDIS), is_set("TEST_REDIS_URL"));
    }
}

/// Runs one of these tests where no server is, with `REQUIRE_ALL` and a file for what is skipped.
fn run(test: &str, require_all: &str, left_out: &std::path::Path) -> Output {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", &format!("required_servers::in_a_process::{test}")])
        .env_remove("TEST_POSTGRES_URL")
        .env("TEST_REDIS_URL", "")
        .env("REQUIRE_ALL", require_all)
        .env("TEST_LEFT_OUT", left_out)
        .output()
        .expect("it runs")
}

#[test]
fn a_missing_server_is_skipped_aloud() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (test, variable) in [("needs_postgres", "TEST_POSTGRES_URL"), ("wants_redis", "TEST_REDIS_URL")] {
        let list = folder.path().join(test);
        let output = run(test, "", &list);
        let printed = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
        let expected =
            format!("required_servers::in_a_process::{test}: {variable} is not set; ./tests/run sets it");
        let listed = std::fs::read_to_string(list).expect("a list");
        assert!(listed.lines().count() > 0 && listed.lines().all(|line| line == expected), "{listed}");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.contains(&format!("!!! LEFT OUT: {expected} !!!")), "{said}");
    }
}

#[test]
fn a_missing_server_fails_where_all_are_required() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for test in ["needs_postgres", "wants_redis"] {
        let list = folder.path().join(test);
        let output = run(test, "1", &list);
        let printed = String::from_utf8(output.stdout).expect("text");
        assert!(!output.status.success() && printed.contains("1 failed"), "{printed}");
        assert!(printed.contains("REQUIRE_ALL=1 forbids skipping"), "{printed}");
        assert!(!list.exists());
    }
}
