//! Settings of the server and of the database that the app can't rely on, in words.

use crate::store::diesel::catalog::Server;
use crate::store::{Finding, StoreError};

/// The modes of MariaDB's that change what our statements mean.
const FOREIGN_MODES: [(&str, &str); 2] = [
    ("ORACLE", "which reads statements as Oracle does"),
    ("EMPTY_STRING_IS_NULL", "which stores an empty text as NULL"),
];

/// Refuses a database whose encoding lacks characters that this crate's own statements hold. `SQL_ASCII` has no encoding
/// and takes all bytes.
///
/// # Errors
///
/// If the encoding is neither `UTF8` nor `SQL_ASCII`.
pub(in super::super) fn refuse_encoding(server: &Server) -> Result<(), StoreError> {
    match server.encoding.as_deref() {
        None | Some("UTF8" | "SQL_ASCII") => Ok(()),
        Some(encoding) => Err(StoreError::Failed(
            format!(
                "the database has the encoding `{encoding}`, which lacks characters that emails may have\n\
                 help: move to a database that was made with `ENCODING 'UTF8'`"
            )
            .into(),
        )),
    }
}

/// Returns findings about the server's settings.
pub(super) fn check(server: &Server) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(encoding) = server.encoding.as_deref().filter(|encoding| *encoding != "UTF8") {
        findings.push(Finding::warning(format!(
            "the database has the encoding `{encoding}`, which does not check text and folds the case of ASCII letters only. \
             Move to a database that was made with `ENCODING 'UTF8'`"
        )));
    }
    if server.folds_ascii_only {
        findings.push(Finding::warning(
            "the database's LC_CTYPE folds the case of ASCII letters only: emails that differ in the case of other letters \
             belong to different users. Move to a database that was made with `LC_CTYPE 'C.UTF-8'`, for example",
        ));
    }
    for (mode, what) in FOREIGN_MODES {
        if server.sql_mode.split(',').any(|known| known.eq_ignore_ascii_case(mode)) {
            findings.push(Finding::warning(format!(
                "the server's `sql_mode` has `{mode}`, {what}: the app's own connections leave it out, other programs on \
                 this database don't"
            )));
        }
    }
    findings
}
