//! Ready users and authentication for axum, on the app's own struct, wired at compile time by two macros.
//!
//! [`AuthUser`](derive@AuthUser) goes on the user struct, [`auth_app!`] says who may enter and how, extractors such as
//! [`CurrentUser`](extract::CurrentUser) prove facts about a request's user. The routes, answers and tables are those
//! of FastAPI Users.
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `sqlite` (default) | [`Sqlite`](store::diesel::Sqlite), embedded |
//! | `common-passwords` (default) | the list of the most used passwords, which [`Policy::strict`](manager::Policy::strict) refuses |
//! | `redis` | the strategy [`RedisSession`](strategy::RedisSession): tokens in Redis |
//! | `oauth` | [`oauth`]: signing in with other services |
//! | `key-pairs` (part of `oauth`) | [`JwtKeys::pair`](token::JwtKeys::pair): JWTs that `ES256` or `EdDSA` signs |
//! | `breach-check` | [`PwnedPasswords`](password::PwnedPasswords): new passwords are looked for in those that were stolen |
//! | `openapi` | [`openapi`]: a document of the routes in OpenAPI 3.1 |
//! | `swagger-ui` | a page that reads the document, served from the binary |
//! | `metrics` | counts of events and of hashing, by the facade `metrics` |
//! | `testing` | [`testing`]: what an app's own tests need |
//! | `diesel` | how a user lies in a Diesel table, without a database |

pub mod actor;
pub mod app;
pub mod backend;
pub mod client;
pub mod clock;
pub mod compat;
pub mod error;
pub mod event;
pub mod extract;
pub mod hooks;
#[cfg(any(feature = "oauth", feature = "breach-check"))]
mod http;
pub mod limit;
mod macros;
pub mod manager;
#[cfg(feature = "oauth")]
pub mod oauth;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod password;
pub mod prelude;
#[cfg(feature = "redis")]
pub mod redis;
pub mod router;
pub mod secret;
mod session;
mod setters;
pub mod settings;
#[macro_use]
pub mod store;
// It uses the macros of `store`.
#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
pub mod strategy;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod transport;
pub mod user;
mod work;

/// Makes a struct the user of an app.
///
/// Six fields are found by their names: `id` (`Uuid`, `i32` or `i64`), `email`, `hashed_password`, `is_active`,
/// `is_superuser` and `is_verified`; or by an attribute on a field of another name, as in `#[auth_user(email)]`. A field
/// of the app's own says who sees it and who may set it:
///
/// | in `#[auth_user(…)]` | means |
/// | --- | --- |
/// | `read` | answers show it |
/// | `create`, `create(superuser)` | a registration, or only the app's own code, may set it |
/// | `update`, `update(superuser)` | the user, or only a superuser, may change it |
/// | `private` | it never leaves the server |
/// | `default`, `default = …` | what it is where nothing was sent |
/// | `sql_type = …, column = "…"` | its type for Diesel and in SQL, where the Rust type does not tell |
/// | `value_type = …` | the type that it looks like in JSON, for a document of the routes, where its own has no `ToSchema` |
///
/// On the struct, `#[auth_user(table = "…")]` names the table, `table = crate::schema::users` takes the app's own (called
/// `sql_name = "…"` in SQL, where that is another name), `schema = users` makes a Diesel module for the app's own queries,
/// `oauth_accounts` has answers show a user's accounts at other services, and `crate = …` is the path of this crate where it was renamed. `#[diesel(column_name = …)]` names a field's column.
///
/// The struct does not implement `Serialize`, so that no response contains the hash of a password: a handler returns
/// `user.read()`, which is a `…Read`.
///
/// It makes the schemas `…Read`, `…Create` and `…Update`, named after the struct, and implements
/// [`AuthUser`](trait@user::AuthUser), and [`UserTable`](store::diesel::UserTable) and
/// [`UserRow`](store::diesel::UserRow) for the enabled databases, or for those that
/// `#[diesel(check_for_backend(diesel::pg::Pg))]` names.
pub use axum_users_macros::AuthUser;

/// The programs in the README compile, and the one in its chapter on tests runs.
#[cfg(all(
    doctest,
    feature = "sqlite",
    feature = "postgres",
    feature = "redis",
    feature = "oauth",
    feature = "openapi",
    feature = "testing"
))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// So does the one in the guide.
#[cfg(all(doctest, feature = "postgres", feature = "redis"))]
#[doc = include_str!("../../MOVING.md")]
struct Moving;
