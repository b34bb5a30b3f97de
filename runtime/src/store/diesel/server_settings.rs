//! The settings of a database on a server: PostgreSQL and MySQL have the same.

/// Declares the settings of a database on a server.
macro_rules! server_settings {
    ($(#[$attribute:meta])* pub struct $database:ident;) => {
        $crate::setters::settings! {
            $(#[$attribute])*
            #[derive(Clone, Debug)]
            pub struct $database {
                /// The maximum number of connections that one process opens. Five keep a machine of two cores busy; more are for
                /// statements that wait.
                pub connections: usize = 10,
                /// How long a request waits for a connection; after that it returns 503.
                pub wait_timeout: ::std::time::Duration = ::std::time::Duration::from_secs(5),
                /// The time limit for opening a connection.
                pub connect_timeout: ::std::time::Duration = ::std::time::Duration::from_secs(5),
                /// The time limit for a statement; after that the request returns 503, and the connection is closed.
                pub response_timeout: ::std::time::Duration = ::std::time::Duration::from_secs(30),
                /// After how long without use a connection is checked before it is used again. A check before each use costs a
                /// quarter of the throughput.
                pub idle_check: ::std::time::Duration = ::std::time::Duration::from_secs(30),
                /// Keeps prepared statements; without them the throughput is halved. PgBouncer supports them from 1.21 on.
                pub statement_cache: bool = true,
                /// Creates missing tables and indexes at start. Set `false` if the app's database role may not.
                pub migrate: bool = true,
            }
        }

        impl $database {
            fn pool_limits(&self) -> $crate::store::diesel::pool::PoolLimits {
                $crate::store::diesel::pool::PoolLimits {
                    connections: self.connections,
                    wait_timeout: self.wait_timeout,
                    connect_timeout: self.connect_timeout,
                    response_timeout: ::core::option::Option::Some(self.response_timeout),
                    idle_check: ::core::option::Option::Some(self.idle_check),
                }
            }

            fn cache_size(&self) -> ::diesel::connection::CacheSize {
                if self.statement_cache {
                    ::diesel::connection::CacheSize::Unbounded
                } else {
                    ::diesel::connection::CacheSize::Disabled
                }
            }
        }
    };
}

pub(super) use server_settings;
