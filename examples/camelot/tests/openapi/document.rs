//! The document, word for word.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::common::Camelot;

/// `INSTA_UPDATE=always` keeps what has changed.
#[tokio::test(flavor = "multi_thread")]
async fn is_as_it_was() {
    let document = sorted(Camelot::start().document().await);
    let text = serde_json::to_string_pretty(&document).expect("text");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("document", text);
    });
}

/// With every object in the order of its keys, however serde_json was built.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            json!(object.into_iter().map(|(key, value)| (key, sorted(value))).collect::<BTreeMap<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        value => value,
    }
}
