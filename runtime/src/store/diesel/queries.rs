//! The SQL of every statement, written once when the store is opened.

use diesel::result::{DatabaseErrorKind, Error};

use super::column::Dialect;
use super::schema::SchemaSql;
use crate::layout::Layout;
use crate::store::StoreError;

/// The statements of an app. A `?` is a gap for a value, a list of values or of assignments.
#[derive(Debug)]
pub(super) struct Queries {
    /// The column that an update sets to itself where nothing changes.
    pub(super) id: &'static str,
    pub(super) user_by_id: String,
    pub(super) user_by_email: String,
    pub(super) user_unless_ended: String,
    pub(super) user_by_access_token: String,
    pub(super) insert_user: String,
    /// The same for an id that the database gives.
    pub(super) insert_user_without_id: String,
    pub(super) update_user: String,
    pub(super) returning: String,
    pub(super) and_hashed_password: String,
    pub(super) and_email: String,
    pub(super) and_is_verified: String,
    pub(super) delete_user: String,
    pub(super) insert_access_token: String,
    pub(super) delete_access_token: String,
    pub(super) delete_access_tokens_of: String,
    pub(super) restamp_access_tokens_of: String,
    pub(super) end_token: String,
    pub(super) end_tokens_of: String,
    pub(super) purge_ended_tokens: String,
    pub(super) purge_access_tokens: String,
    /// What the database says when an address is another user's.
    email_taken: [String; 2],
}

impl Queries {
    pub(super) fn new(schema: &SchemaSql) -> Self {
        let quote = |name: &str| schema.dialect.quote(name);
        let list = |prefix: &str, names: &[&str]| {
            names.iter().map(|name| format!("{prefix}{}", quote(name))).collect::<Vec<_>>().join(", ")
        };
        let user = quote(schema.user);
        let tokens = quote(schema.access_token());
        let roles = &schema.roles;
        let (id, email, password) =
            (quote(roles.id.name), quote(roles.email.name), quote(roles.hashed_password.name));
        let (active, verified) = (quote(roles.is_active.name), quote(roles.is_verified.name));
        let names = schema.columns().collect::<Vec<_>>();
        let without_id = names.iter().copied().filter(|name| *name != roles.id.name).collect::<Vec<_>>();
        let all = list("", &names);
        let of_user = list("u.", &names);
        let insert = |names: &[&str]| format!("INSERT INTO {user} ({}) VALUES (?)", list("", names));
        let moment = schema.token_moment();
        let (fingerprint_of_token, fingerprint, its_value) = match schema.layout {
            Layout::Own => (", t.fingerprint", ", fingerprint", ", ?"),
            Layout::FastApiUsers => ("", "", ""),
        };
        let purge = |table: &str, moment: &str| {
            format!(
                "DELETE FROM {table} WHERE token IN (SELECT token FROM {table} WHERE {moment} < ? LIMIT ?)"
            )
        };
        Self {
            id: roles.id.name,
            user_by_id: format!("SELECT {all} FROM {user} WHERE {id} = ?"),
            user_by_email: format!("SELECT {all} FROM {user} WHERE lower({email}) = lower(?)"),
            user_unless_ended: format!(
                "SELECT {of_user} FROM {user} AS u WHERE u.{id} = ? AND NOT EXISTS \
                 (SELECT 1 FROM ended_token WHERE token = ? OR (token = ? AND ended_at >= ?))"
            ),
            user_by_access_token: format!(
                "SELECT {of_user}, t.{moment}{fingerprint_of_token} FROM {tokens} AS t \
                 JOIN {user} AS u ON u.{id} = t.user_id WHERE t.token = ?"
            ),
            insert_user: insert(&names),
            insert_user_without_id: insert(&without_id),
            update_user: format!("UPDATE {user} SET ? WHERE {id} = ?"),
            returning: format!(" RETURNING {all}"),
            and_hashed_password: format!(" AND {password} = ?"),
            and_email: format!(" AND {email} = ?"),
            and_is_verified: format!(" AND {verified} = ?"),
            delete_user: format!("DELETE FROM {user} WHERE {id} = ?"),
            // A token that has a fingerprint dies with it; one that has none must not be made in the first
            // place when the password changes in the meantime.
            insert_access_token: format!(
                "INSERT INTO {tokens} (token, user_id, {moment}{fingerprint}) \
                 SELECT ?, {id}, ?{its_value} FROM {user} WHERE {id} = ? AND {password} = ? AND {active}"
            ),
            delete_access_token: format!("DELETE FROM {tokens} WHERE token = ?"),
            delete_access_tokens_of: format!("DELETE FROM {tokens} WHERE user_id = ? AND token <> ?"),
            restamp_access_tokens_of: format!("UPDATE {tokens} SET fingerprint = ? WHERE user_id = ? AND fingerprint = ?"),
            end_token: "INSERT INTO ended_token (token, ended_at, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING".to_owned(),
            end_tokens_of: "INSERT INTO ended_token (token, ended_at, expires_at) VALUES (?, ?, ?) ON CONFLICT (token) \
                 DO UPDATE SET ended_at = excluded.ended_at, expires_at = excluded.expires_at"
                .to_owned(),
            purge_ended_tokens: purge("ended_token", "expires_at"),
            purge_access_tokens: purge(&tokens, moment),
            email_taken: email_taken(schema),
        }
    }

    /// Why a user's row was not written.
    pub(super) fn refusal(&self, error: Error) -> StoreError {
        match &error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information)
                if self.email_taken.iter().any(|message| message == information.message()) =>
            {
                StoreError::EmailTaken
            }
            _ => error.into(),
        }
    }
}

/// An app's own table may have a `UNIQUE` on the address beside our index, and either of them may be asked first.
fn email_taken(schema: &SchemaSql) -> [String; 2] {
    match schema.dialect {
        Dialect::Sqlite => [
            format!("UNIQUE constraint failed: index '{}'", schema.email_index()),
            format!("UNIQUE constraint failed: {}.{}", schema.user, schema.roles.email.name),
        ],
    }
}
