//! A forgotten password: a token is sent, and sets a new one, once.

use uuid::Uuid;

use super::error::Operation;
use super::write::Write;
use super::{AuthApp, Manager, ManagerError};
use crate::event::{Event, EventKind, Reason};
use crate::hooks::{Change, HookResult, PasswordOwner};
use crate::limit::Tried;
use crate::password::{Asker, HashError, Pending, Verdict};
use crate::secret::{HashedPassword, Password};
use crate::store::{Issuance, Revocations as _};
use crate::token::{Generation, ResetClaims};
use crate::user::{AuthUser, TypedEmail, UserId};

impl<A: AuthApp> Manager<A> {
    /// Sends a token to the stored email of the user whose email was typed, if there is such a user and it is active.
    ///
    /// Neither the result nor its time reveals whether there is one. Over the limits of mails nothing is sent, and the result is
    /// the same.
    ///
    /// # Errors
    ///
    /// When storage fails, or the queue of hashes is full where a token needs one.
    pub async fn forgot_password(&self, email: &TypedEmail) -> Result<(), ManagerError> {
        let Some(taken) = self.may_send(Tried::ForgotPassword(email.key())).await else {
            return Ok(());
        };
        let begun = self.begin_reset(email).await;
        self.or_give_back(taken, begun).await
    }

    async fn begin_reset(&self, email: &TypedEmail) -> Result<(), ManagerError> {
        let owner = self.owner_and_generation(email).await?;
        let user = owner.as_ref().map(|(user, _)| user);
        let refusal = user.filter(|user| !user.is_active()).map(|_| Reason::Inactive);
        self.tell_request(EventKind::PasswordResetRequested, email, user, refusal);
        let owner = owner.filter(|_| refusal.is_none());
        let user = owner.as_ref().map(|(user, _)| user);
        let hash = self.begin_fingerprint(email, user, self.asker())?;
        self.spawn("on_after_forgot_password", |manager| async move {
            manager.send_reset_token(owner, hash).await
        });
        Ok(())
    }

    /// Returns the user whose email was typed, with its generation. Both queries run for an unknown email, too, so that their
    /// time reveals nothing.
    pub(super) async fn owner_and_generation(
        &self,
        email: &TypedEmail,
    ) -> Result<Option<(A::User, Generation)>, ManagerError> {
        let user = self.user_by_typed_email(email).await?;
        let nobody = || UserId::generate().unwrap_or_else(UserId::placeholder);
        let id = user.as_ref().map_or_else(nobody, AuthUser::id);
        let current = self.core().store.user_and_generation(id).await?;
        Ok(user.and_then(|user| current.filter(|(current, _)| current.email() == user.email())))
    }

    /// Begins the fingerprint that FastAPI Users has in its tokens, which is a hash. It gets its place in the queue while the
    /// request waits, and one for an unknown email, too: a full queue is a 503 for both, and so is the load on it.
    fn begin_fingerprint(
        &self,
        email: &TypedEmail,
        user: Option<&A::User>,
        asker: Asker,
    ) -> Result<Option<Pending<HashedPassword>>, ManagerError> {
        let core = self.core();
        if !core.settings.compat.rules().hashes_reset_fingerprints {
            return Ok(None);
        }
        let stored = user.map_or_else(|| self.decoy(email), |user| user.hashed_password().clone());
        Ok(Some(core.pool.begin_hash(&as_password(&stored), asker)?))
    }

    /// Signs a token and sends it. One is signed for nobody, too: what runs beside an answer takes from its time.
    async fn send_reset_token(
        &self,
        owner: Option<(A::User, Generation)>,
        hash: Option<Pending<HashedPassword>>,
    ) -> HookResult {
        let core = self.core();
        let fingerprints = &core.settings.fingerprints;
        let (sub, fingerprint) = match &owner {
            Some((user, _)) => {
                (user.id().to_string(), fingerprints.of_owner(user.hashed_password(), user.email()))
            }
            None => (Uuid::nil().to_string(), fingerprints.of_owner(core.decoys.of_new(), "")),
        };
        let (password_fgpt, fgpt) = match hash {
            None => (fingerprint, None),
            Some(hash) => (hash.finished().await?.expose().to_owned(), Some(fingerprint)),
        };
        let user_gen = Some(owner.as_ref().map_or_else(Generation::default, |(_, generation)| *generation));
        let claims = ResetClaims { sub, password_fgpt, fgpt, user_gen };
        let token = core.one_time.reset.sign(claims, core.settings.now())?;
        let Some((user, _)) = owner else { return Ok(()) };
        core.hooks.on_after_forgot_password(&user, &token, self.info()).await
    }

    /// Sets a new password with a token, and ends every session of its user. A user who is not verified loses the
    /// accounts at other services, too. Of many at once, one does.
    ///
    /// # Errors
    ///
    /// `Refusal::TooMany`, `Refusal::ResetPasswordBadToken`, `Refusal::ResetPasswordInvalidPassword`, or any underlying error.
    pub async fn reset_password(&self, token: &str, password: &Password) -> Result<A::User, ManagerError> {
        let reset = self.reset(token, password).await;
        reset.map_err(|error| error.during(Operation::ResetPassword))
    }

    async fn reset(&self, token: &str, password: &Password) -> Result<A::User, ManagerError> {
        self.admit(Tried::Token).await?;
        let core = self.core();
        let now = core.settings.now();
        let kind = EventKind::PasswordResetRefused;
        let bad = |reason| self.bad_token(kind, reason);
        let (claims, spent) = core
            .one_time
            .reset
            .verify::<ResetClaims>(token, now)
            .map_err(|error| self.unread_token(kind, &error))?;
        let id = <A::User as AuthUser>::Id::parse(&claims.sub).ok_or_else(|| bad(Reason::NoSuchUser))?;
        let issued = match claims.user_gen {
            Some(generation) => Issuance::In(generation),
            // A token of FastAPI Users says when it expires.
            None if core.settings.compat.rules().accepts_foreign_tokens => {
                Issuance::At(spent.expires_at.before(core.policy.reset_password_token_lifetime))
            }
            None => return Err(bad(Reason::Outdated)),
        };
        let user = core.store.user_unless_ended(id, &spent.digest, issued).await?;
        let user = user.ok_or_else(|| bad(Reason::Ended))?;
        if !user.is_active() {
            return Err(bad(Reason::Inactive));
        }
        if !self.was_made_for(&user, &claims, self.asker()).await? {
            return Err(bad(Reason::Outdated));
        }
        let checked = self.check_password(password, PasswordOwner::Existing(&user)).await;
        self.refusal(Event::from(kind).to(&id), &checked);
        checked?;
        let hashed_password = core.pool.hash(password, self.asker()).await?;
        let write = Write {
            hashed_password: Some(hashed_password),
            expects_password: true,
            expects_email: true,
            spent: Some(spent),
            issued: Some(issued),
            // An attacker may have linked accounts: with a stolen session, or before the email was verified.
            drops_accounts: core.policy.unlink_accounts_on_reset || !user.is_verified(),
            ..Write::new(Change::PasswordReset, user)
        };
        let user = self.write(write).await?.ok_or_else(|| bad(Reason::Ended))?;
        self.admit_after_reset(&user).await;
        Ok(user)
    }

    /// Whether a reset token was made for the password and the address that `user` has.
    async fn was_made_for(
        &self,
        user: &A::User,
        claims: &ResetClaims,
        asker: Asker,
    ) -> Result<bool, ManagerError> {
        let core = self.core();
        let is_owner = |fingerprint: &String| {
            core.settings.fingerprints.match_owner(fingerprint, user.hashed_password(), user.email())
        };
        if !core.settings.compat.rules().hashes_reset_fingerprints {
            return Ok(is_owner(&claims.password_fgpt));
        }
        // A token of FastAPI Users says nothing of the address.
        if !claims.fgpt.as_ref().is_none_or(is_owner) {
            return Ok(false);
        }
        let password = as_password(user.hashed_password());
        match core.pool.verify(&password, &HashedPassword::new(&*claims.password_fgpt), asker).await {
            Ok(verdict) => Ok(verdict != Verdict::Wrong),
            Err(HashError::Malformed | HashError::TooLong) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// FastAPI Users takes the hash of the stored hash for a fingerprint.
fn as_password(hash: &HashedPassword) -> Password {
    Password::new(hash.expose())
}
