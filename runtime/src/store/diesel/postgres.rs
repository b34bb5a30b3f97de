//! PostgreSQL: over the network, in pure Rust, with TLS where the address asks for it.

use diesel::connection::CacheSize;
use diesel::pg::Pg;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::address::Address;
use super::connection::DatabaseConnection;
use super::database::SqlDatabase;
use super::database_url::DatabaseUrl;
use super::dialect::Dialect;
use super::pool::pool;
use super::row::TableIn;
use super::schema::SchemaSql;
use super::server_settings::server_settings;
use super::sql_store::{SqlStore, SqlTransaction};
use crate::compat::Compat;
use crate::store::{Database, StoreError, Tables};

/// A connection to PostgreSQL, as a hook within a transaction gets it.
pub type PostgresConnection = AsyncPgConnection;
/// Users and tokens in PostgreSQL.
pub type PostgresStore<U> = SqlStore<PostgresConnection, U>;
/// A transaction on PostgreSQL.
pub type PostgresTransaction<U> = SqlTransaction<PostgresConnection, U>;

impl DatabaseConnection for PostgresConnection {
    /// Diesel keeps the code of an error to itself, and its words are of the server's language. So the server is asked:
    /// nothing, which it answers within a failed transaction, too.
    async fn has_hung_up(&mut self) -> bool {
        matches!(
            self.batch_execute("").await,
            Err(Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _
            ))
        )
    }
}

server_settings! {
    /// `database: Postgres`. Its configuration is the server's address: `postgresql://user:password@host/database`.
    ///
    /// `?sslmode=verify-full` asks for TLS (feature `tls`), `&sslrootcert=ca.pem` for authorities of one's own.
    pub struct Postgres;
}

impl<U: TableIn<Pg>> Database<U> for Postgres {
    type Config = DatabaseUrl;
    type Store = PostgresStore<U>;

    async fn open(
        self,
        config: DatabaseUrl,
        compat: Compat,
        tables: Tables,
    ) -> Result<PostgresStore<U>, StoreError> {
        let schema = SchemaSql::of::<U>(Dialect::Postgres, compat).with(tables);
        Ok(SqlStore::new(self.open_schema(config, schema).await?))
    }
}

impl Postgres {
    /// In a box it is compiled in this crate: what an app awaits is else compiled there, with each change of its user.
    pub(super) fn open_schema(
        self,
        config: DatabaseUrl,
        schema: SchemaSql,
    ) -> BoxFuture<'static, Result<SqlDatabase<PostgresConnection>, StoreError>> {
        async move {
            let (limits, cache) = (self.pool_limits(), self.cache_size());
            let address = Address::parse(config.as_str())?;
            let connector = Connector::new(&address)?;
            let pool = pool(limits, move || connector.clone().connect(cache).boxed())?;
            SqlDatabase::open(pool, None, schema, self.migrate).await
        }
        .boxed()
    }
}

/// Has the server look twice a second whether its client is still there while it runs a statement, unless somebody has
/// chosen another interval: a statement that was given up ends with its connection, and its locks with it.
const LOOK_FOR_CLIENT: &str = "SELECT set_config('client_connection_check_interval', '500', false) \
     WHERE current_setting('client_connection_check_interval', true) = '0'";

/// Makes connections to one server.
#[derive(Clone)]
struct Connector {
    config: tokio_postgres::Config,
    #[cfg(feature = "tls")]
    tls: Option<tokio_postgres_rustls::MakeRustlsConnect>,
}

impl Connector {
    fn new(address: &Address) -> Result<Self, StoreError> {
        let mut config: tokio_postgres::Config =
            address.url.parse().map_err(|error: tokio_postgres::Error| StoreError::Failed(error.into()))?;
        let mode = match address.tls {
            Some(_) => tokio_postgres::config::SslMode::Require,
            None => tokio_postgres::config::SslMode::Disable,
        };
        config.ssl_mode(mode);
        Ok(Self {
            config,
            #[cfg(feature = "tls")]
            tls: match &address.tls {
                Some(tls) => Some(tokio_postgres_rustls::MakeRustlsConnect::new(tls.client_config()?)),
                None => None,
            },
        })
    }

    async fn connect(self, cache: CacheSize) -> ConnectionResult<PostgresConnection> {
        #[cfg(feature = "tls")]
        let connection = match self.tls {
            Some(tls) => connect(&self.config, tls).await,
            None => connect(&self.config, tokio_postgres::NoTls).await,
        };
        #[cfg(not(feature = "tls"))]
        let connection = connect(&self.config, tokio_postgres::NoTls).await;
        let mut connection = connection?;
        // A server that can't look, such as one before PostgreSQL 14, is as good for all else.
        drop(connection.batch_execute(LOOK_FOR_CLIENT).await);
        connection.set_prepared_statement_cache_size(cache);
        Ok(connection)
    }
}

async fn connect<T>(config: &tokio_postgres::Config, tls: T) -> ConnectionResult<PostgresConnection>
where
    T: tokio_postgres::tls::MakeTlsConnect<tokio_postgres::Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) =
        config.connect(tls).await.map_err(|error| ConnectionError::BadConnection(chain(&error)))?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

/// What an error says, and what is behind it: the driver keeps the reason to itself otherwise.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
