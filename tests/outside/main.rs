//! An app outside the workspace that depends on the runtime by its path alone: it compiles, and it serves.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum_users_tests::{Answer, Client};
use reqwest::Method;
use serde_json::json;

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Copies the app into `folder` and builds it there.
fn build(folder: &Path) -> std::path::PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = tests.parent().expect("the workspace");
    let manifest = fs::read_to_string(tests.join("outside/app/Cargo.toml.in")).expect("the manifest");
    let runtime = workspace.join("runtime").display().to_string();
    fs::write(folder.join("Cargo.toml"), manifest.replace("@RUNTIME@", &runtime)).expect("a file");
    // The workspace's own choice of versions: nothing new is fetched.
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file");
    fs::create_dir(folder.join("src")).expect("a folder");
    fs::copy(tests.join("outside/app/src/main.rs"), folder.join("src/main.rs")).expect("a file");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), Into::into);
    let target = target.join("outside");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("debug/outside")
}

#[tokio::test(flavor = "multi_thread")]
async fn compiles_and_serves() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let binary = build(folder.path());
    let mut app = Running(
        Command::new(binary)
            .arg(folder.path().join("club.db"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the app starts"),
    );
    let mut url = String::new();
    BufReader::new(app.0.stdout.take().expect("its output")).read_line(&mut url).expect("its address");
    let client = Client::new(url.trim());

    let member =
        json!({ "email": "arthur@camelot.bt", "password": "guinevere", "team": "red", "notes": "x" });
    let registered = client.post_json("/auth/register", member).await;
    registered.is(
        201,
        &json!({
            "id": 1, "email": "arthur@camelot.bt", "is_active": true, "is_superuser": false,
            "is_verified": false, "team": "red", "seats": 1,
        }),
    );
    let form = [("username", "arthur@camelot.bt"), ("password", "guinevere")];
    let login = Answer::of(client.request(Method::POST, "/auth/door/login").form(&form)).await;
    login.is(200, &json!({ "access_token": "ticket-0", "token_type": "header" }));
    let client = client.with("x-ticket", "ticket-0");
    assert_eq!(client.get("/team").await.text, "red");
    client.patch("/users/me", json!({ "team": "blue" })).await;
    assert_eq!(client.get("/team").await.text, "blue");
    client.post("/auth/door/logout").await.is(200, &json!(null));
    let refused = client.get("/team").await;
    refused.refuses(401, json!("Unauthorized"));
    assert_eq!(refused.header("www-authenticate"), "Header");
}
