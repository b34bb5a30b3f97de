//! Hooks within the open transaction: what they write lasts, or is undone, with the user.

use std::fmt;
use std::future::Future;

use super::result::HookResult;
use crate::actor::RequestInfo;
use crate::user::{AuthUser, OAuthAccount};

/// What an app writes beside its users, with the store's own connection `C`. An error undoes everything.
///
/// The error is logged and the client gets a 500, unless it is a [`Rejection`](crate::error::Rejection): that is the
/// answer then.
///
/// While a hook runs, its transaction holds a connection and locks, on SQLite those of every writer. So a hook may take five
/// seconds, or what [`Builder::transaction_hook_timeout`] says. Then it is dropped at its next `.await`, the transaction
/// is rolled back, and the client gets 503. Calls to other servers belong in [`Hooks`](super::Hooks), which run after the
/// commit.
///
/// A statement that the database is running at that moment ends, too, and its locks are gone within three seconds:
/// PostgreSQL 14 or newer notices that its connection has been closed, and MySQL and MariaDB get a `KILL QUERY` over a
/// connection that is made for it. SQLite can't be interrupted. It finishes the statement first, and until then nobody
/// else can write: keep statements short there.
///
/// [`Builder::transaction_hook_timeout`]: crate::app::Builder::transaction_hook_timeout
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no transaction hooks for `{U}` with the connection `{C}`",
    note = "every hook has a default: `impl TransactionHooks<{U}, {C}> for {Self} {{}}` is enough"
)]
pub trait TransactionHooks<U: AuthUser, C>: Send + Sync + 'static {
    /// `true` if there are hooks. Without them, a change that is one statement needs no transaction.
    const ACTIVE: bool = true;

    /// A user has been written.
    fn on_register(
        &self,
        user: &U,
        request: &RequestInfo,
        connection: &mut C,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request, connection);
        async { Ok(()) }
    }

    /// A user's row has been changed.
    fn on_update(
        &self,
        before: &U,
        after: &U,
        change: Change,
        request: &RequestInfo,
        connection: &mut C,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (before, after, change, request, connection);
        async { Ok(()) }
    }

    /// A user is about to be deleted; its row is still there.
    fn on_delete(
        &self,
        user: &U,
        request: &RequestInfo,
        connection: &mut C,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request, connection);
        async { Ok(()) }
    }

    /// A user logs in: the token has been issued, and its session is written if the strategy keeps one.
    fn on_login(
        &self,
        user: &U,
        request: &RequestInfo,
        connection: &mut C,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request, connection);
        async { Ok(()) }
    }

    /// A user has logged out: the token has been revoked.
    fn on_logout(
        &self,
        user: &U,
        request: &RequestInfo,
        connection: &mut C,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request, connection);
        async { Ok(()) }
    }

    /// A user's OAuth account has been changed. That it was linked is an [update](Self::on_update).
    ///
    /// An error keeps no renewed tokens from being stored: it is logged, because the provider has replaced the former ones.
    fn on_account_change(
        &self,
        account: &OAuthAccount<U::Id>,
        change: AccountChange,
        request: &RequestInfo,
        connection: &mut C,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (account, change, request, connection);
        async { Ok(()) }
    }
}

/// A change of an OAuth account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountChange {
    /// A login or a renewal has stored the provider's tokens, encrypted as they are in storage.
    TokensStored,
    /// The user has unlinked it.
    Unlinked,
}

/// Why a user's row was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The user, a superuser or code of the app's own wanted it so.
    Update,
    /// A token set a new password.
    PasswordReset,
    /// A token proved the address.
    Verification,
    /// A token proved a new address, which is the user's now.
    EmailConfirmation,
    /// An account at another service has become the user's. Where that service proved the address of a user who never
    /// did, the password goes, too.
    Association,
    /// A login has stored a stronger hash of the same password.
    HashUpgrade,
}

/// The change in a word or two.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Update => "updated",
            Self::PasswordReset => "password reset",
            Self::Verification => "verified",
            Self::EmailConfirmation => "email changed",
            Self::Association => "account associated",
            Self::HashUpgrade => "password hash upgraded",
        })
    }
}
