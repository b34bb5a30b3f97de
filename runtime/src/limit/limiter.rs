//! Asks the counters, in the order in which no one can use up what is another's.

use std::sync::{Arc, Once};
use std::time::Duration;

use hmac::digest::InvalidLength;

use super::key::Keyed;
use super::memory::Memory;
use super::shared::Shared;
use super::{Counters, CountersError, Key, Limits, Rate, Tally};
use crate::client::ClientAddress;
use crate::clock::{Clock, Timestamp};
use crate::secret::Secret;

/// For how long a client is known at an account that it has signed in to.
const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// As many clients stand behind a request that does not say where it comes from.
const UNKNOWN_CLIENTS: u32 = 20;

const PASSWORDS: &str = "passwords";
const FROM_ANYWHERE: &str = "passwords_from_anywhere";

/// What is tried, besides passwords.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tried<'a> {
    Registration,
    /// A mail with a token that resets the password, by the canonical key of the typed email.
    ForgotPassword(&'a str),
    /// A mail with a token that verifies the email, by its canonical key.
    RequestVerify(&'a str),
    /// A token out of a mail.
    Token,
    /// A way to another service.
    #[cfg(feature = "oauth")]
    OAuthAuthorize,
    /// A way back from there.
    #[cfg(feature = "oauth")]
    OAuthCallback,
}

/// It was tried too often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exceeded {
    /// Which limit says so.
    pub(crate) limit: &'static str,
    /// So long, and it may be tried again.
    pub(crate) wait: Duration,
}

/// A password that is tried, until it is known whether it is right.
#[derive(Debug)]
#[must_use]
pub(crate) struct Guess {
    by_client: Key,
    /// Who comes from nowhere is known nowhere.
    known: Option<Key>,
}

/// Asks the counters.
pub(crate) struct Limiter {
    limits: Limits,
    keyed: Keyed,
    memory: Memory,
    shared: Option<Shared>,
    clock: Arc<dyn Clock>,
    /// That requests say nothing of their clients has been said.
    told: Once,
}

impl Limiter {
    pub(crate) fn new(
        limits: Limits,
        secret: &Secret,
        clock: Arc<dyn Clock>,
        shared: Option<Arc<dyn Counters>>,
    ) -> Result<Self, InvalidLength> {
        let (keyed, memory) = (Keyed::new(secret)?, Memory::new(Arc::clone(&clock)));
        let shared = shared.map(|counters| Shared::new(counters, Arc::clone(&clock)));
        Ok(Self { limits, keyed, memory, shared, clock, told: Once::new() })
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts what `client` tries. [`Exceeded`], if it tries too often.
    pub(crate) async fn admit(
        &self,
        tried: Tried<'_>,
        client: Option<ClientAddress>,
    ) -> Result<(), Exceeded> {
        let limits = &self.limits;
        match tried {
            Tried::Registration => self.by_client("register", limits.register, client).await,
            Tried::Token => self.by_client("tokens", limits.tokens, client).await,
            #[cfg(feature = "oauth")]
            Tried::OAuthAuthorize => self.by_client("oauth_authorize", limits.oauth, client).await,
            #[cfg(feature = "oauth")]
            Tried::OAuthCallback => self.by_client("oauth_callback", limits.oauth, client).await,
            Tried::ForgotPassword(email) => {
                self.mail(["forgot_password", "forgot_password_to_one"], email, client).await
            }
            Tried::RequestVerify(email) => {
                self.mail(["request_verify", "request_verify_to_one"], email, client).await
            }
        }
    }

    /// Counts a sign-in of `client`. `account` is the canonical key of the typed email, here and below.
    pub(crate) async fn sign_in(
        &self,
        account: &str,
        client: Option<ClientAddress>,
    ) -> Result<Guess, Exceeded> {
        self.by_client("sign_in", self.limits.sign_in, client).await?;
        self.guess(account, client).await
    }

    /// Counts a password that `client` tries at an account. What is over the first limit takes nothing from the second,
    /// which is not its own alone.
    pub(crate) async fn guess(
        &self,
        account: &str,
        client: Option<ClientAddress>,
    ) -> Result<Guess, Exceeded> {
        let guess = self.guess_at(account, client);
        let rate = self.rate_of(client, self.limits.passwords);
        self.take(PASSWORDS, guess.by_client, rate).await?;
        if self.limits.passwords_from_anywhere.is_some() && !self.is_known(&guess).await {
            let anywhere = self.key(FROM_ANYWHERE, &[account]);
            self.take(FROM_ANYWHERE, anywhere, self.limits.passwords_from_anywhere).await?;
        }
        Ok(guess)
    }

    fn guess_at(&self, account: &str, client: Option<ClientAddress>) -> Guess {
        let network = network(client);
        Guess {
            by_client: self.key(PASSWORDS, &[account, &network]),
            known: client.map(|_| self.key("known", &[account, &network])),
        }
    }

    /// The password was right: what was wrong before is forgotten, and the client is known at the account.
    pub(crate) async fn was_right(&self, guess: Guess) {
        if self.limits.passwords.is_some() {
            self.clear(guess.by_client).await;
        }
        if let (Some(_), Some(known)) = (self.limits.passwords_from_anywhere, guess.known) {
            self.remember(known).await;
        }
    }

    /// Whoever owns the account has come from `client`, without a password.
    pub(crate) async fn is_owner(&self, account: &str, client: Option<ClientAddress>) {
        self.was_right(self.guess_at(account, client)).await;
    }

    async fn is_known(&self, guess: &Guess) -> bool {
        let (Some(known), now) = (guess.known, self.now()) else { return false };
        let shared = self.ask(move |counters| async move { counters.remembers(known, now).await }).await;
        shared.unwrap_or_default() || self.memory.remembers(known, now)
    }

    async fn remember(&self, known: Key) {
        let now = self.now();
        // For the time when the shared counters are unreachable.
        self.memory.remember(known, KNOWN_FOR, now);
        self.ask(move |counters| async move { counters.remember(known, KNOWN_FOR, now).await }).await;
    }

    async fn clear(&self, key: Key) {
        self.memory.clear(key);
        self.ask(move |counters| async move { counters.clear(key).await }).await;
    }

    /// The answer of the shared counters; `None` where there are none or they fail.
    async fn ask<T, F>(&self, ask: impl FnOnce(Arc<dyn Counters>) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CountersError>> + Send + 'static,
    {
        self.shared.as_ref()?.ask(ask).await
    }

    async fn mail(
        &self,
        [by_client, to_one]: [&'static str; 2],
        email: &str,
        client: Option<ClientAddress>,
    ) -> Result<(), Exceeded> {
        self.by_client(by_client, self.limits.mails, client).await?;
        self.take(to_one, self.key(to_one, &[email]), self.limits.mails_to_one).await
    }

    async fn by_client(
        &self,
        limit: &'static str,
        rate: Option<Rate>,
        client: Option<ClientAddress>,
    ) -> Result<(), Exceeded> {
        self.take(limit, self.key(limit, &[&network(client)]), self.rate_of(client, rate)).await
    }

    /// The rate of a client; more of it where nothing tells which one it is, since many are one then.
    fn rate_of(&self, client: Option<ClientAddress>, rate: Option<Rate>) -> Option<Rate> {
        let (None, Some(rate)) = (client, rate) else { return rate };
        self.told.call_once(|| {
            tracing::error!(
                "requests do not say where they come from, so that all clients share the limits of a few: serve the app \
                 with `into_make_service_with_connect_info::<SocketAddr>()`"
            );
        });
        Some(rate.times(UNKNOWN_CLIENTS))
    }

    async fn take(&self, limit: &'static str, key: Key, rate: Option<Rate>) -> Result<(), Exceeded> {
        let Some(rate) = rate else { return Ok(()) };
        let (now, at_least) = (self.now(), self.memory.ahead(key));
        let shared = self.ask(move |counters| async move { counters.take(key, rate, at_least, now).await });
        let tally = match shared.await {
            Some(tally) => {
                self.memory.mirror(key, rate, tally);
                tally
            }
            None => self.memory.take(key, rate),
        };
        match tally {
            Tally::Taken { .. } => Ok(()),
            Tally::Empty(wait) => Err(Exceeded { limit, wait }),
        }
    }

    fn key(&self, limit: &str, parts: &[&str]) -> Key {
        self.keyed.key(limit, parts)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// What counts as one client; all that are unknown are one.
fn network(client: Option<ClientAddress>) -> String {
    client.map(|client| client.network().to_string()).unwrap_or_default()
}
