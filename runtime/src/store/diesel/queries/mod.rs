//! The SQL of every statement, written once when the store is opened.

mod accounts;
mod counters;
mod known;
#[cfg(all(test, feature = "sqlite"))]
mod plans;
mod purge;
mod sessions;
mod taken;

use diesel::result::Error;

pub(super) use self::accounts::{AccountQueries, account, stored_account};
pub(super) use self::counters::CounterQueries;
pub(super) use self::known::KnownClientQueries;
use self::purge::PurgeQuery;
pub(super) use self::sessions::SessionQueries;
use self::taken::Taken;
use super::dialect::Dialect;
use super::schema::SchemaSql;
use crate::store::{StoreError, Tables};

/// The statements of an app. A `?` is a gap for a value, a list of values or of assignments.
#[derive(Debug)]
pub(super) struct Queries {
    pub(super) dialect: Dialect,
    /// The column that an update sets to itself where nothing changes.
    pub(super) id: &'static str,
    pub(super) user_by_id: String,
    /// Those with either of two emails.
    pub(super) users_by_email: String,
    /// Hashes of passwords from either end of the table.
    pub(super) password_hashes: [String; 2],
    /// By the generation in which the token was issued.
    pub(super) user_unless_ended: String,
    /// By the time at which it was issued.
    pub(super) user_unless_ended_since: String,
    pub(super) user_and_generation: String,
    pub(super) active_superusers: String,
    /// Has a list of ids in its gap.
    pub(super) lock_users: String,
    pub(super) is_ended: String,
    pub(super) is_ended_since: String,
    pub(super) insert_user: String,
    /// The same for an id that the database gives.
    pub(super) insert_user_without_id: String,
    pub(super) update_user: String,
    /// What has a statement give back the row that it wrote, where the database can.
    pub(super) returning: String,
    /// The user that was just written with an id that the database gave, where it can't give it back by itself.
    pub(super) user_just_inserted: String,
    pub(super) and_hashed_password: String,
    pub(super) and_email: String,
    pub(super) and_is_verified: String,
    pub(super) delete_user: String,
    pub(super) end_token: String,
    /// The id of the user is the last of its gaps.
    pub(super) end_token_of: String,
    pub(super) end_tokens_of: String,
    pub(super) purges: Vec<PurgeQuery>,
    pub(super) sessions: SessionQueries,
    pub(super) accounts: AccountQueries,
    /// About what is counted for limits, where the schema has a table for it.
    pub(super) counters: Option<CounterQueries>,
    pub(super) known_clients: Option<KnownClientQueries>,
    email_taken: Taken,
    account_taken: Taken,
}

impl Queries {
    /// The statements for a schema; `on_the_address` are the live unique indexes on the address, `on_the_account` those
    /// on an account at another service.
    pub(super) fn new(schema: &SchemaSql, on_the_address: &[&str], on_the_account: &[&str]) -> Self {
        let quote = |name: &str| schema.dialect.quote(name);
        let list = |prefix: &str, names: &[&str]| {
            names.iter().map(|name| format!("{prefix}{}", quote(name))).collect::<Vec<_>>().join(", ")
        };
        let user = quote(schema.user);
        let roles = &schema.roles;
        let (id, email, password) =
            (quote(roles.id.name), quote(roles.email.name), quote(roles.hashed_password.name));
        let [active, superuser, verified] =
            [roles.is_active, roles.is_superuser, roles.is_verified].map(|role| quote(role.name));
        let names = schema.columns().collect::<Vec<_>>();
        let without_id = names.iter().copied().filter(|name| *name != roles.id.name).collect::<Vec<_>>();
        let all = list("", &names);
        let of_user = list("u.", &names);
        let insert = |names: &[&str]| format!("INSERT INTO {user} ({}) VALUES (?)", list("", names));
        let dialect = schema.dialect;
        let exactly = dialect.exactly();
        let lowered_email = match dialect {
            Dialect::Sqlite | Dialect::Postgres => dialect.lowered(&email),
            // The index lies on a column of its own there.
            Dialect::Mysql => quote(&schema.lowered_email()),
        };
        let lowered = dialect.lowered("?");
        let while_the_user_stays = match dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR SHARE",
            Dialect::Mysql => " LOCK IN SHARE MODE",
        };
        // In one order, so that no two writers wait for each other.
        let to_write = match dialect {
            Dialect::Sqlite => String::new(),
            Dialect::Postgres | Dialect::Mysql => format!(" ORDER BY {id} FOR UPDATE"),
        };
        let user_unless =
            |ended: &str| format!("SELECT {of_user} FROM {user} AS u WHERE u.{id} = ? AND NOT {ended}");
        let row_if = match dialect {
            Dialect::Sqlite | Dialect::Postgres => "SELECT 1 WHERE",
            Dialect::Mysql => "SELECT 1 FROM dual WHERE",
        };
        let returning = if dialect.has_returning() { format!(" RETURNING {all}") } else { String::new() };
        Self {
            dialect,
            id: roles.id.name,
            user_by_id: format!("SELECT {all} FROM {user} WHERE {id} = ?"),
            users_by_email: format!(
                "SELECT {all} FROM {user} WHERE {lowered_email} IN ({lowered}, {lowered})"
            ),
            password_hashes: ["ASC", "DESC"]
                .map(|order| format!("SELECT {password} FROM {user} ORDER BY {id} {order} LIMIT ?")),
            user_unless_ended: user_unless(ENDED),
            user_unless_ended_since: user_unless(ENDED_SINCE),
            user_and_generation: format!(
                "SELECT {of_user}, (SELECT generation FROM ended_token WHERE token = ?) FROM {user} AS u \
                 WHERE u.{id} = ?"
            ),
            active_superusers: format!("SELECT {id} FROM {user} WHERE {superuser} AND {active}"),
            lock_users: format!("SELECT {all} FROM {user} WHERE {id} IN (?){to_write}"),
            is_ended: format!("{row_if} {ENDED}"),
            is_ended_since: format!("{row_if} {ENDED_SINCE}"),
            insert_user: insert(&names),
            insert_user_without_id: insert(&without_id),
            update_user: format!("UPDATE {user} SET ? WHERE {id} = ?"),
            returning,
            user_just_inserted: format!("SELECT {all} FROM {user} WHERE {id} = last_insert_id()"),
            and_hashed_password: format!(" AND {password} = ?{exactly}"),
            and_email: format!(" AND {email} = ?{exactly}"),
            and_is_verified: format!(" AND {verified} = ?"),
            delete_user: format!("DELETE FROM {user} WHERE {id} = ?"),
            end_token: end_token(dialect, "VALUES (?, ?, ?)"),
            // It waits for those who write with the user's row locked, and have seen the token as valid.
            end_token_of: end_token(
                dialect,
                &format!("SELECT ?, ?, ? FROM {user} WHERE {id} = ?{while_the_user_stays}"),
            ),
            end_tokens_of: end_tokens_of(dialect),
            purges: schema.own_tables().filter_map(|table| PurgeQuery::of(table, schema)).collect(),
            sessions: SessionQueries::new(schema, &of_user),
            accounts: AccountQueries::new(schema, &of_user),
            counters: schema.tables.contains(Tables::LIMIT_COUNTERS).then(|| CounterQueries::new(dialect)),
            known_clients: schema
                .tables
                .contains(Tables::KNOWN_CLIENTS)
                .then(|| KnownClientQueries::new(dialect)),
            email_taken: Taken::email(schema, on_the_address),
            account_taken: Taken::account(schema, on_the_account),
        }
    }

    /// Why a row was not written.
    pub(super) fn refusal(&self, error: Error) -> StoreError {
        if self.email_taken.is(&error) {
            StoreError::EmailTaken
        } else if self.account_taken.is(&error) {
            StoreError::AccountTaken
        } else {
            error.into()
        }
    }
}

/// Whether a token is revoked, by itself or because its user is in another generation. A user without a row is in
/// generation 0.
const ENDED: &str = "(EXISTS (SELECT 1 FROM ended_token WHERE token = ?) \
                     OR coalesce((SELECT generation FROM ended_token WHERE token = ?), 0) <> ?)";

/// The same of a token without a generation, because all of its user's tokens have been revoked since it was issued.
const ENDED_SINCE: &str =
    "EXISTS (SELECT 1 FROM ended_token WHERE token = ? OR (token = ? AND ended_at >= ?))";

/// The first to write the mark wins.
fn end_token(dialect: Dialect, row: &str) -> String {
    dialect.insert_unless_there(&format!("INTO ended_token (token, ended_at, expires_at) {row}"))
}

/// The last moment counts, whichever of two nodes comes later with its own. The generation increases with each.
fn end_tokens_of(dialect: Dialect) -> String {
    let greatest = dialect.greatest();
    let (conflict, new) = match dialect {
        Dialect::Sqlite | Dialect::Postgres => ("ON CONFLICT (token) DO UPDATE SET", ["excluded.", ""]),
        Dialect::Mysql => ("ON DUPLICATE KEY UPDATE", ["VALUES(", ")"]),
    };
    let [before, behind] = new;
    let set = |column: &str| format!("{column} = {greatest}(ended_token.{column}, {before}{column}{behind})");
    format!(
        "INSERT INTO ended_token (token, ended_at, expires_at, generation) VALUES (?, ?, ?, 1) {conflict} {}, {}, \
         generation = ended_token.generation + 1",
        set("ended_at"),
        set("expires_at"),
    )
}
