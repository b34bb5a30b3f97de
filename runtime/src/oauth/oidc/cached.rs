//! A document of a provider's: kept for an hour, and fetched by one request at a time. It doesn't know what it says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::oauth::OAuthError;

/// How long a document is good. One that can't be had anew then is gone: a key that was withdrawn must not live on.
const LIFETIME: Duration = Duration::from_secs(3600);

/// By how much a moment that was kept may lie ahead of a request's own: those who fetched have looked at the clock
/// later than some who waited for them. Past that, the clock has been put back.
const SLACK: Duration = Duration::from_secs(60);

/// A document of a provider's.
pub(super) struct Cached<T> {
    kept: Mutex<Option<Kept<T>>>,
    /// The one that holds it may fetch.
    turn: tokio::sync::Mutex<()>,
    failures: AtomicU64,
}

struct Kept<T> {
    document: Arc<T>,
    fetched: Timestamp,
    /// When it was fetched, or last asked for in vain.
    asked: Timestamp,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { kept: Mutex::default(), turn: tokio::sync::Mutex::default(), failures: AtomicU64::default() }
    }
}

impl<T> Cached<T> {
    /// What is kept, if it is good, or else what `fetch` has.
    pub(super) async fn get(
        &self,
        now: Timestamp,
        fetch: impl Future<Output = Result<T, OAuthError>>,
    ) -> Result<Arc<T>, OAuthError> {
        self.kept_or(|kept| is_within(kept.fetched, LIFETIME, now), now, fetch).await
    }

    /// Fetches the document anew, unless it was last asked for within `pause`; then the kept one is returned.
    pub(super) async fn renewed(
        &self,
        pause: Duration,
        now: Timestamp,
        fetch: impl Future<Output = Result<T, OAuthError>>,
    ) -> Result<Arc<T>, OAuthError> {
        self.kept_or(|kept| is_within(kept.asked, pause, now), now, fetch).await
    }

    /// Those who come while another one fetches wait, and have what it has: its failure too, since a provider that is
    /// down would else cost each of them a timeout after that of the one before.
    async fn kept_or(
        &self,
        is_good: impl Fn(&Kept<T>) -> bool,
        now: Timestamp,
        fetch: impl Future<Output = Result<T, OAuthError>>,
    ) -> Result<Arc<T>, OAuthError> {
        let good =
            || self.kept().as_ref().filter(|kept| is_good(kept)).map(|kept| Arc::clone(&kept.document));
        let failures = self.failures.load(Ordering::SeqCst);
        if let Some(document) = good() {
            return Ok(document);
        }
        let _turn = self.turn.lock().await;
        if let Some(document) = good() {
            return Ok(document);
        }
        if self.failures.load(Ordering::SeqCst) != failures {
            return Err(OAuthError::Failed("another request has just asked it in vain".to_owned()));
        }
        match fetch.await {
            Ok(document) => {
                let document = Arc::new(document);
                let kept = Kept { document: Arc::clone(&document), fetched: now, asked: now };
                *self.kept() = Some(kept);
                Ok(document)
            }
            Err(error) => {
                if let Some(kept) = self.kept().as_mut() {
                    kept.asked = now;
                }
                self.failures.fetch_add(1, Ordering::SeqCst);
                Err(error)
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept<T>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_within(start: Timestamp, duration: Duration, now: Timestamp) -> bool {
    start.before(SLACK) <= now && now < start.after(duration)
}
