//! What an app needs from outside: where its users are, and its secrets.

use crate::manager::AuthApp;
use crate::secret::Secrets;
use crate::store::Database;

/// What the app `A` needs from outside. `auth_app!` makes a struct of the same fields for each app.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config<A: AuthApp> {
    /// Where the users are.
    pub database: <A::Database as Database<A::User>>::Config,
    /// Signs the tokens that users sign in with.
    pub secret: Secrets,
    /// Signs the tokens that reset a password.
    pub reset_password_token_secret: Secrets,
    /// Signs the tokens that verify an address.
    pub verification_token_secret: Secrets,
}
