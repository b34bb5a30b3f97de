//! `Policy::strict()`: a new address counts once a token has come back from it.

use super::verify::{Proof, Shown};
use super::write::Write;
use super::{AuthApp, Manager, ManagerError};
use crate::error::Refusal;
use crate::event::{Event, EventKind, Reason};
use crate::hooks::Change;
use crate::limit::Tried;
use crate::store::{Issuance, Revocations as _};
use crate::token::VerifyClaims;
use crate::user::{AuthUser, Email, Flags, UserId};

impl<A: AuthApp> Manager<A> {
    /// Has a token sent to the new address.
    pub(super) fn request_email_change(&self, user: &A::User, email: Email) {
        let user = user.clone();
        self.spawn("on_after_request_email_change", |manager| async move {
            let core = manager.core();
            let fingerprints = &core.settings.fingerprints;
            let fingerprint = fingerprints.of_owner(user.hashed_password(), user.email());
            // A deactivation or a change since the request takes the token's ground away.
            let is_unchanged = |current: &A::User| {
                current.is_active()
                    && fingerprints.match_owner(&fingerprint, current.hashed_password(), current.email())
            };
            let current = core.store.user_and_generation(user.id()).await?;
            let Some((_, generation)) = current.filter(|(current, _)| is_unchanged(current)) else {
                return Ok(());
            };
            let claims = VerifyClaims {
                sub: user.id().to_string(),
                email: email.as_str().to_owned(),
                password_fgpt: Some(fingerprint),
                user_gen: Some(generation),
            };
            let token = core.one_time.change_email.sign(claims, core.settings.now())?;
            core.hooks.on_after_request_email_change(&user, email.as_str(), &token, manager.info()).await
        });
    }

    /// Moves a user to the address that `token` was sent to, and marks it as verified. Whoever has the token must also be
    /// the user, where the policy asks for it, as for [`verify`](Self::verify): else someone could have the owner of an
    /// address make it part of an account that is not the owner's.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`], [`Refusal::VerifyUserBadToken`], also where the address has become another user's;
    /// [`Refusal::VerifyUserBadPassword`], or any underlying error.
    pub async fn confirm_email(
        &self,
        token: &str,
        proof: Proof<'_, A::User>,
    ) -> Result<A::User, ManagerError> {
        self.admit(Tried::Token).await?;
        let core = self.core();
        let now = core.settings.now();
        let keys = &core.one_time.change_email;
        let kind = EventKind::EmailChangeRefused;
        let bad = |reason| self.bad_token(kind, reason);
        let (claims, spent) =
            keys.verify::<VerifyClaims>(token, now).map_err(|error| self.unread_token(kind, &error))?;
        let id = <A::User as AuthUser>::Id::parse(&claims.sub).ok_or_else(|| bad(Reason::NoSuchUser))?;
        let email = core.policy.parse_email(&claims.email).map_err(|_| bad(Reason::NoAddress))?;
        let issued = Issuance::In(claims.user_gen.unwrap_or_default());
        let user = core.store.user_unless_ended(id, &spent.digest, issued).await?;
        let user = user.ok_or_else(|| bad(Reason::Ended))?;
        if !user.is_active() {
            return Err(bad(Reason::Inactive));
        }
        let fingerprint = claims.password_fgpt.as_deref().unwrap_or_default();
        // Another change of the address or the password in the meantime takes the token's ground away.
        if !core.settings.fingerprints.match_owner(fingerprint, user.hashed_password(), user.email()) {
            return Err(bad(Reason::Outdated));
        }
        let not_shown = || {
            self.tell(Event::from(kind).to(&id).because(Reason::WrongPassword));
            Refusal::VerifyUserBadPassword
        };
        let shown = match core.policy.require_password_to_verify {
            true => self.shown(&user, proof).await?.ok_or_else(not_shown)?,
            false => Shown::Nothing,
        };
        let write = Write {
            email: Some(email),
            flags: Flags { is_verified: Some(true), ..Flags::default() },
            expects_password: true,
            expects_email: true,
            spent: Some(spent),
            issued: Some(issued),
            authority: shown.authority(),
            ..Write::new(Change::EmailConfirmation, user)
        };
        match self.write(write).await {
            Ok(moved) => moved.ok_or_else(|| bad(Reason::Ended)),
            Err(error) if error.is_email_taken() => Err(bad(Reason::EmailTaken)),
            Err(ManagerError::Refused(Refusal::SessionEnded)) => Err(not_shown().into()),
            Err(error) => Err(error),
        }
    }
}
