//! Proof that an address is its user's own: a token is sent there, and comes back, once.

use uuid::Uuid;

use super::authority::{Authority, Right};
use super::write::Write;
use super::{AuthApp, Authenticated, Manager, ManagerError};
use crate::error::Refusal;
use crate::event::{Event, EventKind, Reason};
use crate::hooks::Change;
use crate::limit::Tried;
use crate::secret::Password;
use crate::store::Users as _;
use crate::token::VerifyClaims;
use crate::user::{AuthUser, Flags, TypedEmail, UserId};

impl<A: AuthApp> Manager<A> {
    /// Sends a token to the stored email of the user whose email was typed, if there is such a user, active and not yet
    /// verified.
    ///
    /// Neither the result nor the response time reveals whether such a user exists. Above the rate limits for emails,
    /// nothing is sent, and the result is the same.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn request_verify(&self, email: &TypedEmail) -> Result<(), ManagerError> {
        let Some(taken) = self.may_send(Tried::RequestVerify(email.key())).await else {
            return Ok(());
        };
        let user = self.user_by_typed_email(email).await;
        let user = self.or_give_back(taken, user).await?;
        let refusal = user.as_ref().and_then(|user| match (user.is_active(), user.is_verified()) {
            (false, _) => Some(Reason::Inactive),
            (true, true) => Some(Reason::AlreadyVerified),
            (true, false) => None,
        });
        self.tell_request(EventKind::VerificationRequested, email, user.as_ref(), refusal);
        let user = user.filter(|_| refusal.is_none());
        self.spawn("on_after_request_verify", |manager| async move {
            let core = manager.core();
            // For nobody, too: what runs beside an answer takes from its time.
            let (sub, email) = match &user {
                Some(user) => (user.id().to_string(), user.email().to_owned()),
                None => (Uuid::nil().to_string(), String::new()),
            };
            let claims = VerifyClaims { sub, email, password_fgpt: None, user_gen: None };
            let token = core.one_time.verify.sign(claims, core.settings.now())?;
            let Some(user) = user else { return Ok(()) };
            core.hooks.on_after_request_verify(&user, &token, manager.info()).await
        });
        Ok(())
    }

    /// Marks a user as verified with a token. Of many at once, one does.
    ///
    /// If the [policy](super::Policy::require_password_to_verify) requires it, `proof` must be the user's password or one of
    /// the user's sessions. A wrong proof neither verifies the user nor uses up the token.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`], [`Refusal::VerifyUserBadToken`], [`Refusal::VerifyUserAlreadyVerified`],
    /// [`Refusal::VerifyUserBadPassword`], or any underlying error.
    pub async fn verify(&self, token: &str, proof: Proof<'_, A::User>) -> Result<A::User, ManagerError> {
        self.admit(Tried::Token).await?;
        let core = self.core();
        let now = core.settings.now();
        let kind = EventKind::VerificationRefused;
        let bad = |reason| self.bad_token(kind, reason);
        let (claims, spent) = core
            .one_time
            .verify
            .verify::<VerifyClaims>(token, now)
            .map_err(|error| self.unread_token(kind, &error))?;
        let id = <A::User as AuthUser>::Id::parse(&claims.sub).ok_or_else(|| bad(Reason::NoSuchUser))?;
        let user = core.store.user_by_id(id).await?.ok_or_else(|| bad(Reason::NoSuchUser))?;
        if !user.is_active() {
            return Err(bad(Reason::Inactive));
        }
        if user.email() != claims.email {
            return Err(bad(Reason::Outdated));
        }
        let already = || {
            self.tell(Event::from(kind).to(&id).because(Reason::AlreadyVerified));
            Refusal::VerifyUserAlreadyVerified
        };
        if user.is_verified() {
            return Err(already().into());
        }
        let asks_password = core.policy.require_password_to_verify;
        let not_shown = || {
            self.tell(Event::from(kind).to(&id).because(Reason::WrongPassword));
            Refusal::VerifyUserBadPassword
        };
        let shown = match asks_password {
            true => self.shown(&user, proof).await?.ok_or_else(not_shown)?,
            false => Shown::Nothing,
        };
        let write = Write {
            flags: Flags { is_verified: Some(true), ..Flags::default() },
            // Who has proven to know the former password has proven nothing once there is a new one.
            expects_password: asks_password,
            expects_email: true,
            expects_unverified: true,
            spent: Some(spent),
            authority: shown.authority(),
            ..Write::new(Change::Verification, user)
        };
        match self.write(write).await {
            Ok(Some(verified)) => return Ok(verified),
            Ok(None) => {}
            // The session that has shown the user has ended meanwhile, and so shows nobody.
            Err(ManagerError::Refused(Refusal::SessionEnded)) => return Err(not_shown().into()),
            Err(error) => return Err(error),
        }
        // Who comes second in a race learns what the first one made of it.
        let user = core.store.user_by_id(id).await?.filter(AuthUser::is_verified);
        Err(user.map_or_else(|| bad(Reason::Ended), |_| already().into()))
    }

    /// Returns what shows that `user` sends a request, and not somebody else who reads the same mail: the password, else the
    /// session.
    pub(super) async fn shown(
        &self,
        user: &A::User,
        proof: Proof<'_, A::User>,
    ) -> Result<Option<Shown<A::User>>, ManagerError> {
        let password = match proof {
            Proof::Token => return Ok(None),
            Proof::Session(session) => {
                let is_own = session.user.id() == user.id();
                return Ok(is_own.then(|| Shown::Session(Authority::new(session, Right::Own))));
            }
            Proof::Password(password) => password,
        };
        if password.is_too_long() {
            return Ok(None);
        }
        let guess = self.admit_guess(user.email()).await?;
        let is_right = self.owns(user, password, self.asker()).await;
        let is_right = self.or_give_guess_back(guess.as_ref(), is_right).await?;
        if is_right {
            self.was_right(guess).await;
        }
        Ok(is_right.then_some(Shown::Password))
    }
}

/// What shows that the holder of a mailed token is its user, where the
/// [policy](super::Policy::require_password_to_verify) asks for more than the token.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds a password or a token")]
#[non_exhaustive]
pub enum Proof<'a, U> {
    /// Nothing but the token.
    Token,
    /// The user's password.
    Password(&'a Password),
    /// A session of the user.
    Session(&'a Authenticated<U>),
}

impl<'a, U> Proof<'a, U> {
    /// Returns the password if there is one, else the session.
    #[must_use]
    pub fn of(password: Option<&'a Password>, session: Option<&'a Authenticated<U>>) -> Self {
        match (password, session) {
            (Some(password), _) => Self::Password(password),
            (None, Some(session)) => Self::Session(session),
            (None, None) => Self::Token,
        }
    }
}

/// What shows that a request is its user's.
pub(super) enum Shown<U> {
    /// Nothing but the token: the policy asks for no more.
    Nothing,
    /// The password.
    Password,
    /// A session.
    Session(Authority<U>),
}

impl<U> Shown<U> {
    /// In whose name a write is made.
    pub(super) fn authority(self) -> Option<Authority<U>> {
        match self {
            Self::Nothing | Self::Password => None,
            Self::Session(authority) => Some(authority),
        }
    }
}
