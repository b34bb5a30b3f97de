//! The plans that SQLite makes of the statements: none may read a table from end to end.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::{Dialect, Queries, SchemaSql};
use crate::AuthUser;
use crate::compat::Compat;
use crate::secret::HashedPassword;
use crate::store::Tables;

#[derive(Clone, Debug, AuthUser)]
#[auth_user(crate = crate)]
struct User {
    id: uuid::Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
}

/// A line of a plan.
#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Every statement that looks for rows, but the one that no index helps, `active_superusers`; with a list of assignments where it wants one.
fn statements(queries: &Queries, compat: Compat) -> Vec<String> {
    let of_users = queries.lock_users.replacen('?', "?, ?", 1);
    let update = queries.update_user.replacen("SET ?", "SET is_active = true", 1);
    let (accounts, sessions) = (&queries.accounts, &queries.sessions);
    let mut statements = vec![
        queries.user_by_id.clone(),
        queries.users_by_email.clone(),
        queries.user_unless_ended.clone(),
        queries.user_unless_ended_since.clone(),
        queries.user_and_generation.clone(),
        of_users,
        queries.is_ended.clone(),
        queries.is_ended_since.clone(),
        format!("{update}{}{}{}", queries.and_hashed_password, queries.and_email, queries.and_is_verified),
        queries.delete_user.clone(),
        queries.end_token.clone(),
        queries.end_token_of.clone(),
        sessions.by_token.clone(),
        sessions.insert.clone(),
        sessions.lock.clone(),
        sessions.delete.clone(),
        format!("{}{}", sessions.delete_of, sessions.and_not),
        queries.end_tokens_of.clone(),
        accounts.user_by_account.clone(),
        accounts.of_user.clone(),
        accounts.by_id.clone(),
        accounts.of_user_to_change.clone(),
        format!("{}{}", accounts.update, accounts.and_access_token),
        accounts.swap_expiry.clone(),
        accounts.swap_refresh_token.clone(),
        accounts.delete.clone(),
    ];
    if compat.rules().session_rows_expire {
        statements.push(sessions.restamp.clone());
    }
    let counters = queries.counters.as_ref().expect("the schema has them");
    let of_counters = [
        &counters.take,
        &counters.give_back,
        &counters.raise,
        &counters.insert,
        &counters.moment,
        &counters.delete,
    ];
    statements.extend(of_counters.into_iter().cloned());
    let known = queries.known_clients.as_ref().expect("their table is there");
    statements.extend([&known.forget_others, &known.recall, &known.count].into_iter().cloned());
    statements.extend(queries.purges.iter().map(|purge| purge.sql.clone()));
    statements
}

const ALL: Tables = Tables::OAUTH_ACCOUNTS.with(Tables::LIMIT_COUNTERS).with(Tables::KNOWN_CLIENTS);

#[test]
fn rows_are_found_by_an_index() {
    for compat in [Compat::None, Compat::FastApiUsers] {
        let schema = SchemaSql::of::<User>(Dialect::Sqlite, compat).with(ALL);
        let mut connection = SqliteConnection::establish(":memory:").expect("a database");
        for migration in schema.migrations() {
            connection.batch_execute(&migration.up).expect("its tables");
        }
        let mut searches = 0;
        for statement in statements(&Queries::new(&schema, &[], &[]), compat) {
            let plan = sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
            let plan = plan.load::<Line>(&mut connection).expect(&statement);
            for Line { detail } in plan {
                // `SCAN CONSTANT ROW` reads none.
                let reads_all = detail.starts_with("SCAN") && detail != "SCAN CONSTANT ROW";
                assert!(!reads_all, "{detail}: {statement}");
                // It would mean that all rows are read first.
                assert!(!detail.starts_with("USE TEMP B-TREE"), "{detail}: {statement}");
                searches += usize::from(detail.starts_with("SEARCH"));
            }
        }
        assert!(searches > 20, "{searches}");
    }
}
