//! What `auth_app!` expands to: data, and the one function that makes a running app of it.

mod config;
#[cfg(feature = "oauth")]
mod oauth;
mod secret_check;
mod setup;

pub use self::config::{AppSecrets, Config};
pub use self::setup::Setup;
pub use crate::backend::BackendName;
pub use crate::manager::{AuthApp, Core, Handle};
#[cfg(feature = "oauth")]
pub use crate::oauth::ClientName;
pub use crate::settings::StartError;
