//! Hooks within the open transaction: what they write lasts, or is undone, with the user.

use std::future::Future;

use super::HookResult;
use crate::user::AuthUser;

/// What an app writes beside its users, with the store's own connection `C`. An error undoes everything.
///
/// The error is logged, and the client gets a 500.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no transaction hooks for `{U}` with the connection `{C}`",
    note = "every hook has a default: `impl TransactionHooks<{U}, {C}> for {Self} {{}}` is enough"
)]
pub trait TransactionHooks<U: AuthUser, C>: Send + Sync + 'static {
    /// A user has been written.
    fn on_register(&self, user: &U, connection: &mut C) -> impl Future<Output = HookResult> + Send {
        let _ = (user, connection);
        async { Ok(()) }
    }

    /// A user's row has been changed: by an update, a reset, a verification.
    fn on_update(&self, user: &U, connection: &mut C) -> impl Future<Output = HookResult> + Send {
        let _ = (user, connection);
        async { Ok(()) }
    }

    /// A user is about to be deleted; its row is still there.
    fn on_delete(&self, user: &U, connection: &mut C) -> impl Future<Output = HookResult> + Send {
        let _ = (user, connection);
        async { Ok(()) }
    }
}
