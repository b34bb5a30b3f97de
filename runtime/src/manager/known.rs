//! Clients that are known at an account: attackers who use up its limit do not keep them out.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{AuthApp, Manager};
use crate::event::Cause;
use crate::limit::{KNOWN_FOR, Visitor};
use crate::secret::HashedPassword;
use crate::token::KnownClientClaims;
use crate::user::{AuthUser, TypedEmail};
use crate::work::generation_for;

/// After a reset, the client that made it can log in with the new password for so long, whatever others try.
const AFTER_A_RESET: Duration = Duration::from_secs(10 * 60);

/// The proof that a client has logged in to an account.
pub(crate) struct KnownProof {
    /// The value for the client to keep. `None` where it can't be signed.
    pub(crate) cookie: Option<String>,
    mark: String,
}

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
    /// network. Only clients with a mark cause queries, and those are the same for unknown emails: a client that has the
    /// cookie of its own account learns nothing about other emails by the time of the response (CWE-208).
    async fn is_known_at(&self, email: &TypedEmail) -> bool {
        let core = self.core();
        let of_network = core.limiter.recall(email.key(), self.actor.client_address()).await;
        let cookies = core.backends.iter().filter_map(|backend| {
            let cookie = self.actor.cookie(&backend.transport.known_client_cookie()?)?;
            let claims = core.known_clients.verify::<KnownClientClaims>(cookie, core.settings.now());
            claims.ok().map(|(claims, _)| claims)
        });
        let cookies = cookies.collect::<Vec<_>>();
        if of_network.is_none() && cookies.is_empty() {
            return false;
        }
        // Without its database the request fails anyway, where that is reported; until then the client is a stranger.
        let Ok(Some((user, generation))) = self.owner_and_generation(email).await else { return false };
        let (fingerprints, hash) = (&core.settings.fingerprints, self.hash_of_mark(&user));
        let is_current = |mark: &str| fingerprints.match_client(mark, generation, hash, &user.id());
        of_network.is_some_and(|mark| is_current(&mark))
            || cookies.iter().any(|claims| claims.sub == user.id().to_string() && is_current(&claims.mark))
    }

    /// Returns the proof that the client has logged in to the account, for the client to keep. `None` where clients are not
    /// known, and for code.
    pub(crate) async fn known_proof(&self, user: &A::User) -> Option<KnownProof> {
        let core = self.core();
        if self.actor.is_code() || !core.limiter.knows_clients() {
            return None;
        }
        let mark = self.mark_of(user).await?;
        let claims = KnownClientClaims { sub: user.id().to_string(), mark: mark.clone() };
        let cookie = core.known_clients.sign(claims, core.settings.now()).inspect_err(|error| {
            tracing::error!(error = ?Cause(error), "a cookie can't be signed");
        });
        Some(KnownProof { cookie: cookie.ok(), mark })
    }

    /// Remembers the network of a client that does not keep its proof.
    pub(crate) async fn remember(&self, user: &A::User, proof: KnownProof) {
        self.remember_network(user, proof.mark, KNOWN_FOR).await;
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
        match generation_for(&core.store, &core.settings, user).await {
            Ok(Some(generation)) => {
                let hash = self.hash_of_mark(user);
                Some(core.settings.fingerprints.of_client(generation, hash, &user.id()))
            }
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(error = ?Cause(&error), "a client that has logged in is not remembered");
                None
            }
        }
    }

    /// Returns the password hash that a mark depends on beside the generation: FastAPI Users changes passwords in the same
    /// database without a new generation. An upgrade of the hash ends the marks there, too.
    fn hash_of_mark<'u>(&self, user: &'u A::User) -> Option<&'u HashedPassword> {
        let is_shared = self.core().settings.compat.rules().accepts_foreign_tokens;
        is_shared.then(|| user.hashed_password())
    }

    async fn remember_network(&self, user: &A::User, mark: String, lifetime: Duration) {
        let email = TypedEmail::new(user.email());
        let client = self.actor.client_address();
        self.core().limiter.remember(email.key(), client, mark, lifetime).await;
    }
}
