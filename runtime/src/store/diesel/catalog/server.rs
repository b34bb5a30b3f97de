//! Settings of the server and of the database that change what text is, and what an error says.

use super::ask::{is_set, statements, texts};
use crate::store::StoreError;
use crate::store::diesel::connection::DatabaseConnection;

/// Settings of the server and of the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Server {
    /// The encoding of the database, where there is a choice.
    pub(in super::super) encoding: Option<String>,
    /// Whether `lower` leaves all letters but those of ASCII as they are, where they could be folded.
    pub(in super::super) folds_ascii_only: bool,
    /// The language in which the server words its errors, where the app does not set it; else empty.
    pub(in super::super) language: String,
    /// The modes of SQL that new sessions get.
    pub(in super::super) sql_mode: String,
}

pub(in super::super) async fn server<C: DatabaseConnection>(
    connection: &mut C,
) -> Result<Server, StoreError> {
    let Some(sql) = statements::<C>().server else { return Ok(Server::default()) };
    let settings = texts(connection, sql, &[]).await?.pop();
    let [encoding, folds_ascii_only, language, sql_mode] =
        settings.ok_or_else(|| StoreError::Failed("the server's settings are no row".into()))?;
    let encoding = Some(encoding).filter(|encoding| is_set(encoding));
    Ok(Server { encoding, folds_ascii_only: is_set(&folds_ascii_only), language, sql_mode })
}
