//! A file of one's own, filled in bulk.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::crowd::{Crowd, FIRST, email, hash_of_strangers};
use crate::place::Place;

/// Rows that come in together.
const BATCH: u64 = 100_000;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    text: String,
}

/// Adds the crowd to who is there, a token for each, half of which have expired, and marks of ended tokens.
pub(super) fn fill(place: &Place, crowd: Crowd) -> anyhow::Result<()> {
    let path = place.database.trim_start_matches("sqlite://");
    let mut connection = SqliteConnection::establish(path)?;
    let known = sql_query("SELECT email AS name, hashed_password AS text FROM user WHERE email = ?")
        .bind::<Text, _>(FIRST)
        .get_result::<Found>(&mut connection)?
        .text;
    let stranger = hash_of_strangers(&known);
    connection.batch_execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000")?;
    // Rows come in faster without. Those of primary keys can't be dropped.
    let indexes =
        sql_query("SELECT name, sql AS text FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            .load::<Found>(&mut connection)?;
    for index in &indexes {
        connection.batch_execute(&format!("DROP INDEX {}", index.name))?;
    }
    let (step, email) = (crowd.step(), email("' || n || '"));
    let users = format!(
        "INSERT INTO user (id, email, hashed_password, is_active, is_superuser, is_verified) SELECT {ID}, '{email}', \
         CASE WHEN n % {step} = 0 THEN '{known}' ELSE '{stranger}' END, true, false, true"
    );
    let ended_tokens = format!(
        "INSERT INTO ended_token (token, ended_at, expires_at) SELECT {TOKEN}, {}, {}",
        moment("'0 days'"),
        moment("'1 hour'"),
    );
    for (insert, count) in [(users, crowd.0), (ended_tokens, crowd.ended_tokens())] {
        for first in (1..=count).step_by(usize::try_from(BATCH)?) {
            let last = count.min(first + BATCH - 1);
            connection.batch_execute(&format!(
                "WITH RECURSIVE number(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM number WHERE n < {last}) \
                 {insert} FROM number"
            ))?;
        }
    }
    connection.batch_execute(&format!(
        "INSERT INTO session (id, token, user_id, backend, fingerprint, created_at, seen_at, expires_at, authenticated_at) \
         SELECT {ID}, {TOKEN}, id, 'db', substr(hex(zeroblob(22)), 2), {day}, {day}, {}, {day} FROM user",
        moment("(abs(random()) % 2419200 - 1209600) || ' seconds'"),
        day = moment("'-14 days'"),
    ))?;
    for index in &indexes {
        connection.batch_execute(&index.text)?;
    }
    Ok(connection.batch_execute("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?)
}

/// A random UUID as text.
const ID: &str = "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || \
                  '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";

/// As long as the digest of a token.
const TOKEN: &str = "substr(hex(randomblob(22)), 2)";

/// A moment so far from now, as the app writes it.
fn moment(from_now: &str) -> String {
    format!("strftime('%Y-%m-%d %H:%M:%f000', 'now', {from_now})")
}
