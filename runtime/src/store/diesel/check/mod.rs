//! The check: the schema that an app wants beside the one that is there, and in words what does not fit.

mod access;
mod accounts;
mod add;
mod address;
mod columns;
mod kind;
mod server;
mod table;

use self::accounts::LiveAccounts;
use self::add::add_column;
pub(super) use self::address::address_indexes;
use self::columns::{Wanted, compare};
pub(super) use self::server::refuse_encoding;
use self::table::{engine, no_numbers, no_table, reference};
use super::catalog::{self, Access, LiveTable, Server};
use super::column::Role;
use super::connection::DatabaseConnection;
use super::database::SqlDatabase;
use super::dialect::Dialect;
use super::migrate::can_be_made;
use super::schema::{ColumnCheck, SchemaSql, Table};
use crate::compat::FASTAPI_USERS;
use crate::store::{Finding, SchemaReport, StoreError};

/// What is there of the schema.
#[derive(Default)]
struct Live {
    user: Option<LiveTable>,
    /// This crate's tables that the app uses; `None` for those that are missing.
    own: Vec<(&'static dyn Table, Option<LiveTable>)>,
    /// OAuth accounts, if the app has any.
    accounts: Option<LiveAccounts>,
    /// How many addresses more than one user has, where no index forbids it.
    shared_addresses: u64,
    /// Whether there are tokens of FastAPI Users that this app does not read.
    has_tokens_of_fastapi_users: bool,
    /// For each table that is there, the rights that the app's role lacks.
    access: Vec<(&'static str, Access)>,
    /// Tables that are not there, or hidden from the role.
    out_of_sight: Vec<&'static str>,
    /// Schemas on the search path that the role may not use.
    closed_schemas: Vec<String>,
    server: Server,
}

impl<C: DatabaseConnection> SqlDatabase<C> {
    /// What of the live schema does not fit the app.
    pub(super) async fn report(&self) -> Result<SchemaReport, StoreError> {
        let schema = &*self.schema;
        let connection = &mut **self.connection().await?;
        let names = schema.tables();
        let mut tables = catalog::tables(connection, &names).await?;
        let is_there = |(name, live): (&&'static str, &Option<LiveTable>)| live.as_ref().map(|_| *name);
        let there = names.iter().zip(&tables).filter_map(is_there).collect::<Vec<_>>();
        let lacking = catalog::access(connection, &there).await?;
        let access = there.iter().copied().zip(lacking).collect::<Vec<_>>();
        let mut out_of_sight = Vec::new();
        for table in names.iter().filter(|name| !there.contains(name)) {
            if catalog::is_out_of_sight(connection, table).await? {
                out_of_sight.push(*table);
            }
        }
        let mut take = |name: &str| {
            let index = names.iter().position(|known| *known == name)?;
            tables[index].take()
        };
        let user = take(schema.user);
        let own = schema.own_tables().map(|table| (table, take(table.name(schema)))).collect::<Vec<_>>();
        let closed_schemas = match &user {
            Some(_) => Vec::new(),
            None => catalog::closed_schemas(connection).await?,
        };
        let may_read = |table: &str| {
            access.iter().all(|(name, access)| {
                *name != table || !access.missing_rights.iter().any(|right| right == "SELECT")
            })
        };
        let is_countable = may_read(schema.user)
            && user.as_ref().is_some_and(|user| {
                user.column(schema.dialect, schema.roles.email.name).is_some()
                    && !address_indexes(schema, &user.shape).any(|index| index.is_unique_in_any_case)
            });
        let live = Live {
            shared_addresses: if is_countable {
                catalog::shared_addresses(connection, schema).await?
            } else {
                0
            },
            user,
            accounts: LiveAccounts::read(connection, schema, &own).await?,
            own,
            has_tokens_of_fastapi_users: !schema.compat.rules().accepts_foreign_tokens
                && catalog::are_in_place(connection, &[FASTAPI_USERS.session_table]).await? == [true],
            server: catalog::server(connection).await?,
            access,
            out_of_sight,
            closed_schemas,
        };
        Ok(judge(schema, &live))
    }
}

/// What of `live` does not fit `schema`.
fn judge(schema: &SchemaSql, live: &Live) -> SchemaReport {
    let mut findings = server::check(&live.server);
    if !live.closed_schemas.is_empty() {
        // What is in them can't be seen.
        findings.extend(live.closed_schemas.iter().map(|schema| access::closed_schema(schema)));
        return findings.into_iter().collect();
    }
    for (table, access) in &live.access {
        findings.extend(access::check(schema.dialect, table, *table == schema.user, access));
    }
    findings.extend(live.out_of_sight.iter().map(|table| access::out_of_sight(schema.dialect, table)));
    match &live.user {
        Some(user) => {
            findings.extend(user_columns(schema, user));
            findings.extend(id(schema, user));
            findings.extend(address::check(schema, user, live.shared_addresses));
            findings.extend(engine(schema, schema.user, user));
        }
        // Nobody can say whether it is there.
        None if live.out_of_sight.contains(&schema.user) => {}
        None => findings.push(no_user_table(schema)),
    }
    // The rest is missing because of that, and comes with it.
    if !can_be_made(schema, live.user.as_ref().map_or(&[], |user| &user.shape.columns)) {
        return findings.into_iter().collect();
    }
    let id_type = live.user.as_ref().and_then(|user| user.column(schema.dialect, schema.roles.id.name));
    let schema = &schema.beside(id_type.map(catalog::LiveColumn::reference_type));
    for (table, live_table) in &live.own {
        let (table, name) = (*table, table.name(schema));
        let Some(live_table) = live_table else {
            if !live.out_of_sight.contains(&name) {
                findings.push(no_table(schema, name));
            }
            continue;
        };
        let columns = table.columns(schema);
        let wanted = columns.iter().map(|(column, sql)| own_column(schema, table, column, sql));
        findings.extend(compare(schema.dialect, name, &wanted.collect::<Vec<_>>(), live_table));
        findings.extend(engine(schema, name, live_table));
        if let Some(rows) = table.of_user() {
            findings.extend(reference(schema, name, live_table, rows));
        }
    }
    if let Some(live) = &live.accounts {
        findings.extend(accounts::check(schema, live));
    }
    if live.has_tokens_of_fastapi_users {
        let text = "there is a table `accesstoken`, as FastAPI Users makes it: the app reads its tokens with \
                    `compat: FastApiUsers`";
        findings.push(Finding::warning(text));
    }
    findings.extend(language(&live.server.language));
    findings.into_iter().collect()
}

fn user_columns(schema: &SchemaSql, live: &LiveTable) -> Vec<Finding> {
    let wanted = schema.columns.iter().map(|column| Wanted {
        name: column.name,
        // Diesel knows the types of the app's own table, and this crate those that its six columns are read as.
        sql: if schema.user_is_own && column.role == Role::Id {
            String::new()
        } else {
            schema.column_type(column)
        },
        // A key that is too short finds no user.
        least_chars: match column.role {
            Role::Id => u32::MAX,
            Role::HashedPassword if schema.dialect != Dialect::Sqlite => ARGON2ID_CHARS,
            _ => 0,
        },
        is_narrow_worth_knowing: match column.role {
            Role::Email => !schema.user_is_own,
            Role::HashedPassword => false,
            _ => true,
        },
        is_cast: false,
        remedy: if schema.user_is_own { None } else { add_column(schema, column) },
    });
    compare(schema.dialect, schema.user, &wanted.collect::<Vec<_>>(), live)
}

/// How many characters a hash of Argon2id has at least.
const ARGON2ID_CHARS: u32 = 97;

fn own_column<'a>(schema: &SchemaSql, table: &dyn Table, name: &'a str, sql: &str) -> Wanted<'a> {
    let ColumnCheck { needs_width, reports_narrow, is_cast } = table.check(schema, name);
    Wanted {
        name,
        sql: sql.to_owned(),
        least_chars: if needs_width { u32::MAX } else { 0 },
        is_narrow_worth_knowing: reports_narrow,
        is_cast,
        remedy: None,
    }
}

fn no_user_table(schema: &SchemaSql) -> Finding {
    if schema.user_is_own {
        let user = schema.user;
        return Finding::error(format!(
            "there is no table `{user}`: it is the app's own, and so the app's migrations make it"
        ));
    }
    no_table(schema, schema.user)
}

/// How the database gives numbers for ids.
fn id(schema: &SchemaSql, live: &LiveTable) -> Option<Finding> {
    let (user, name) = (schema.user, schema.roles.id.name);
    if let Some(finding) = no_numbers(schema, user, name, live, "user") {
        return Some(finding);
    }
    let name = &live.column(schema.dialect, name).filter(|_| schema.counts_ids)?.name;
    let is_reused =
        schema.dialect == Dialect::Sqlite && !live.made_by.to_ascii_uppercase().contains("AUTOINCREMENT");
    is_reused.then(|| {
        Finding::warning(format!(
            "the number of a deleted user may become another's, and so may what refers to it: only with \
             AUTOINCREMENT does the column `{name}` of `{user}` never give one out twice"
        ))
    })
}

/// PostgreSQL's errors about values that do not fit are known by their words.
fn language(language: &str) -> Option<Finding> {
    let is_english = ["C", "POSIX", "en"].iter().any(|known| {
        language.strip_prefix(known).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphabetic()))
    });
    (!is_english && !language.is_empty()).then(|| {
        Finding::warning(format!(
            "PostgreSQL words its errors in `{language}`, and values that are too long are told from other errors by \
             English words: `ALTER ROLE … SET lc_messages = 'C'`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_known_by_its_name() {
        for known in ["", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "en_GB", "en"] {
            assert_eq!(language(known), None, "{known}");
        }
        for other in ["de_DE.UTF-8", "Czech_Czechia.1250", "fr_FR"] {
            assert!(language(other).is_some(), "{other}");
        }
    }
}
