//! Proof that an address is its user's own: a token is sent there, and comes back, once.

use super::{AuthApp, Manager, ManagerError, log};
use crate::hooks::RequestInfo;
use crate::store::{Store, Transaction};
use crate::token::VerifyClaims;
use crate::user::{AuthUser, Email, Expected, Flags, UserChanges, UserId};

impl<A: AuthApp> Manager<A> {
    /// Has a token sent to the user with this address, if there is one, active and not yet verified.
    ///
    /// Whether there is one shows in nothing: not in the answer, and not in its time.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn request_verify(&self, email: &Email, request: &RequestInfo) -> Result<(), ManagerError> {
        let user = self.user_by_email(email).await?.filter(|user| user.is_active() && !user.is_verified());
        let request = request.clone();
        self.spawn("on_after_request_verify", |manager| async move {
            let Some(user) = user else { return Ok(()) };
            let core = manager.core();
            let claims = VerifyClaims {
                sub: user.id().to_string(),
                email: user.email().to_owned(),
                password_fgpt: None,
            };
            let token = core.one_time.verify.sign(claims, core.settings.now())?;
            core.hooks.on_after_request_verify(&user, &token, &request).await
        });
        Ok(())
    }

    /// Marks a user as verified with a token. Of many at once, one does.
    ///
    /// # Errors
    ///
    /// [`ManagerError::BadToken`], [`ManagerError::AlreadyVerified`], or what fails beneath.
    pub async fn verify(&self, token: &str, request: &RequestInfo) -> Result<A::User, ManagerError> {
        let core = self.core();
        let now = core.settings.now();
        let (claims, spent) =
            core.one_time.verify.verify::<VerifyClaims>(token, now).map_err(|_| ManagerError::BadToken)?;
        let id = <A::User as AuthUser>::Id::parse(&claims.sub).ok_or(ManagerError::BadToken)?;
        let user = core.store.user_by_id(id).await?.ok_or(ManagerError::BadToken)?;
        if user.email() != claims.email || !user.is_active() {
            return Err(ManagerError::BadToken);
        }
        if user.is_verified() {
            return Err(ManagerError::AlreadyVerified);
        }
        let changes = UserChanges {
            flags: Flags { is_verified: Some(true), ..Flags::default() },
            expected: Expected {
                email: Some(&claims.email),
                is_verified: Some(false),
                ..Expected::default()
            },
            ..UserChanges::default()
        };
        let mut transaction = core.store.begin().await?;
        // The user first: who comes second in a race learns that it is done.
        let verified = transaction.update_user(id, &changes).await?.ok_or(ManagerError::AlreadyVerified)?;
        if !transaction.end_token(&spent.digest, now, spent.expires_at).await? {
            return Err(ManagerError::BadToken);
        }
        core.transaction_hooks
            .on_update(&verified, transaction.connection()?)
            .await
            .map_err(ManagerError::Hook)?;
        transaction.commit().await?;
        tracing::info!(user = %verified.id(), "verified");
        log("on_after_verify", core.hooks.on_after_verify(&verified, request).await);
        Ok(verified)
    }
}
