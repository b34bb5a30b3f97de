//! Databases whose Cargo features are off, so that a program that names one gets an error about the feature.

#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
use {
    super::no_database::{NoDatabase, NoStore},
    crate::compat::Compat,
    crate::store::{Database, StoreError, Tables},
    crate::user::AuthUser,
};

/// Whether the feature of a database is on. `auth_app!` asks the database by this name; the one that answers is an
/// inherent function of the databases in this file, and this trait's for every other type.
pub trait IsEnabled {
    /// Does nothing.
    fn __is_enabled(_: ()) {}
}

impl<T: ?Sized> IsEnabled for T {}

/// For each database its name, its feature, a trait that nothing implements, and what rustc says then.
macro_rules! databases {
    ($($database:ident $feature:literal $enabled:ident $message:literal $label:literal $note:literal;)*) => {$(
        /// A database whose feature is off.
        #[cfg(not(feature = $feature))]
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $database;

        /// The feature is on.
        #[cfg(not(feature = $feature))]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $enabled<T> {}

        #[cfg(not(feature = $feature))]
        impl $database {
            /// Can't be called. rustc would refuse a bound without a parameter here already.
            pub fn __is_enabled<T>(_: T)
            where
                Self: $enabled<T>,
            {
            }
        }

        #[cfg(not(feature = $feature))]
        impl<U: AuthUser> Database<U> for $database {
            type Config = <NoDatabase as Database<U>>::Config;
            type Store = NoStore<U>;

            async fn open(self, _: Self::Config, _: Compat, _: Tables) -> Result<NoStore<U>, StoreError> {
                // By another name than its own the macro does not recognize it.
                Err(StoreError::Unsupported($message))
            }
        }
    )*};
}

databases! {
    Sqlite "sqlite" SqliteEnabled
        "`Sqlite` needs the feature `sqlite` of `axum-users`"
        "the feature `sqlite` is off"
        "enable it in Cargo.toml: `axum-users = {{ version = \"…\", features = [\"sqlite\"] }}`";
    Postgres "postgres" PostgresEnabled
        "`Postgres` needs the feature `postgres` of `axum-users`"
        "the feature `postgres` is off"
        "enable it in Cargo.toml: `axum-users = {{ version = \"…\", features = [\"postgres\"] }}`";
    Mysql "mysql" MysqlEnabled
        "`Mysql` needs the feature `mysql` of `axum-users`"
        "the feature `mysql` is off"
        "enable it in Cargo.toml: `axum-users = {{ version = \"…\", features = [\"mysql\"] }}`";
}
