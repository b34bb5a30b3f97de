//! Who tries too often is turned away, before anything is looked up or hashed.

use super::{AuthApp, Manager, ManagerError};
use crate::client::ClientAddress;
use crate::error::Refusal;
use crate::event::{Event, EventKind};
use crate::limit::{Exceeded, Guess, Stranger, Taken, Tried, Visitor};
use crate::password::Asker;
use crate::user::TypedEmail;

impl<A: AuthApp> Manager<A> {
    /// Returns the [`Asker`] on whose behalf a password is hashed.
    pub(super) fn asker(&self) -> Asker {
        if self.actor.is_code() {
            Asker::App
        } else {
            Asker::Client(self.actor.client_address().map(ClientAddress::site))
        }
    }

    /// Counts what is tried.
    pub(super) async fn admit(&self, tried: Tried<'_>) -> Result<Taken, ManagerError> {
        if self.actor.is_code() {
            return Ok(Taken::default());
        }
        let admitted = match tried {
            Tried::ForgotPassword(email)
            | Tried::RequestVerify(email)
            | Tried::EmailChange(email)
            | Tried::RegistrationOfKnown(email) => {
                let email = TypedEmail::new(email);
                self.admit_visitor(tried, &self.visitor_at(&email)).await
            }
            Tried::Registration | Tried::Token | Tried::Change(_) | Tried::ChangeOfOther(_) => {
                self.admit_visitor(tried, &Stranger).await
            }
            #[cfg(feature = "oauth")]
            Tried::OAuthAuthorize | Tried::OAuthCallback => self.admit_visitor(tried, &Stranger).await,
        };
        admitted.map_err(|exceeded| self.too_many(exceeded))
    }

    async fn admit_visitor(&self, tried: Tried<'_>, visitor: &dyn Visitor) -> Result<Taken, Exceeded> {
        self.core().limiter.admit(tried, self.actor.client_address(), visitor).await
    }

    /// Counts a mail that is asked for, where the answer must not say whether it is sent. `None` over a limit.
    pub(super) async fn may_send(&self, mail: Tried<'_>) -> Option<Taken> {
        self.admit(mail).await.ok()
    }

    /// Gives back what a request has taken where a fault of ours kept it from being answered. It must have learned nothing:
    /// no password has been compared, and no mail sent.
    pub(super) async fn or_give_back<T>(
        &self,
        taken: Taken,
        result: Result<T, ManagerError>,
    ) -> Result<T, ManagerError> {
        if result.as_ref().is_err_and(ManagerError::is_unavailable) {
            self.core().limiter.give_back(taken).await;
        }
        result
    }

    /// The same for a guess whose password was to be compared.
    pub(super) async fn or_give_guess_back<T>(
        &self,
        guess: Option<&Guess>,
        result: Result<T, ManagerError>,
    ) -> Result<T, ManagerError> {
        self.or_give_back(guess.map(Guess::taken).unwrap_or_default(), result).await
    }

    /// Counts a sign-in with whatever was typed as the email.
    pub(super) async fn admit_sign_in(&self, email: &TypedEmail) -> Result<Option<Guess>, ManagerError> {
        if self.actor.is_code() {
            return Ok(None);
        }
        let (client, visitor) = (self.actor.client_address(), self.visitor_at(email));
        let guess = self.core().limiter.sign_in(email.key(), client, &visitor).await;
        guess.map(Some).map_err(|exceeded| self.too_many(exceeded))
    }

    /// Counts a password that is tried at the account with this stored email.
    pub(super) async fn admit_guess(&self, email: &str) -> Result<Option<Guess>, ManagerError> {
        if self.actor.is_code() {
            return Ok(None);
        }
        let email = TypedEmail::new(email);
        let (client, visitor) = (self.actor.client_address(), self.visitor_at(&email));
        let guess = self.core().limiter.guess(email.key(), client, &visitor).await;
        guess.map(Some).map_err(|exceeded| self.too_many(exceeded))
    }

    /// The password was right.
    pub(super) async fn was_right(&self, guess: Option<Guess>) {
        if let Some(guess) = guess {
            self.core().limiter.was_right(guess).await;
        }
    }

    fn too_many(&self, exceeded: Exceeded) -> ManagerError {
        self.tell_flood(Event::from(EventKind::Limited).limit(exceeded.limit));
        Refusal::TooMany(exceeded.wait).into()
    }
}
