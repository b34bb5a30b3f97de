//! MySQL and MariaDB: over the network, in pure Rust, with TLS where the address asks for it.

use std::time::Duration;

use diesel::connection::CacheSize;
use diesel::mysql::Mysql as Backend;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncConnection, AsyncMysqlConnection};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
#[cfg(feature = "tls")]
use mysql_async::SslOpts;
use mysql_async::{Conn, Opts, OptsBuilder};

use super::address::Address;
#[cfg(feature = "tls")]
use super::address::Tls;
use super::connection::{Cancel, DatabaseConnection};
use super::database::SqlDatabase;
use super::database_url::DatabaseUrl;
use super::dialect::Dialect;
use super::pool::pool;
use super::row::TableIn;
use super::schema::SchemaSql;
use super::server_settings::server_settings;
use super::sql_store::{SqlStore, SqlTransaction};
use super::watch::Watch;
use crate::compat::Compat;
use crate::store::{Database, StoreError, Tables};

/// A connection to MySQL or MariaDB, as a hook within a transaction gets it.
pub type MysqlConnection = AsyncMysqlConnection;
/// Users and tokens in MySQL or MariaDB.
pub type MysqlStore<U> = SqlStore<MysqlConnection, U>;
/// A transaction on MySQL or MariaDB.
pub type MysqlTransaction<U> = SqlTransaction<MysqlConnection, U>;

impl DatabaseConnection for MysqlConnection {
    fn is_lost(&mut self) -> bool {
        // Where a hook has put something else in the place of the watch, nobody knows.
        self.instrumentation().downcast_ref::<Watch>().is_none_or(Watch::is_lost)
    }

    /// The server does not look whether its client is still there while it runs a statement. Only a statement that was
    /// given up is killed: once a server has restarted, the connection's number may be another one's.
    fn cancel(&mut self) -> Option<Cancel> {
        if !self.instrumentation().downcast_ref::<Watch>().is_some_and(Watch::is_unanswered) {
            return None;
        }
        let token = self.cancel_token();
        Some(Box::pin(async move {
            match tokio::time::timeout(CANCEL_TIMEOUT, token.cancel_query()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::debug!(error = ?crate::event::Cause(&error), "a statement could not be cancelled");
                }
                Err(_) => tracing::debug!("to cancel a statement took too long"),
            }
        }))
    }
}

server_settings! {
    /// `database: Mysql`, for MySQL 8 and MariaDB 10.5 or newer. Its configuration is the server's address:
    /// `mysql://user:password@host/database`.
    ///
    /// `?sslmode=verify-full` asks for TLS (feature `tls`), `&sslrootcert=ca.pem` for authorities of one's own.
    pub struct Mysql;
}

/// How long it may take to cancel a statement, with a connection made for it.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// What each connection begins with.
const SESSION: [&str; 4] = [
    // A change of the schema or a login waits for the row that it is about, and for no other.
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    // What is too long is refused, and not cut. MariaDB's modes that change what statements and an empty text mean are left
    // out.
    "SET SESSION sql_mode = replace(replace(concat(@@sql_mode, ',STRICT_ALL_TABLES'), 'EMPTY_STRING_IS_NULL', ''), 'ORACLE', \
     '')",
    // A moment is UTC, in a `TIMESTAMP` of the app's own, too.
    "SET SESSION time_zone = '+00:00'",
    // Its errors are known by their words.
    "SET SESSION lc_messages = 'en_US'",
];

impl<U: TableIn<Backend>> Database<U> for Mysql {
    type Config = DatabaseUrl;
    type Store = MysqlStore<U>;

    async fn open(
        self,
        config: DatabaseUrl,
        compat: Compat,
        tables: Tables,
    ) -> Result<MysqlStore<U>, StoreError> {
        let schema = SchemaSql::of::<U>(Dialect::Mysql, compat).with(tables);
        Ok(SqlStore::new(self.open_schema(config, schema).await?))
    }
}

impl Mysql {
    /// In a box it is compiled in this crate: what an app awaits is else compiled there, with each change of its user.
    pub(super) fn open_schema(
        self,
        config: DatabaseUrl,
        schema: SchemaSql,
    ) -> BoxFuture<'static, Result<SqlDatabase<MysqlConnection>, StoreError>> {
        async move {
            let (limits, cache) = (self.pool_limits(), self.cache_size());
            let options = options(&Address::parse(config.as_str())?)?;
            let pool = pool(limits, move || connect(options.clone(), cache).boxed())?;
            SqlDatabase::open(pool, None, schema, self.migrate).await
        }
        .boxed()
    }
}

fn options(address: &Address) -> Result<Opts, StoreError> {
    let options = Opts::from_url(&address.url).map_err(|error| StoreError::Failed(error.into()))?;
    let options = OptsBuilder::from_opts(options)
        .init(SESSION.to_vec())
        // Diesel keeps the statements.
        .stmt_cache_size(0)
        // A row that an update finds counts, whether or not it changes: that is how a compare-and-swap is told.
        .client_found_rows(true)
        // The server that was asked for, and not a socket file that it names.
        .prefer_socket(false);
    #[cfg(feature = "tls")]
    let options = match &address.tls {
        Some(tls) => options.ssl_opts(ssl_options(tls)?),
        None => options,
    };
    Ok(options.into())
}

/// TLS in the words of the driver.
#[cfg(feature = "tls")]
fn ssl_options(tls: &Tls) -> Result<SslOpts, StoreError> {
    // The driver takes the process's provider; one that is there already is as good.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let options = SslOpts::default();
    Ok(match tls.authorities()? {
        Some(pem) => options.with_root_certs(vec![pem.into()]).with_disable_built_in_roots(true),
        None => options,
    })
}

async fn connect(options: Opts, cache: CacheSize) -> ConnectionResult<MysqlConnection> {
    let connection = Conn::new(options).await;
    let connection = connection.map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
    let mut connection = AsyncMysqlConnection::try_from(connection).await?;
    connection.set_prepared_statement_cache_size(cache);
    connection.set_instrumentation(Watch::new());
    Ok(connection)
}
