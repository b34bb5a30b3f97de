//! Hooks behind a pointer: an app's hooks stay its own affair, private types included.

use std::future::Future;
use std::pin::Pin;

use axum::response::Response;

use super::{
    AccountChange, Change, HookResult, Hooks, InvalidPassword, PasswordOwner, RequestInfo, TransactionHooks,
};
use crate::secret::Password;
use crate::user::{AuthUser, OAuthAccount, Profile};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Declares a trait with boxed futures for each method of another one.
macro_rules! dynamic {
    (
        $(#[$doc:meta])*
        trait $dynamic:ident <$($generic:ident $(: $bound:path)?),*> = $trait:path {
            $(fn $method:ident($($name:ident: $ty:ty),*) -> $output:ty;)*
        }
    ) => {
        $(#[$doc])*
        pub(crate) trait $dynamic<$($generic $(: $bound)?),*>: Send + Sync {
            $(fn $method<'a>(&'a self, $($name: $ty),*) -> Boxed<'a, $output> where U: 'a;)*
        }

        impl<$($generic $(: $bound)?,)* T: $trait> $dynamic<$($generic),*> for T {
            $(fn $method<'a>(&'a self, $($name: $ty),*) -> Boxed<'a, $output> where U: 'a {
                Box::pin(<T as $trait>::$method(self, $($name),*))
            })*
        }
    };
}

dynamic! {
    /// [`Hooks`] with boxed futures.
    #[cfg_attr(not(feature = "oauth"), allow(dead_code, reason = "some hooks are told of sign-ins with other services"))]
    trait DynHooks<U: AuthUser> = Hooks<U> {
        fn validate_password(password: &'a Password, user: PasswordOwner<'a, U>) -> Result<(), InvalidPassword>;
        fn on_before_oauth_register(create: &'a mut U::Create, profile: &'a Profile, request: &'a RequestInfo) -> HookResult;
        fn on_after_oauth_associate(user: &'a U, request: &'a RequestInfo) -> HookResult;
        fn on_after_oauth_unlink(user: &'a U, account: &'a OAuthAccount<U::Id>, request: &'a RequestInfo) -> HookResult;
        fn on_after_register(user: &'a U, request: &'a RequestInfo) -> HookResult;
        fn on_register_existing_email(user: &'a U, request: &'a RequestInfo) -> HookResult;
        fn on_after_update(user: &'a U, update: &'a U::Update, request: &'a RequestInfo) -> HookResult;
        fn on_after_change_password(user: &'a U, request: &'a RequestInfo) -> HookResult;
        fn on_after_change_email(user: &'a U, old_email: &'a str, request: &'a RequestInfo) -> HookResult;
        fn on_after_request_verify(user: &'a U, token: &'a str, request: &'a RequestInfo) -> HookResult;
        fn on_after_request_email_change(user: &'a U, email: &'a str, token: &'a str, request: &'a RequestInfo) -> HookResult;
        fn on_after_verify(user: &'a U, request: &'a RequestInfo) -> HookResult;
        fn on_after_forgot_password(user: &'a U, token: &'a str, request: &'a RequestInfo) -> HookResult;
        fn on_after_reset_password(user: &'a U, request: &'a RequestInfo) -> HookResult;
        fn on_after_login(user: &'a U, request: &'a RequestInfo, response: &'a mut Response) -> HookResult;
        fn on_before_delete(user: &'a U, request: &'a RequestInfo) -> HookResult;
        fn on_after_delete(user: &'a U, request: &'a RequestInfo) -> HookResult;
    }
}

dynamic! {
    /// [`TransactionHooks`] with boxed futures.
    #[cfg_attr(not(feature = "oauth"), allow(dead_code, reason = "one hook is for OAuth accounts"))]
    trait DynTransactionHooks<U: AuthUser, C> = TransactionHooks<U, C> {
        fn on_register(user: &'a U, request: &'a RequestInfo, connection: &'a mut C) -> HookResult;
        fn on_update(before: &'a U, after: &'a U, change: Change, request: &'a RequestInfo, connection: &'a mut C) -> HookResult;
        fn on_delete(user: &'a U, request: &'a RequestInfo, connection: &'a mut C) -> HookResult;
        fn on_login(user: &'a U, request: &'a RequestInfo, connection: &'a mut C) -> HookResult;
        fn on_logout(user: &'a U, request: &'a RequestInfo, connection: &'a mut C) -> HookResult;
        fn on_account_change(account: &'a OAuthAccount<U::Id>, change: AccountChange, request: &'a RequestInfo, connection: &'a mut C) -> HookResult;
    }
}
