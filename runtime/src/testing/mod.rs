//! What an app's own tests need: users who are signed in without a password, what hooks would mail, a clock that is moved
//! by hand, and an app that costs little to start. It is not for an app that anybody can reach.
//!
//! The chapter Testing of the README has a whole test.

mod hook_recorder;
mod sign_in;
mod signing_key;

pub use self::hook_recorder::{HookCall, HookKind, HookRecorder};
pub use self::sign_in::{SignInError, sign_in, sign_in_from};
pub use self::signing_key::signing_key;
pub use crate::clock::ManualClock;

use crate::app::{AppSecrets, Config};
use crate::manager::AuthApp;
#[cfg(feature = "oauth")]
use crate::oauth::OAuthConfig;
use crate::password::Argon2;
use crate::secret::Secrets;
use crate::store::Database;
#[cfg(feature = "sqlite")]
use crate::store::diesel::DatabaseUrl;

/// Argon2id at the least cost that it has: `.hasher(testing::CHEAP)`.
pub const CHEAP: Argon2 = Argon2::new(8, 1, 1);

/// Returns the URL of an SQLite database in memory, for [`config`]. It is empty, handles one request at a time, and lasts
/// as long as the app.
#[cfg(feature = "sqlite")]
#[must_use]
pub fn in_memory() -> DatabaseUrl {
    DatabaseUrl::in_memory()
}

/// What an app starts with that is gone with its test: users at `database`, and secrets that everybody can read.
///
/// With the feature `sqlite`, [`in_memory`] is a database that lasts as long as the app.
pub fn config<A: AuthApp>(database: impl Into<<A::Database as Database<A::User>>::Config>) -> Config<A> {
    let secret =
        |purpose: &str| Secrets::new(format!("not a secret: {purpose} of a test, and of nothing else"));
    let config = Config::new(
        database.into(),
        AppSecrets {
            secret: secret("the tokens"),
            reset_password_token_secret: secret("the reset tokens"),
            verification_token_secret: secret("the verification tokens"),
        },
    );
    #[cfg(feature = "oauth")]
    let config = config.with_oauth(OAuthConfig::new("https://app.example", secret("the states")));
    config
}
