//! What rustc says of mistakes in the macros' input. `TRYBUILD=overwrite` writes the `.stderr` files anew.

use std::process::Command;

/// The release whose words the `.stderr` files hold: each one has its own.
const RELEASE: &str = "rustc 1.95.";

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs").stdout;
    let version = String::from_utf8_lossy(&version);
    if version.starts_with(RELEASE) {
        cases.compile_fail("fail/*.rs");
    } else {
        let said =
            format!("what rustc says of mistakes is pinned for {RELEASE}x, and this is {}", version.trim());
        let is_required = std::env::var_os("REQUIRE_ALL").is_some_and(|value| value == "1");
        assert!(!is_required, "REQUIRE_ALL=1 forbids skipping: {said}");
        eprintln!("LEFT OUT: {said}");
    }
}
