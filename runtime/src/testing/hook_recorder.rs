//! What hooks were told, kept for a test to look at: what an app would mail.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::Response;

use crate::app::Builder;
use crate::hooks::{DynHooks, HookResult, Hooks, InvalidPassword, PasswordOwner, RequestInfo};
use crate::manager::AuthApp;
use crate::secret::Password;
use crate::user::{AuthUser, OAuthAccount, Profile};

/// Records the calls of an app's hooks, by [`Builder::record_hooks`], with the tokens that they would mail. Clones share the
/// record.
#[derive(Clone, Default)]
pub struct HookRecorder(Arc<Mutex<Vec<HookCall>>>);

/// A call of a hook.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookCall {
    /// Which hook.
    pub hook: HookKind,
    /// To whom it would send mail: the user's address, the one that the user wants to have, or had.
    pub to: String,
    /// The token that goes with it, where there is one.
    pub token: Option<String>,
}

/// A hook that is told of what has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HookKind {
    /// `on_after_register`.
    Register,
    /// `on_register_existing_email`.
    RegisterExistingEmail,
    /// `on_after_oauth_associate`.
    OAuthAssociate,
    /// `on_after_oauth_unlink`.
    OAuthUnlink,
    /// `on_after_update`.
    Update,
    /// `on_after_change_password`.
    ChangePassword,
    /// `on_after_change_email`, to the address that the user had.
    ChangeEmail,
    /// `on_after_request_verify`.
    RequestVerify,
    /// `on_after_request_email_change`.
    RequestEmailChange,
    /// `on_after_verify`.
    Verify,
    /// `on_after_forgot_password`.
    ForgotPassword,
    /// `on_after_reset_password`.
    ResetPassword,
    /// `on_after_login`.
    Login,
    /// `on_after_delete`.
    Delete,
}

impl HookRecorder {
    /// Takes out what the hooks of `app` were told since this was asked last, in its order. It waits for those that run off
    /// their requests.
    pub async fn take<A: AuthApp>(&self, app: &A) -> Vec<HookCall> {
        app.drain().await;
        std::mem::take(&mut *self.lock())
    }

    fn put(&self, hook: HookKind, to: &str, token: Option<&str>) {
        self.lock().push(HookCall { hook, to: to.to_owned(), token: token.map(str::to_owned) });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<HookCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without what lies in it.
impl fmt::Debug for HookRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookRecorder").finish_non_exhaustive()
    }
}

/// Without the token.
impl fmt::Debug for HookCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookCall").field("hook", &self.hook).field("to", &self.to).finish_non_exhaustive()
    }
}

impl<A: AuthApp> Builder<A> {
    /// Records the calls of the hooks that are set so far in `recorder`. They still run.
    pub fn record_hooks(mut self, recorder: &HookRecorder) -> Self {
        self.hooks = Box::new(Overheard { hooks: self.hooks, outbox: recorder.clone() });
        self
    }
}

/// An app's hooks, and who listens.
struct Overheard<U> {
    hooks: Box<dyn DynHooks<U>>,
    outbox: HookRecorder,
}

impl<U: AuthUser> Hooks<U> for Overheard<U> {
    async fn validate_password(
        &self,
        password: &Password,
        user: PasswordOwner<'_, U>,
    ) -> Result<(), InvalidPassword> {
        self.hooks.validate_password(password, user).await
    }

    async fn on_before_oauth_register(
        &self,
        create: &mut U::Create,
        profile: &Profile,
        request: &RequestInfo,
    ) -> HookResult {
        self.hooks.on_before_oauth_register(create, profile, request).await
    }

    async fn on_after_oauth_associate(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::OAuthAssociate, user.email(), None);
        self.hooks.on_after_oauth_associate(user, request).await
    }

    async fn on_after_oauth_unlink(
        &self,
        user: &U,
        account: &OAuthAccount<U::Id>,
        request: &RequestInfo,
    ) -> HookResult {
        self.outbox.put(HookKind::OAuthUnlink, user.email(), None);
        self.hooks.on_after_oauth_unlink(user, account, request).await
    }

    async fn on_after_register(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::Register, user.email(), None);
        self.hooks.on_after_register(user, request).await
    }

    async fn on_register_existing_email(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::RegisterExistingEmail, user.email(), None);
        self.hooks.on_register_existing_email(user, request).await
    }

    async fn on_after_update(&self, user: &U, update: &U::Update, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::Update, user.email(), None);
        self.hooks.on_after_update(user, update, request).await
    }

    async fn on_after_change_password(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::ChangePassword, user.email(), None);
        self.hooks.on_after_change_password(user, request).await
    }

    async fn on_after_change_email(&self, user: &U, old_email: &str, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::ChangeEmail, old_email, None);
        self.hooks.on_after_change_email(user, old_email, request).await
    }

    async fn on_after_request_verify(&self, user: &U, token: &str, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::RequestVerify, user.email(), Some(token));
        self.hooks.on_after_request_verify(user, token, request).await
    }

    async fn on_after_request_email_change(
        &self,
        user: &U,
        email: &str,
        token: &str,
        request: &RequestInfo,
    ) -> HookResult {
        self.outbox.put(HookKind::RequestEmailChange, email, Some(token));
        self.hooks.on_after_request_email_change(user, email, token, request).await
    }

    async fn on_after_verify(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::Verify, user.email(), None);
        self.hooks.on_after_verify(user, request).await
    }

    async fn on_after_forgot_password(&self, user: &U, token: &str, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::ForgotPassword, user.email(), Some(token));
        self.hooks.on_after_forgot_password(user, token, request).await
    }

    async fn on_after_reset_password(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::ResetPassword, user.email(), None);
        self.hooks.on_after_reset_password(user, request).await
    }

    async fn on_after_login(&self, user: &U, request: &RequestInfo, response: &mut Response) -> HookResult {
        self.outbox.put(HookKind::Login, user.email(), None);
        self.hooks.on_after_login(user, request, response).await
    }

    async fn on_before_delete(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.hooks.on_before_delete(user, request).await
    }

    async fn on_after_delete(&self, user: &U, request: &RequestInfo) -> HookResult {
        self.outbox.put(HookKind::Delete, user.email(), None);
        self.hooks.on_after_delete(user, request).await
    }
}
