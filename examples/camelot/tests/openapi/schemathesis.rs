//! Schemathesis reads the document, and sends what it allows and what it does not: every answer must be one that stands
//! there, in its form.

use std::process::Command;

use crate::common::{Camelot, tests, variable};

/// How many requests of each kind are made up for an operation, beside those for each rule in the document.
const EXAMPLES: &str = "25";

#[tokio::test(flavor = "multi_thread")]
async fn finds_nothing() {
    let Some(program) = variable("TEST_SCHEMATHESIS") else { return };
    let camelot = Camelot::start();
    let url = camelot.client().url();
    let output = Command::new(program)
        .arg("--config-file")
        .arg(tests("schemathesis/schemathesis.toml"))
        .args([
            "--no-color",
            "run",
            &format!("{url}/openapi.json"),
            "--checks",
            "all",
            "--max-examples",
            EXAMPLES,
        ])
        .env("SCHEMATHESIS_HOOKS", tests("schemathesis/hooks.py"))
        .env("CAMELOT_URL", url)
        .env("CAMELOT_DATABASE", camelot.database())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(camelot.folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    // It did look.
    let document = camelot.document().await;
    let items = document["paths"].as_object().expect("paths").values();
    let operations = items.map(|item| item.as_object().expect("operations").len()).sum::<usize>();
    assert!(said.contains(&format!("Tested: {operations}\n")), "{said}");
    let generated =
        said.lines().find_map(|line| line.trim().strip_suffix(" skipped")?.split_once(" generated"));
    let generated = generated.and_then(|(number, _)| number.parse::<usize>().ok());
    assert!(generated.is_some_and(|generated| generated > 1000), "{said}");
}
