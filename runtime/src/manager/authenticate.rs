//! Who signs in: an address and a password, checked in the same time whether the user is known or not.

use super::{AuthApp, IdOf, Manager, ManagerError};
use crate::event::{Cause, Event, Reason};
use crate::hooks::Change;
use crate::password::{Asker, HashError, Verdict};
use crate::secret::Password;
use crate::store::{UserWrites as _, Users as _};
use crate::user::{AuthUser, Expected, TypedEmail, UserChanges, UserId};

/// An email and a password as they were typed.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a password")]
#[non_exhaustive]
pub struct Credentials {
    /// The text typed as the email, under the name that OAuth2's password flow gives it. It need not parse: see
    /// [`TypedEmail`].
    pub username: String,
    /// The password.
    pub password: Password,
}

impl Credentials {
    /// Returns what a user typed.
    pub fn new(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { username: username.into(), password: password.into() }
    }
}

/// The result of checking a typed password.
pub(super) enum Compared<U> {
    /// The password is longer than any that is hashed, and nothing was compared.
    TooLong,
    /// The user that was found, and the verdict on its hash, or on a decoy.
    Checked(Option<U>, Verdict),
}

/// Why credentials are not right, for the log.
pub(super) struct Unidentified<Id> {
    reason: Reason,
    /// Whose address it is.
    user: Option<Id>,
    /// An address that is nobody's.
    email_digest: Option<String>,
}

impl<Id: UserId> Unidentified<Id> {
    const fn of(reason: Reason) -> Self {
        Self { reason, user: None, email_digest: None }
    }

    /// `event` with all that is known.
    pub(super) fn told<'a>(&'a self, mut event: Event<'a>) -> Event<'a> {
        event = event.because(self.reason);
        if let Some(user) = &self.user {
            event = event.to(user);
        }
        if let Some(digest) = &self.email_digest {
            event = event.email_digest(digest);
        }
        event
    }
}

impl<A: AuthApp> Manager<A> {
    /// Returns the user for whom `credentials` are right, active or not. The hasher runs once in any case. For a client, each
    /// call counts as a guess.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`](crate::error::Refusal::TooMany), or any underlying error.
    pub async fn authenticate(&self, credentials: &Credentials) -> Result<Option<A::User>, ManagerError> {
        let email = TypedEmail::new(&credentials.username);
        let (guess, asker) = (self.admit_sign_in(&email).await?, self.asker());
        let compared = self.compare(&email, &credentials.password, asker).await;
        let compared = self.or_give_guess_back(guess.as_ref(), compared).await?;
        let user = self.identify(&email, &credentials.password, compared, asker).await?.ok();
        if user.as_ref().is_some_and(|user| self.barred(user).is_none()) {
            self.was_right(guess).await;
        }
        Ok(user)
    }

    /// Looks up the user whose email was typed, and checks the password against its hash, or against a decoy. Where it
    /// fails, no hash was compared.
    pub(super) async fn compare(
        &self,
        email: &TypedEmail,
        password: &Password,
        asker: Asker,
    ) -> Result<Compared<A::User>, ManagerError> {
        let core = self.core();
        if password.is_too_long() {
            return Ok(Compared::TooLong);
        }
        self.count_hashes_if_due();
        let user = self.user_by_typed_email(email).await?;
        let decoy = self.decoy(email);
        let stored = user.as_ref().map_or(&decoy, AuthUser::hashed_password);
        let verdict = match core.pool.verify(password, stored, asker).await {
            Err(HashError::Malformed) => {
                tracing::warn!(user = ?user.as_ref().map(AuthUser::id), "the stored password hash can't be checked");
                // Nothing was computed: without this, such a user would be known by a quick answer.
                core.pool.verify(password, core.decoys.of_new(), asker).await?;
                Verdict::Wrong
            }
            verdict => verdict?,
        };
        Ok(Compared::Checked(user, verdict))
    }

    /// The user whose password was right, or why there is none.
    pub(super) async fn identify(
        &self,
        email: &TypedEmail,
        password: &Password,
        compared: Compared<A::User>,
        asker: Asker,
    ) -> Result<Result<A::User, Unidentified<IdOf<A>>>, ManagerError> {
        let (user, verdict) = match compared {
            Compared::TooLong => return Ok(Err(Unidentified::of(Reason::PasswordTooLong))),
            Compared::Checked(user, verdict) => (user, verdict),
        };
        let id = user.as_ref().map(AuthUser::id);
        let user = match (user, verdict) {
            (Some(user), Verdict::Right) => Some(user),
            // A second hash would show that the password of a user who may not sign in is right.
            (Some(user), Verdict::RightButOutdated) if self.barred(&user).is_some() => Some(user),
            (Some(user), Verdict::RightButOutdated) => {
                match self.upgrade(&user, password, asker).await {
                    Ok(upgraded) => upgraded,
                    Err(error) => {
                        // The password is right all the same; the next sign-in tries again. But what was not answered may
                        // have been done, and a token that hangs on the old hash would be none.
                        tracing::warn!(user = ?user.id(), error = ?Cause(&error), "an outdated password hash may have been kept");
                        self.still_owned(&user, password, asker).await?
                    }
                }
            }
            (None, _) | (_, Verdict::Wrong) => None,
        };
        Ok(user.ok_or_else(|| match id {
            Some(_) => Unidentified { user: id, ..Unidentified::of(Reason::WrongPassword) },
            None if email.is_email() => Unidentified {
                email_digest: Some(self.email_digest(email)),
                ..Unidentified::of(Reason::UnknownUser)
            },
            // It may be a password that was typed into the wrong field, so nothing of it is logged.
            None => Unidentified::of(Reason::NoAddress),
        }))
    }

    /// Whether `password` is `user`'s. Where it fails, no hash was compared.
    pub(super) async fn owns(
        &self,
        user: &A::User,
        password: &Password,
        asker: Asker,
    ) -> Result<bool, ManagerError> {
        match self.core().pool.verify(password, user.hashed_password(), asker).await {
            Ok(verdict) => Ok(verdict != Verdict::Wrong),
            Err(HashError::Malformed | HashError::TooLong) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores a stronger hash of the same password. Signed tokens, which hang on the hash, end with the old one. Where the stored one has changed in the meantime, by a login
    /// that was faster or a new password, it decides.
    async fn upgrade(
        &self,
        user: &A::User,
        password: &Password,
        asker: Asker,
    ) -> Result<Option<A::User>, ManagerError> {
        let core = self.core();
        let hashed_password = core.pool.hash(password, asker).await?;
        let changes = UserChanges {
            hashed_password: Some(&hashed_password),
            expected: Expected { hashed_password: Some(user.hashed_password()), ..Expected::default() },
            ..UserChanges::default()
        };
        let mut work = self.work();
        let Some(upgraded) = work.update_user(user.id(), &changes).await? else {
            drop(work);
            return self.still_owned(user, password, asker).await;
        };
        // It is the same password: the tokens that hang on it in the store stay good.
        self.restamp(&mut work, user, &upgraded).await?;
        self.in_transaction(&mut work, |hooks, connection| {
            hooks.on_update(user, &upgraded, Change::HashUpgrade, self.info(), connection)
        })
        .await?;
        work.commit().await?;
        Ok(Some(upgraded))
    }

    /// `user` as it is now, if `password`, which was right, still is.
    async fn still_owned(
        &self,
        user: &A::User,
        password: &Password,
        asker: Asker,
    ) -> Result<Option<A::User>, ManagerError> {
        let Some(current) = self.core().store.user_by_id(user.id()).await? else { return Ok(None) };
        let is_unchanged = current.hashed_password().expose() == user.hashed_password().expose();
        Ok((is_unchanged || self.owns(&current, password, asker).await?).then_some(current))
    }
}
