//! Settings of the server and of the database that change what text is.

use super::ask::{statements, texts};
use super::statements::Statements;
use crate::store::StoreError;
use crate::store::diesel::connection::DatabaseConnection;

/// Settings of the server and of the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Server {
    /// The encoding of the database, where there is a choice.
    pub(in super::super) encoding: Option<String>,
    /// Whether `lower` leaves all letters but those of ASCII as they are, where they could be folded.
    pub(in super::super) folds_ascii_only: bool,
    /// The modes of SQL that new sessions get.
    pub(in super::super) sql_mode: Option<String>,
}

pub(in super::super) async fn server<C: DatabaseConnection>(
    connection: &mut C,
) -> Result<Server, StoreError> {
    let Statements { encoding, folds, sql_mode, .. } = statements::<C>();
    let encoding = setting(connection, *encoding).await?;
    // The question is in characters that other encodings may not have.
    let is_unicode = encoding.as_deref() == Some("UTF8");
    let folds = if is_unicode { setting(connection, *folds).await? } else { None };
    let sql_mode = setting(connection, *sql_mode).await?;
    Ok(Server { encoding, folds_ascii_only: folds.as_deref() == Some(""), sql_mode })
}

async fn setting<C: DatabaseConnection>(
    connection: &mut C,
    sql: Option<&str>,
) -> Result<Option<String>, StoreError> {
    let Some(sql) = sql else { return Ok(None) };
    Ok(texts(connection, sql, &[]).await?.pop().map(|[value]| value))
}
