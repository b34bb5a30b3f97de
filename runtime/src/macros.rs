//! The macros that apps call, and those by which the derive's expansion follows the enabled features.

/// Wires an app with users: who they are, where they lie, and how they sign in.
///
/// Every right-hand side is plain Rust: a path, a call, or a struct literal. Where settings are expected (`database`, `redis`,
/// `policy`, `limits`, `hasher`, `breached_passwords`, and the parts of backends and OAuth clients), two forms are short for
/// builder methods: `Jwt` is `Jwt::default()`, and `Jwt { lifetime: HOUR }` is `Jwt::default().lifetime(HOUR)`; with
/// `..Policy::strict()` at its end, a literal starts from that value. A path is a type
/// by Rust's conventions for names: `Jwt` and `transport::Cookie` are, `SESSIONS` and `tenants::jwt` are values. Types without
/// `Default`, such as `Oidc`, are made by a call: `Oidc::new("https://id.camelot.bt")`.
///
/// ```
/// use axum_users::prelude::*;
///
/// #[derive(Clone, Debug, AuthUser)]
/// pub struct User {
///     pub id: Uuid,
///     pub email: String,
///     pub hashed_password: HashedPassword,
///     pub is_active: bool,
///     pub is_superuser: bool,
///     pub is_verified: bool,
/// }
///
/// auth_app! {
///     /// Who may enter Camelot, and how.
///     pub struct Camelot {
///         user: User,
///         database: Sqlite,
///         backends: {
///             jwt: Bearer + Jwt { lifetime: HOUR },
///             cookie: Cookie + DatabaseSession { lifetime: 14 * DAY },
///         },
///     }
/// }
/// # fn main() {}
/// ```
///
/// | key | what stands there | by default |
/// | --- | --- | --- |
/// | `user` | the struct with `#[derive(AuthUser)]` | |
/// | `database` | a [`Database`](crate::store::Database): `Sqlite` | |
/// | `redis` | [`RedisOptions`](crate::redis::RedisOptions) (feature `redis`), for backends with `RedisSession` | none |
/// | `backends` | `name: transport + strategy`, in the order in which they are asked | |
/// | `oauth` | `name: client => backend` (feature `oauth`), or `=> [backend, …]`: services that users sign in with there | none |
/// | `hooks` | [`Hooks`](crate::hooks::Hooks) | [`NoHooks`](crate::hooks::NoHooks) |
/// | `transaction_hooks` | [`TransactionHooks`](crate::hooks::TransactionHooks) | [`NoHooks`](crate::hooks::NoHooks) |
/// | `policy` | a [`Policy`](crate::manager::Policy) | `Policy::default()`, under `compat` `Policy::fastapi_users()` |
/// | `limits` | [`Limits`](crate::limit::Limits) | `Limits::default()` |
/// | `compat` | `FastApiUsers` | this crate's own layout |
/// | `hasher` | a [`PasswordHasher`](crate::password::PasswordHasher) | [`Argon2`](crate::password::Argon2) |
/// | `breached_passwords` | [`BreachedPasswords`](crate::password::BreachedPasswords): `PwnedPasswords` (feature `breach-check`) | none |
/// | `clock` | a [`Clock`](crate::clock::Clock) | the machine's |
///
/// It makes the app's type, which is `axum` state and the parameter of every extractor, and `…Config`, a struct with
/// a field for everything that must come from outside. See [`AuthApp`](crate::manager::AuthApp),
/// [`Routes`](crate::router::Routes) and [`Builder`](crate::app::Builder) for what can be done with them.
#[macro_export]
macro_rules! auth_app {
    ($($tokens:tt)*) => {
        $crate::__private::__auth_app! { $crate $($tokens)* }
    };
}

/// What is only there with Diesel.
#[cfg(feature = "diesel")]
#[doc(hidden)]
#[macro_export]
macro_rules! __diesel {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// What is only there with Diesel.
#[cfg(not(feature = "diesel"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __diesel {
    ($($tokens:tt)*) => {};
}

/// What is only there with SQLite.
#[cfg(feature = "sqlite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __sqlite {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// What is only there with SQLite.
#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __sqlite {
    ($($tokens:tt)*) => {};
}

/// What is only there with PostgreSQL.
#[cfg(feature = "postgres")]
#[doc(hidden)]
#[macro_export]
macro_rules! __postgres {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// What is only there with PostgreSQL.
#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __postgres {
    ($($tokens:tt)*) => {};
}

/// What is only there with MySQL.
#[cfg(feature = "mysql")]
#[doc(hidden)]
#[macro_export]
macro_rules! __mysql {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// What is only there with MySQL.
#[cfg(not(feature = "mysql"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __mysql {
    ($($tokens:tt)*) => {};
}

/// What is only there with OpenAPI.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! __openapi {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// What is only there with OpenAPI.
#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __openapi {
    ($($tokens:tt)*) => {};
}
