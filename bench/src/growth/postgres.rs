//! A database of one's own on PostgreSQL, filled in bulk; and what its server tells of itself.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio_postgres::{Client, NoTls};

use super::crowd::{Crowd, FIRST, email, hash_of_strangers};
use crate::place::Place;
use crate::server::CpuTime;

/// A database on the server that `TEST_POSTGRES_URL` names.
pub(super) struct Postgres {
    client: Client,
    name: String,
    url: String,
}

impl Postgres {
    /// An empty one. One of this name that is there goes.
    pub(super) async fn create(name: &str) -> anyhow::Result<Self> {
        let server = Place::postgres()?.database;
        let client = connect(&server).await?;
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        let (server, _) = server.rsplit_once('/').context("TEST_POSTGRES_URL names a database")?;
        let url = format!("{server}/{name}");
        Ok(Self { client: connect(&url).await?, name: name.to_owned(), url })
    }

    pub(super) async fn drop(self) -> anyhow::Result<()> {
        let server = connect(&Place::postgres()?.database).await?;
        Ok(server.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await?)
    }

    pub(super) fn place(&self) -> Place {
        Place::postgres_at(self.url.clone())
    }

    /// The same place for those whose every plan the server's log shall tell.
    pub(super) fn telling_place(&self) -> Place {
        Place::postgres_at(format!("{}?options={}", self.url, TELL.replace(' ', "%20").replace('=', "%3D")))
    }

    /// Where `tests/servers/postgres.sh` has the server write its log.
    pub(super) async fn log(&self) -> anyhow::Result<PathBuf> {
        let data = self.client.query_one("SHOW data_directory", &[]).await?.get::<_, String>(0);
        let log = Path::new(&data).with_file_name("server.log");
        anyhow::ensure!(
            log.exists(),
            "{} is not there: tests/servers/postgres.sh starts it so",
            log.display()
        );
        Ok(log)
    }

    /// Adds the crowd to who is there, a token for each, half of which have expired, and marks of ended tokens.
    pub(super) async fn fill(&self, crowd: Crowd) -> anyhow::Result<()> {
        let known = self.client.query_one(HASH, &[&FIRST]).await?.get::<_, String>(0);
        let stranger = hash_of_strangers(&known);
        let laid_aside = self.client.query(LAID_ASIDE, &[]).await?;
        for row in &laid_aside {
            self.client.batch_execute(row.get(0)).await?;
        }
        let (users, step, ended, email) = (crowd.0, crowd.step(), crowd.ended_tokens(), email("' || n || '"));
        self.client
            .batch_execute(&format!(
                r#"
                SET synchronous_commit = off;
                SET maintenance_work_mem = '1GB';
                INSERT INTO "user" (id, email, hashed_password, is_active, is_superuser, is_verified)
                    SELECT gen_random_uuid(), '{email}', CASE WHEN n % {step} = 0 THEN '{known}' ELSE '{stranger}' END,
                        true, false, true FROM generate_series(1, {users}) AS n;
                INSERT INTO session (id, token, user_id, backend, fingerprint, created_at, seen_at, expires_at, authenticated_at)
                    SELECT gen_random_uuid(), {digest}, id, 'db', repeat('f', 43), day, day,
                        now() + (2 * random() - 1) * interval '14 days', day
                    FROM "user" CROSS JOIN LATERAL (SELECT id::text AS text, now() - interval '14 days' AS day) AS token;
                INSERT INTO ended_token (token, ended_at, expires_at)
                    SELECT {digest}, now(), now() + random() * interval '1 hour'
                    FROM generate_series(1, {ended}) AS n CROSS JOIN LATERAL (SELECT n::text AS text) AS token;
                "#,
                digest = "rtrim(translate(encode(sha256(text::bytea), 'base64'), '+/', '-_'), '=')",
            ))
            .await?;
        for row in laid_aside.iter().rev() {
            self.client.batch_execute(row.get(1)).await?;
        }
        Ok(self.client.batch_execute("VACUUM ANALYZE").await?)
    }

    /// The CPU time of the processes that serve this database's clients, but for this one.
    pub(super) async fn cpu(&self) -> anyhow::Result<CpuTime> {
        let rows = self.client.query(BACKENDS, &[]).await?;
        CpuTime::of(rows.iter().filter_map(|row| u32::try_from(row.get::<_, i32>(0)).ok()))
    }

    /// How long the one who has waited longest for a lock has done so; nothing where nobody waits.
    pub(super) async fn longest_wait(&self) -> anyhow::Result<Duration> {
        let row = self.client.query_one(LONGEST_WAIT, &[]).await?;
        Ok(Duration::try_from_secs_f64(row.get(0)).unwrap_or_default())
    }

    pub(super) async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        Ok(self.client.query_one(sql, &[]).await?.get(0))
    }

    /// How much of the disk the tables and their indexes have, in MiB.
    pub(super) async fn size(&self) -> anyhow::Result<f64> {
        Ok(self.number("SELECT pg_database_size(current_database())").await? as f64 / 1024.0 / 1024.0)
    }
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // What ends it, its client is told.
    tokio::spawn(connection);
    Ok(client)
}

/// A session's settings that have its plans told, those of the checks behind foreign keys, too.
const TELL: &str = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 \
                    -c auto_explain.log_analyze=on -c auto_explain.log_timing=off -c auto_explain.log_buffers=on \
                    -c auto_explain.log_nested_statements=on -c auto_explain.log_format=json";

const HASH: &str = r#"SELECT hashed_password FROM "user" WHERE email = $1"#;

/// What drops each index and foreign key, and what makes it again as it was: rows come in faster without. Foreign keys
/// go first, and so come last.
const LAID_ASIDE: &str = "
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
        contype <> 'f' AS is_index
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'p', 'u')
    UNION ALL
    SELECT format('DROP INDEX %I', indexname), indexdef, true
    FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)
    ORDER BY is_index";

const BACKENDS: &str = "
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

const LONGEST_WAIT: &str = "
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)::float8
    FROM pg_locks WHERE NOT granted";
