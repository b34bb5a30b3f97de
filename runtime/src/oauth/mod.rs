//! Signing in with other services (OAuth 2.0, RFC 6749, and OpenID Connect). It knows no users and no routes.
//!
//! A client is one small file of data and one mapping to a [`Profile`]; the flow is written once. A client of an app's
//! own is a struct with `impl OAuthProvider`.

mod account_id;
mod address;
mod browser;
mod client;
pub mod clients;
mod config;
mod error;
mod flow;
mod http;
mod keys;
mod lenient;
mod name;
mod oidc;
mod provider;
mod relative;
mod resolver;
mod running;
mod seal;
mod session;
mod source;
mod state;
mod tokens;

pub use self::client::{Keyed, OAuthProvider};
pub use self::config::OAuthConfig;
pub use self::error::OAuthError;
pub(crate) use self::flow::Callback;
pub use self::http::Http;
pub use self::keys::OAuthCredentials;
pub use self::name::ProviderName;
pub use self::provider::{AccountLinking, ClientAuth, Endpoints, ProviderConfig};
pub(crate) use self::relative::Pages;
pub use self::relative::RelativeAddress;
pub(crate) use self::running::{Chosen, Declared, OAuth};
pub use self::seal::SealError;
pub use self::session::ProviderSession;
pub(crate) use self::source::Source;
pub use self::source::{ByRequest, Fixed, PerhapsByRequest, ProviderSource};
pub use self::state::StateError;
pub(crate) use self::state::{Intent, StateRead};
pub use self::tokens::ProviderTokens;
pub use crate::user::Profile;
