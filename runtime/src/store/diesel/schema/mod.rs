//! The schema that an app wants: its names, its tables and its versions, which are also migrations for the Diesel CLI.

mod account_key;
mod ended_tokens;
mod known_clients;
mod limit_counters;
mod oauth_accounts;
mod sessions;
mod sql;
mod step;
mod table;
mod tables;
mod users;

pub(super) use self::account_key::ACCOUNT_KEY;
use self::ended_tokens::EndedTokens;
pub(super) use self::known_clients::KnownClients;
pub(super) use self::limit_counters::LimitCounters;
pub(super) use self::oauth_accounts::Accounts;
use self::sessions::Sessions;
pub use self::sql::SchemaSql;
pub(super) use self::step::{SchemaObject, Step, Version};
pub(super) use self::table::{Before, ColumnCheck, Purge, Table};
