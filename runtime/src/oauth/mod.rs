//! Signing in with other services (OAuth 2.0, RFC 6749, and OpenID Connect). It knows no users and no routes.
//!
//! A client is one small file of data and one mapping to a [`Profile`]; the flow is written once. A client of an app's
//! own is a struct with `impl OAuthClient`.

mod account_id;
mod client;
pub mod clients;
mod error;
mod http;
mod keys;
mod provider;
mod session;
mod source;
mod tokens;

pub use self::client::OAuthClient;
pub use self::error::OAuthError;
pub use self::http::Http;
pub use self::keys::{ClientKeys, Keyed};
pub use self::provider::{Associate, ClientAuth, Endpoints, Options, Provider};
pub use self::session::ProviderSession;
pub use self::source::{ByRequest, ClientSource, Fixed};
pub use self::tokens::ProviderTokens;
pub use crate::user::Profile;
