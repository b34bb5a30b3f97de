//! The document, word for word.

use crate::common::Camelot;

/// `INSTA_UPDATE=always` keeps what has changed.
#[tokio::test(flavor = "multi_thread")]
async fn is_as_it_was() {
    let document = Camelot::start().document().await;
    let text = serde_json::to_string_pretty(&document).expect("text");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("document", text);
    });
}
