//! What is told of the stories: to the log and the metrics, with who did it and why it was refused.

use super::{AuthApp, Failure, IdOf, Manager, ManagerError};
use crate::error::Refusal;
use crate::event::{self, Event, EventKind, Reason};
use crate::token::JwtError;
use crate::user::{AuthUser, OAuthAccount, TypedEmail};

impl<A: AuthApp> Manager<A> {
    /// Emits an event that the actor caused.
    pub(crate) fn tell(&self, event: Event<'_>) {
        event::tell(&event, self.actor.client_address());
    }

    /// Logs an event of which one client can cause any number: a line at once, then one a minute.
    pub(crate) fn tell_flood(&self, event: Event<'_>) {
        let core = self.core();
        core.floods.tell(event, self.actor.client_address(), core.settings.now());
    }

    /// Logs that a use case ended with `result`, if that is a refusal. The fault of a dependency is none: it is logged where
    /// the error becomes a response.
    pub(super) fn refusal<T>(&self, event: Event<'_>, result: &Result<T, ManagerError>) {
        if let Err(error) = result
            && let Some(event) = refused(event, error)
        {
            self.tell(event);
        }
    }

    /// The same for a use case that no rate limit counts.
    pub(super) fn unlimited_refusal<T>(&self, event: Event<'_>, result: &Result<T, ManagerError>) {
        if let Err(error) = result
            && let Some(event) = refused(event, error)
        {
            self.tell_flood(event);
        }
    }

    /// Tells why a one-time token is not taken. Who brought it is not told.
    pub(super) fn bad_token(&self, kind: EventKind, reason: Reason) -> ManagerError {
        self.tell(Event::from(kind).because(reason));
        Refusal::VerifyUserBadToken.into()
    }

    /// The same, of one that can't be read.
    pub(super) fn unread_token(&self, kind: EventKind, error: &JwtError) -> ManagerError {
        self.bad_token(kind, Reason::from(error))
    }

    /// Tells that something was asked to be sent to `email`: to `user`, or to nobody, and why.
    pub(super) fn tell_request(
        &self,
        kind: EventKind,
        email: &TypedEmail,
        user: Option<&A::User>,
        refusal: Option<Reason>,
    ) {
        let (id, digest) = (user.map(AuthUser::id), self.email_digest(email));
        let event = Event::from(kind);
        let event = match &id {
            Some(id) => event.to(id),
            None => event.email_digest(&digest).because(Reason::UnknownUser),
        };
        self.tell(refusal.map_or(event, |reason| event.because(reason)));
    }

    /// The name of an email in the log.
    pub(super) fn email_digest(&self, email: &TypedEmail) -> String {
        self.core().settings.fingerprints.of_email(email.key())
    }
}

impl<A: AuthApp> Manager<A> {
    /// Calls the hook for an OAuth account that has been unlinked, and has the provider revoke its tokens where it can.
    pub(super) fn after_unlinking(&self, user: &A::User, account: OAuthAccount<IdOf<A>>) {
        #[cfg(feature = "oauth")]
        {
            let account = account.clone();
            self.spawn("revoke", |manager| async move { Ok(manager.revoke(&account).await?) });
        }
        let user = user.clone();
        self.spawn("on_after_oauth_unlink", |manager| async move {
            manager.core().hooks.on_after_oauth_unlink(&user, &account, manager.info()).await
        });
    }
}

/// The event of a refusal for this error; `None` for the fault of a dependency.
fn refused<'a>(event: Event<'a>, error: &'a ManagerError) -> Option<Event<'a>> {
    let event = event.because(error.reason()?);
    Some(match error {
        ManagerError::Failed(Failure::Hook(error)) => event.caused_by(&**error),
        #[cfg(feature = "oauth")]
        ManagerError::Failed(Failure::Provider(error)) => event.caused_by(error),
        ManagerError::Refused(_) | ManagerError::Failed(_) => event,
    })
}
