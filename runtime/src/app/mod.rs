//! What `auth_app!` expands to: data, and the one function that makes a running app of it.

mod config;
mod setup;

pub use self::config::Config;
pub use self::setup::Setup;
pub use crate::backend::BackendName;
pub use crate::manager::{AuthApp, Core};
pub use crate::settings::StartError;
