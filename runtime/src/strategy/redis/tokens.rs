//! The tokens of one strategy in one Redis: what is asked of both layouts.
//!
//! Redis says whose a token is; whether it is still good is for the app's own store to say, in the same query that fetches
//! the user. So a change there ends tokens at once, without a word to Redis, and a Redis that has come back with an older
//! state brings none of them back.

use std::time::Duration;

use redis::{Cmd, cmd};

use super::index::{Index, millis};
use super::options::RedisSession;
use super::record::Record;
use crate::clock::Timestamp;
use crate::event::Reason;
use crate::redis::{RedisConnection, RedisError};
use crate::store::{IdOf, RevocationWrites as _, Store, TokenRecord};
use crate::strategy::random::{is_token_of, new_token, stored};
use crate::strategy::{
    Authentication, Context, Credential, Grant, Issued, Revoke, Session, StrategyError, Work,
};
use crate::token::digest;
use crate::user::{AuthUser, UserId};

impl From<RedisError> for StrategyError {
    fn from(error: RedisError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// The tokens of one strategy in one Redis.
pub(super) struct Tokens<'a, S> {
    pub(super) strategy: &'a RedisSession,
    pub(super) redis: &'a RedisConnection,
    pub(super) context: &'a Context<'a, S>,
}

impl<S: Store> Tokens<'_, S> {
    pub(super) async fn authenticate(&self, token: &str) -> Result<Authentication<S::User>, StrategyError> {
        let settings = self.context.settings;
        // A JWT, say, is none of ours. Another backend knows it, without a way to Redis.
        if !is_token_of(self.context.backend, token, settings.compat) {
            return Ok(Authentication::NotMine);
        }
        let digest = digest(token);
        let Some(record) = self.find(token, &digest).await? else { return Ok(Authentication::NotMine) };
        let Some(id) = IdOf::<S>::parse(&record.sub) else { return Ok(Authentication::NotMine) };
        if record.expires_at() <= settings.now() {
            return Ok(Authentication::Rejected(Reason::Expired));
        }
        if !settings.compat.rules().accepts_foreign_tokens && !record.is_stamped() {
            return Ok(Authentication::Rejected(Reason::Outdated));
        }
        let issued = record.issued();
        let Some(user) = self.context.store.user_unless_ended(id, &digest, issued).await? else {
            return Ok(Authentication::Rejected(Reason::Ended));
        };
        let matches =
            |fingerprint: &String| settings.fingerprints.match_hash(fingerprint, user.hashed_password());
        if !record.fgpt.as_ref().is_none_or(matches) {
            return Ok(Authentication::Rejected(Reason::Outdated));
        }
        let token = TokenRecord::revocable(digest, issued);
        Ok(Authentication::Authenticated(Session::issued_at(user, record.issued_at(), token)))
    }

    pub(super) async fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        work: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        let user = grant.user;
        let generation = work.generation_for(user, self.context).await?.ok_or(StrategyError::UserChanged)?;
        let settings = self.context.settings;
        let token = new_token(self.context.backend, settings.compat)?;
        let (now, lifetime) = (settings.now(), self.strategy.lifetime);
        let (sub, expires_at) = (user.id().to_string(), now.after(lifetime));
        let fingerprint = settings.fingerprints.of(user.hashed_password());
        let record = Record::new(sub.clone(), now, expires_at, fingerprint, generation);
        let record = set(&self.record_key(&token), &written(&record)?, millis(lifetime));
        self.run::<Option<String>>(&record).await?;
        self.index(user).add(&stored(&token, settings.compat), now, lifetime).await?;
        // Not before the record is there: without it, it would pass for one of FastAPI Users.
        if settings.compat.rules().accepts_foreign_tokens {
            let of_user = set(&self.compat_key(&token), &sub, millis(lifetime));
            self.run::<Option<String>>(&of_user).await?;
        }
        Ok(Issued::new(token).expiring_at(expires_at))
    }

    pub(super) async fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        work: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        match which {
            Revoke::Token { user, token, .. } => self.end(token, user, work).await,
            Revoke::AllOf { user, except } => self.forget_all(user, except, work).await,
        }
    }

    /// Ends a token for good: what Redis has lost of it in a crash or a failover is remembered in the app's own store.
    async fn end(&self, token: &str, user: &S::User, work: &mut Work<'_, S>) -> Result<(), StrategyError> {
        let settings = self.context.settings;
        let (now, digest) = (settings.now(), digest(token));
        let expires_at = now.after(self.strategy.lifetime);
        work.only().await?.end_token_of(user.id(), &digest, now, expires_at).await?;
        let forgotten = Forgotten::new(self, user, vec![stored(token, settings.compat)]);
        work.after_commit(async move { Ok(forgotten.forget().await?) });
        Ok(())
    }

    /// All but `except` have ended already. It is made to stay, and the others are taken out of Redis.
    async fn forget_all(
        &self,
        user: &S::User,
        except: Option<Credential<'_>>,
        work: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        let compat = self.context.settings.compat;
        let is_kept =
            |kept: &Credential<'_>| user.is_active() && is_token_of(kept.backend, kept.token, compat);
        let except = except.filter(is_kept).map(|kept| kept.token);
        let kept = match except {
            Some(token) => self.keep(token, user, work).await,
            None => Ok(()),
        };
        let mut ended = self.index(user).all().await?;
        if let Some(token) = except {
            let kept = stored(token, compat);
            ended.retain(|stored| *stored != kept);
        }
        // One that fails does not spare the others.
        let forgotten = Forgotten::new(self, user, ended).forget().await;
        kept.and(forgotten.map_err(StrategyError::from))
    }

    /// Has `token` depend on the password that `user` has now, for the time that it has left.
    async fn keep(&self, token: &str, user: &S::User, work: &mut Work<'_, S>) -> Result<(), StrategyError> {
        let settings = self.context.settings;
        let now = settings.now();
        let digest = digest(token);
        let Some(record) = self.find(token, &digest).await? else { return Ok(()) };
        if IdOf::<S>::parse(&record.sub) != Some(user.id()) || record.expires_at() <= now {
            return Ok(());
        }
        // The change has ended what was issued before it. What has ended the user since then ends this as well.
        let Some(generation) = work.generation_for(user, self.context).await? else { return Ok(()) };
        let fingerprint = settings.fingerprints.of(user.hashed_password());
        let (issued_at, expires_at) = (record.issued_at(), record.expires_at());
        let kept = Record::new(record.sub.clone(), issued_at, expires_at, fingerprint, generation);
        let mut set = set(&self.key_of_digest(&digest), &written(&kept)?, kept.remaining(now));
        // Whoever signs out in the meantime stays out. Under `compat` that is up to the other key.
        if !settings.compat.rules().accepts_foreign_tokens {
            set.arg("XX");
        }
        self.run::<Option<String>>(&set).await?;
        Ok(())
    }
}

impl<S> Tokens<'_, S> {
    /// What Redis knows of `token`, whose digest is `digest`.
    async fn find(&self, token: &str, digest: &str) -> Result<Option<Record>, StrategyError> {
        let record = self.key_of_digest(digest);
        if !self.context.settings.compat.rules().accepts_foreign_tokens {
            let [record] = self.values([&record]).await?;
            return Ok(record.as_deref().and_then(Record::read));
        }
        let compat = self.compat_key(token);
        let [of_user, record] = self.values([&compat, &record]).await?;
        let Some(sub) = of_user.and_then(|sub| String::from_utf8(sub).ok()) else { return Ok(None) };
        match record {
            Some(record) => Ok(Record::read(&record).filter(|record| record.sub == sub)),
            None => self.foreign(&compat, sub).await,
        }
    }

    /// A token that FastAPI Users has made. It says how long it lives, and so when it was made.
    async fn foreign(&self, key: &str, sub: String) -> Result<Option<Record>, StrategyError> {
        let (now, lifetime) = (self.context.settings.now(), self.strategy.lifetime);
        let left: i64 = self.run(cmd("PTTL").arg(key)).await?;
        let made = |left: Duration| match lifetime.checked_sub(left) {
            Some(age) => now.before(age),
            // It does not live by our rules: whatever has ever ended its user's tokens ends it.
            None => Timestamp::default(),
        };
        Ok(match u64::try_from(left) {
            Ok(left) => {
                let left = Duration::from_millis(left);
                Some(Record::foreign(sub, made(left), now.after(left)))
            }
            Err(_) if left == -1 => Some(Record::foreign(sub, Timestamp::default(), now.after(lifetime))),
            // It has expired since.
            Err(_) => None,
        })
    }

    fn index<U: AuthUser>(&self, user: &U) -> Index {
        Index::new(self.redis, self.strategy, user.id())
    }

    fn record_key(&self, token: &str) -> String {
        self.key_of_digest(&digest(token))
    }

    fn key_of_digest(&self, digest: &str) -> String {
        format!("{}token:{digest}", self.strategy.prefix)
    }

    fn compat_key(&self, token: &str) -> String {
        format!("{}{token}", self.strategy.compat_prefix)
    }

    /// What lies under these keys, in one round trip. What is no text, a list say, is nothing.
    async fn values<const N: usize>(&self, keys: [&str; N]) -> Result<[Option<Vec<u8>>; N], StrategyError> {
        let values: Vec<Option<Vec<u8>>> = self.run(cmd("MGET").arg(&keys)).await?;
        let number = values.len();
        values.try_into().map_err(|_| StrategyError::Failed(format!("{number} answers to {N} keys").into()))
    }

    async fn run<T: redis::FromRedisValue>(&self, command: &Cmd) -> Result<T, StrategyError> {
        Ok(self.redis.run(command).await?)
    }
}

/// Tokens that have ended and are to be taken out of Redis.
struct Forgotten {
    redis: RedisConnection,
    index: Index,
    /// The names of their records.
    keys: Vec<String>,
    /// The tokens, as they are named in storage.
    stored: Vec<String>,
}

impl Forgotten {
    fn new<S: Store>(tokens: &Tokens<'_, S>, user: &S::User, stored: Vec<String>) -> Self {
        let stores_digests = tokens.context.settings.compat.rules().stores_digests;
        let keys = stored.iter().flat_map(|token| {
            if stores_digests {
                vec![tokens.key_of_digest(token)]
            } else {
                vec![tokens.compat_key(token), tokens.record_key(token)]
            }
        });
        Self { redis: tokens.redis.clone(), index: tokens.index(user), keys: keys.collect(), stored }
    }

    async fn forget(&self) -> Result<(), RedisError> {
        if self.stored.is_empty() {
            return Ok(());
        }
        self.redis.run::<i64>(cmd("DEL").arg(&self.keys)).await?;
        // Last: what could not be deleted is found again.
        self.index.remove(&self.stored).await
    }
}

/// For so many milliseconds.
fn set(key: &str, value: &str, millis: i64) -> Cmd {
    let mut set = cmd("SET");
    set.arg(key).arg(value).arg("PX").arg(millis);
    set
}

fn written(record: &Record) -> Result<String, StrategyError> {
    record.write().map_err(|error| StrategyError::Failed(error.into()))
}
