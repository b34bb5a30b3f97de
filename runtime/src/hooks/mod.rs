//! What an app does when something happens to a user. Two kinds: within the transaction, and after it.

mod dynamic;
mod result;
mod transaction;

use std::future::Future;

use axum::response::Response;

pub(crate) use self::dynamic::{DynHooks, DynTransactionHooks};
pub use self::result::{HookError, HookResult};
pub use self::transaction::{AccountChange, Change, TransactionHooks};

pub use crate::actor::{OAuthOrigin, RequestInfo};
pub use crate::error::InvalidPassword;
use crate::secret::Password;
use crate::user::{AuthUser, CreateSchema, OAuthAccount, Profile};

/// What an app does after something has happened to a user, under the names of FastAPI Users.
///
/// Those that send mail and are told nothing else (`on_after_register`, `on_after_forgot_password`,
/// `on_after_request_verify`, `on_after_request_email_change`, `on_register_existing_email`, `on_after_change_password`,
/// `on_after_change_email`, `on_after_oauth_unlink`) run off the request, so that how long they take tells nobody whether an
/// address is known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no hooks for `{U}`",
    label = "not hooks",
    note = "every hook has a default: `impl Hooks<{U}> for {Self} {{}}` is enough"
)]
pub trait Hooks<U: AuthUser>: Send + Sync + 'static {
    /// Whether `password` may be `user`'s. Before this crate's own rules: not empty, at most 1,024 bytes.
    fn validate_password(
        &self,
        password: &Password,
        user: PasswordOwner<'_, U>,
    ) -> impl Future<Output = Result<(), InvalidPassword>> + Send {
        let _ = (password, user);
        async { Ok(()) }
    }

    /// A user is about to be made by a sign-in with another service: `create` has the address and no more. What else is
    /// known there may be put into the app's own fields. An error refuses the sign-in: a
    /// [`Rejection`](crate::error::Rejection) is the answer then, any other error a 500.
    fn on_before_oauth_register(
        &self,
        create: &mut U::Create,
        profile: &Profile,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (create, profile, request);
        async { Ok(()) }
    }

    /// An account at another service, which `request.oauth` tells, has become `user`'s, who was there before.
    fn on_after_oauth_associate(
        &self,
        user: &U,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }

    /// An account at another service is no longer `user`'s. Its owner should hear of it: it was a way to sign in.
    fn on_after_oauth_unlink(
        &self,
        user: &U,
        account: &OAuthAccount<U::Id>,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, account, request);
        async { Ok(()) }
    }

    /// A user has registered, was made by a sign-in with another service, which `request.oauth` tells then, or from code.
    fn on_after_register(&self, user: &U, request: &RequestInfo) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }

    /// `Policy::strict()`: someone tried to register with the address of `user`, who may want to know.
    fn on_register_existing_email(
        &self,
        user: &U,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }

    /// A user has been changed. `update` serializes to what was sent, without passwords.
    fn on_after_update(
        &self,
        user: &U,
        update: &U::Update,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, update, request);
        async { Ok(()) }
    }

    /// A user has another password, by a change of its own or a superuser's; [`on_after_reset_password`] is told of one
    /// that was set with a token. Its owner should hear of it (OWASP ASVS 6.3.7).
    ///
    /// [`on_after_reset_password`]: Self::on_after_reset_password
    fn on_after_change_password(
        &self,
        user: &U,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }

    /// A user has another address, and had `old_email`. There its owner should hear of it (OWASP ASVS 6.3.7): who has taken
    /// an account over reads what comes to the new one.
    fn on_after_change_email(
        &self,
        user: &U,
        old_email: &str,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, old_email, request);
        async { Ok(()) }
    }

    /// A token that verifies the user's address is to be sent there.
    fn on_after_request_verify(
        &self,
        user: &U,
        token: &str,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, token, request);
        async { Ok(()) }
    }

    /// `Policy::strict()`: a token that moves the user to `email` is to be sent there.
    fn on_after_request_email_change(
        &self,
        user: &U,
        email: &str,
        token: &str,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, email, token, request);
        async { Ok(()) }
    }

    /// A user has verified the address.
    fn on_after_verify(&self, user: &U, request: &RequestInfo) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }

    /// A token that resets the password is to be sent to the user's stored address.
    fn on_after_forgot_password(
        &self,
        user: &U,
        token: &str,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, token, request);
        async { Ok(()) }
    }

    /// A user has reset the password.
    fn on_after_reset_password(
        &self,
        user: &U,
        request: &RequestInfo,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }

    /// A user has signed in; `response` is about to be sent.
    fn on_after_login(
        &self,
        user: &U,
        request: &RequestInfo,
        response: &mut Response,
    ) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request, response);
        async { Ok(()) }
    }

    /// A user is about to be deleted. An error keeps it: a [`Rejection`](crate::error::Rejection) is the answer then,
    /// any other error a 500.
    fn on_before_delete(&self, user: &U, request: &RequestInfo) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }

    /// A user has been deleted.
    fn on_after_delete(&self, user: &U, request: &RequestInfo) -> impl Future<Output = HookResult> + Send {
        let _ = (user, request);
        async { Ok(()) }
    }
}

/// Nothing happens.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHooks;

impl<U: AuthUser> Hooks<U> for NoHooks {}
impl<U: AuthUser, C> TransactionHooks<U, C> for NoHooks {
    const ACTIVE: bool = false;
}

/// Whose password is checked.
#[derive(Debug)]
#[non_exhaustive]
pub enum PasswordOwner<'a, U: AuthUser> {
    /// Someone's who registers.
    New(&'a U::Create),
    /// A user's.
    Existing(&'a U),
}

impl<U: AuthUser> Clone for PasswordOwner<'_, U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U: AuthUser> Copy for PasswordOwner<'_, U> {}

impl<U: AuthUser> PasswordOwner<'_, U> {
    /// The owner's address.
    #[must_use]
    pub fn email(&self) -> &str {
        match self {
            Self::New(create) => create.email().as_str(),
            Self::Existing(user) => user.email(),
        }
    }
}
