//! Clients that are known at an account: attackers who use up its limit do not keep them out.

use std::time::Duration;

use axum::response::Response;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{AuthApp, Manager, StoreOf};
use crate::backend::Backend;
use crate::event::Cause;
use crate::limit::{KNOWN_FOR, Visitor};
use crate::store::Store;
use crate::strategy::StrategyError;
use crate::token::KnownClientClaims;
use crate::user::{AuthUser, TypedEmail};

/// After a reset, the client that made it can log in with the new password for so long, whatever others try.
const AFTER_A_RESET: Duration = Duration::from_secs(10 * 60);

/// The client of a request, at the account that it tries.
pub(super) struct VisitorAt<'a, A> {
    manager: &'a Manager<A>,
    email: &'a TypedEmail,
}

impl<A: AuthApp> Visitor for VisitorAt<'_, A> {
    fn is_known(&self) -> BoxFuture<'_, bool> {
        self.manager.is_known_at(self.email).boxed()
    }
}

impl<A: AuthApp> Manager<A> {
    pub(super) fn visitor_at<'a>(&'a self, email: &'a TypedEmail) -> VisitorAt<'a, A> {
        VisitorAt { manager: self, email }
    }

    /// Returns whether the client has logged in to the account with the password that it has now: by a cookie, or by its
    /// network. The account is looked up only for clients that carry or have such a mark.
    async fn is_known_at(&self, email: &TypedEmail) -> bool {
        let core = self.core();
        let of_network = core.limiter.recall(email.key(), self.actor.client_address()).await;
        let cookies = core.backends.iter().filter_map(|backend| {
            let cookie = backend.transport.known_client(self.actor.head())?;
            let claims = core.known_clients.verify::<KnownClientClaims>(&cookie, core.settings.now());
            claims.ok().map(|(claims, _)| claims)
        });
        let cookies = cookies.collect::<Vec<_>>();
        if of_network.is_none() && cookies.is_empty() {
            return false;
        }
        // Without its database the request fails anyway, where that is reported; until then the client is a stranger.
        let Ok(Some(user)) = self.user_by_typed_email(email).await else { return false };
        let Ok(Some((user, generation))) = core.store.user_and_generation(user.id()).await else {
            return false;
        };
        let is_current = |mark: &str| core.settings.fingerprints.match_client(mark, generation, &user.id());
        of_network.is_some_and(|mark| is_current(&mark))
            || cookies.iter().any(|claims| claims.sub == user.id().to_string() && is_current(&claims.mark))
    }

    /// Makes the client of a login known at the account: by a cookie where the transport keeps one, else by its network.
    pub(super) async fn make_known(
        &self,
        user: &A::User,
        backend: &Backend<A::User, StoreOf<A>>,
        response: &mut Response,
    ) {
        let core = self.core();
        if self.actor.is_code() || !core.limiter.knows_clients() {
            return;
        }
        let Some(mark) = self.mark_of(user).await else { return };
        let claims = KnownClientClaims { sub: user.id().to_string(), mark: mark.clone() };
        let is_kept = match core.known_clients.sign(claims, core.settings.now()) {
            Ok(cookie) => backend.transport.keep_known_client(&cookie, KNOWN_FOR, response),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a cookie can't be signed");
                false
            }
        };
        if !is_kept {
            self.remember_network(user, mark, KNOWN_FOR).await;
        }
    }

    /// Lets the client that has reset the password log in, however many guesses others make meanwhile.
    pub(super) async fn admit_after_reset(&self, user: &A::User) {
        let core = self.core();
        if self.actor.is_code() {
            return;
        }
        let email = TypedEmail::new(user.email());
        core.limiter.forget_guesses(email.key(), self.actor.client_address()).await;
        if core.limiter.knows_clients()
            && let Some(mark) = self.mark_of(user).await
        {
            self.remember_network(user, mark, AFTER_A_RESET).await;
        }
    }

    /// Returns the mark of a client that has just proven that it is `user`; `None` if the user has changed meanwhile or the
    /// store fails. The client is a stranger then until its next login.
    async fn mark_of(&self, user: &A::User) -> Option<String> {
        let core = self.core();
        match core.context(self.actor.head()).generation_for(user).await {
            Ok(generation) => Some(core.settings.fingerprints.of_client(generation, &user.id())),
            Err(StrategyError::UserChanged) => None,
            Err(error) => {
                tracing::warn!(error = ?Cause(&error), "a client that has logged in is not remembered");
                None
            }
        }
    }

    async fn remember_network(&self, user: &A::User, mark: String, lifetime: Duration) {
        let email = TypedEmail::new(user.email());
        let client = self.actor.client_address();
        self.core().limiter.remember(email.key(), client, mark, lifetime).await;
    }
}
