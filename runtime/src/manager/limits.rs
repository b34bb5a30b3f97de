//! Who tries too often is turned away, before anything is looked up or hashed.

use axum::http::request::Parts;

use super::{AuthApp, Manager, ManagerError, NoRequest};
use crate::client::ClientAddress;
use crate::error::Refusal;
use crate::event::{Event, EventKind};
use crate::limit::{Exceeded, Guess, Stranger, Taken, Tried, Visitor};
use crate::password::Asker;
use crate::user::TypedEmail;

impl<A: AuthApp> Manager<A> {
    /// The client that sent `request`: its peer, or whom the proxies that the app trusts name. `None` where nothing tells.
    #[must_use]
    pub fn client_address(&self, request: &Parts) -> Option<ClientAddress> {
        self.core().settings.proxies.client(request)
    }

    /// Returns the [`Asker`] on whose behalf `request` has a password hashed.
    pub(super) fn asker(&self, request: &Parts) -> Asker {
        if is_from_code(request) {
            Asker::App
        } else {
            Asker::Client(self.client_address(request).map(ClientAddress::site))
        }
    }

    /// Counts what is tried.
    pub(super) async fn admit(&self, tried: Tried<'_>, request: &Parts) -> Result<Taken, ManagerError> {
        if is_from_code(request) {
            return Ok(Taken::default());
        }
        let admitted = match tried {
            Tried::ForgotPassword(email)
            | Tried::RequestVerify(email)
            | Tried::EmailChange(email)
            | Tried::RegistrationOfKnown(email) => {
                let email = TypedEmail::new(email);
                self.admit_visitor(tried, &self.visitor_at(&email, request), request).await
            }
            Tried::Registration | Tried::Token | Tried::Change(_) | Tried::ChangeOfOther(_) => {
                self.admit_visitor(tried, &Stranger, request).await
            }
            #[cfg(feature = "oauth")]
            Tried::OAuthAuthorize | Tried::OAuthCallback => {
                self.admit_visitor(tried, &Stranger, request).await
            }
        };
        admitted.map_err(|exceeded| self.too_many(exceeded, request))
    }

    async fn admit_visitor(
        &self,
        tried: Tried<'_>,
        visitor: &dyn Visitor,
        request: &Parts,
    ) -> Result<Taken, Exceeded> {
        self.core().limiter.admit(tried, self.client_address(request), visitor).await
    }

    /// Counts a mail that is asked for, where the answer must not say whether it is sent. `None` over a limit.
    pub(super) async fn may_send(&self, mail: Tried<'_>, request: &Parts) -> Option<Taken> {
        self.admit(mail, request).await.ok()
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
    pub(super) async fn admit_sign_in(
        &self,
        email: &TypedEmail,
        request: &Parts,
    ) -> Result<Option<Guess>, ManagerError> {
        if is_from_code(request) {
            return Ok(None);
        }
        let (client, visitor) = (self.client_address(request), self.visitor_at(email, request));
        let guess = self.core().limiter.sign_in(email.key(), client, &visitor).await;
        guess.map(Some).map_err(|exceeded| self.too_many(exceeded, request))
    }

    /// Counts a password that is tried at the account with this stored email.
    pub(super) async fn admit_guess(
        &self,
        email: &str,
        request: &Parts,
    ) -> Result<Option<Guess>, ManagerError> {
        if is_from_code(request) {
            return Ok(None);
        }
        let email = TypedEmail::new(email);
        let (client, visitor) = (self.client_address(request), self.visitor_at(&email, request));
        let guess = self.core().limiter.guess(email.key(), client, &visitor).await;
        guess.map(Some).map_err(|exceeded| self.too_many(exceeded, request))
    }

    /// The password was right.
    pub(super) async fn was_right(&self, guess: Option<Guess>) {
        if let Some(guess) = guess {
            self.core().limiter.was_right(guess).await;
        }
    }

    fn too_many(&self, exceeded: Exceeded, request: &Parts) -> ManagerError {
        self.tell_flood(Event::from(EventKind::Limited).limit(exceeded.limit), request);
        Refusal::TooMany(exceeded.wait).into()
    }
}

/// Whether it is the app's own code that asks.
pub(super) fn is_from_code(request: &Parts) -> bool {
    request.extensions.get::<NoRequest>().is_some()
}
