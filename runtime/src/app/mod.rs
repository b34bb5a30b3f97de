//! What `auth_app!` expands to: data, and the one function that makes a running app of it.

mod builder;
mod config;
#[cfg(feature = "oauth")]
mod oauth;
mod secret_check;

pub use self::builder::Builder;
pub use self::config::{AppSecrets, Config};
pub use crate::backend::BackendName;
pub use crate::manager::{AuthApp, Core, Handle};
#[cfg(feature = "oauth")]
pub use crate::oauth::ProviderName;
pub use crate::settings::StartError;
