//! A client in TypeScript, which a generator makes of the document: it compiles, and does what a user does.

use std::path::Path;
use std::process::Command;

use crate::common::{Camelot, tests, variable};

/// Runs a program to its end, which must be a good one.
#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_up_and_in_and_out() {
    let Some(tools) = variable("TEST_TYPESCRIPT") else { return };
    let camelot = Camelot::start();
    // Within the folder of the tools, where their modules are found.
    let folder = tempfile::tempdir_in(&tools).expect("a temporary folder");
    let file = |name: &str| folder.path().join(name);
    let tool = |name: &str| Path::new(&tools).join("node_modules/.bin").join(name);
    for name in ["client.ts", "package.json", "tsconfig.json"] {
        std::fs::copy(tests("typescript").join(name), file(name)).expect("a copy");
    }
    let document = camelot.document().await;
    std::fs::write(file("openapi.json"), document.to_string()).expect("the document");

    run(Command::new(tool("openapi-typescript"))
        .arg(file("openapi.json"))
        .arg("--output")
        .arg(file("api.ts")));
    run(Command::new(tool("tsc")).arg("--project").arg(folder.path()));
    let said = run(Command::new("node").arg(file("client.js")).env("CAMELOT_URL", camelot.client().url()));
    assert_eq!(said, "signed up, in and out\n");
}
