//! The clients that this crate brings, one a file: data on a provider, and its mapping to a profile.
//!
//! Each has its base addresses as fields, for installations elsewhere and for tests. Account ids are those of
//! httpx-oauth, so that links in a database of FastAPI Users go on working.

mod discord;
mod github;
mod macros;
mod oidc;

pub use self::discord::Discord;
pub use self::github::GitHub;
pub use self::oidc::Oidc;
