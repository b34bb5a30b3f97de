//! Ready users and authentication for axum, on the app's own struct, wired at compile time by two macros.
//!
//! [`AuthUser`](derive@AuthUser) goes on the user struct, [`auth_app!`] says who may enter and how, extractors such as
//! [`CurrentUser`](extract::CurrentUser) prove facts about a request's user. The routes, answers and tables are those
//! of FastAPI Users.
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `sqlite` (default) | [`Sqlite`](store::diesel::Sqlite), embedded |
//! | `diesel` | how a user lies in a Diesel table, without a database |

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod app;
pub mod backend;
pub mod clock;
pub mod error;
pub mod extract;
pub mod hooks;
mod macros;
pub mod manager;
pub mod password;
pub mod prelude;
pub mod router;
pub mod secret;
pub mod settings;
pub mod store;
pub mod strategy;
pub mod token;
pub mod transport;
pub mod user;

pub use axum_users_macros::AuthUser;

/// The programs in the README compile, and the one in its chapter on tests runs.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../README.md")]
struct Readme;
