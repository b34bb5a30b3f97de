//! The SQL about sessions. A row is identified by its id in this crate's own table, and by its token in FastAPI Users'.

use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::SchemaSql;

/// The statements about sessions.
#[derive(Debug)]
pub(in super::super) struct SessionQueries {
    /// With the columns of the user.
    pub(in super::super) by_token: String,
    pub(in super::super) insert: String,
    pub(in super::super) lock: String,
    pub(in super::super) delete: String,
    pub(in super::super) delete_of: String,
    /// What spares one of them.
    pub(in super::super) and_not: String,
    /// Of this crate's own table alone.
    pub(in super::super) restamp: String,
}

impl SessionQueries {
    /// The statements for a schema; `of_user` are the columns of the user `u`.
    pub(super) fn new(schema: &SchemaSql, of_user: &str) -> Self {
        let dialect = schema.dialect;
        let quote = |name: &str| dialect.quote(name);
        let (user, id) = (quote(schema.user), quote(schema.roles.id.name));
        let (password, active) =
            (quote(schema.roles.hashed_password.name), quote(schema.roles.is_active.name));
        let sessions = quote(schema.session());
        let (key, read, written) = if schema.has_own_sessions() {
            (
                "id",
                ", t.id, t.fingerprint, t.expires_at, t.authenticated_at",
                "id, token, backend, fingerprint, created_at, seen_at, expires_at, authenticated_at",
            )
        } else {
            ("token", "", "token, created_at")
        };
        let gaps = written.split(", ").map(|_| "?").collect::<Vec<_>>().join(", ");
        let exactly = dialect.exactly();
        // A change of the password waits for the session, and so sees and ends it.
        let while_the_user_stays = match dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR SHARE",
            Dialect::Mysql => " LOCK IN SHARE MODE",
        };
        let to_write = match dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres | Dialect::Mysql => " FOR UPDATE",
        };
        Self {
            by_token: format!(
                "SELECT {of_user}, t.created_at{read} FROM {sessions} AS t JOIN {user} AS u ON u.{id} = t.user_id \
                 WHERE t.token = ?"
            ),
            // One that has a fingerprint ends with it; one that has none must not begin in the first place if the
            // password changes in the meantime.
            insert: format!(
                "INSERT INTO {sessions} ({written}, user_id) SELECT {gaps}, {id} FROM {user} \
                 WHERE {id} = ? AND {password} = ?{exactly} AND {active}{while_the_user_stays}"
            ),
            lock: format!("SELECT 1 FROM {sessions} WHERE {key} = ? AND user_id = ?{to_write}"),
            delete: format!("DELETE FROM {sessions} WHERE {key} = ? AND user_id = ?"),
            delete_of: format!("DELETE FROM {sessions} WHERE user_id = ?"),
            and_not: format!(" AND {key} <> ?"),
            restamp: format!("UPDATE {sessions} SET fingerprint = ? WHERE user_id = ? AND fingerprint = ?"),
        }
    }
}
