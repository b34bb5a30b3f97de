//! The tokens of one strategy in one Redis: what is asked of both layouts.
//!
//! Redis says whose a token is; whether it is still good is for the app's own store to say, in the same query that fetches
//! the user. So a change there ends tokens at once, without a word to Redis, and a Redis that has come back with an older
//! state brings none of them back.

use std::time::Duration;

use redis::{Cmd, cmd};

use super::index::{Index, millis};
use super::options::Redis;
use super::record::Record;
use crate::clock::Timestamp;
use crate::event::Reason;
use crate::redis::{RedisConnection, RedisError};
use crate::store::{Store, TokenRecord};
use crate::strategy::{Context, Session, StrategyError, stored};
use crate::token::{JwtError, digest, random_token};
use crate::user::{AuthUser, UserId};

impl From<RedisError> for StrategyError {
    fn from(error: RedisError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// The tokens of one strategy in one Redis.
pub(super) struct Tokens<'a, S> {
    pub(super) strategy: &'a Redis,
    pub(super) redis: &'a RedisConnection,
    pub(super) context: &'a Context<'a, S>,
}

impl<S> Tokens<'_, S> {
    pub(super) async fn read<U: AuthUser>(&self, token: &str) -> Result<Option<Session<U>>, StrategyError>
    where
        S: Store<U>,
    {
        // A JWT, say, is none of ours. Another backend knows it, without a way to Redis.
        if !is_token(token) {
            return Ok(None);
        }
        let Some(record) = self.find(token).await? else { return Ok(None) };
        let Some(id) = U::Id::parse(&record.sub) else { return Ok(None) };
        let settings = self.context.settings;
        if record.expires_at() <= settings.now() {
            self.context.refuse(Reason::Expired);
            return Ok(None);
        }
        if !settings.compat.rules().accepts_foreign_tokens && !record.is_stamped() {
            self.context.refuse(Reason::Outdated);
            return Ok(None);
        }
        let (digest, issued) = (digest(token), record.issued());
        let Some(user) = self.context.store.user_unless_ended(id, &digest, issued).await? else {
            self.context.refuse(Reason::Ended);
            return Ok(None);
        };
        let matches =
            |fingerprint: &String| settings.fingerprints.match_hash(fingerprint, user.hashed_password());
        if !record.fgpt.as_ref().is_none_or(matches) {
            self.context.refuse(Reason::Outdated);
            return Ok(None);
        }
        let token = TokenRecord::Revocable { digest, issued };
        Ok(Some(Session { user, issued_at: Some(record.issued_at()), record: token }))
    }

    pub(super) async fn write<U: AuthUser>(&self, user: &U) -> Result<String, StrategyError>
    where
        S: Store<U>,
    {
        let generation = self.context.generation_for(user).await?;
        let settings = self.context.settings;
        let token = random_token().map_err(|error| JwtError::Sign(error.into()))?;
        let (now, lifetime) = (settings.now(), self.strategy.lifetime);
        let sub = user.id().to_string();
        let fingerprint = settings.fingerprints.of(user.hashed_password());
        let record = Record::new(sub.clone(), now, now.after(lifetime), fingerprint, generation);
        let record = set(&self.record_key(&token), &written(&record)?, millis(lifetime));
        self.run::<Option<String>>(&record).await?;
        self.index(user).add(&stored(&token, settings.compat), now, lifetime).await?;
        // Not before the record is there: without it, it would pass for one of FastAPI Users.
        if settings.compat.rules().accepts_foreign_tokens {
            let of_user = set(&self.compat_key(&token), &sub, millis(lifetime));
            self.run::<Option<String>>(&of_user).await?;
        }
        Ok(token)
    }

    /// Ends a token for good: what Redis has lost of it in a crash or a failover is remembered in the app's own store.
    pub(super) async fn destroy<U: AuthUser>(&self, token: &str, user: &U) -> Result<(), StrategyError>
    where
        S: Store<U>,
    {
        let settings = self.context.settings;
        let expires_at = settings.now().after(self.strategy.lifetime);
        self.context.revoke(user, &digest(token), expires_at).await?;
        self.forget(user, &[stored(token, settings.compat)]).await
    }

    /// All but `except` have ended already. It is made to stay, and the others are taken out of Redis.
    pub(super) async fn destroy_all<U: AuthUser>(
        &self,
        user: &U,
        except: Option<&str>,
    ) -> Result<(), StrategyError>
    where
        S: Store<U>,
    {
        let except = except.filter(|token| user.is_active() && is_token(token));
        let kept = match except {
            Some(token) => self.keep(token, user).await,
            None => Ok(()),
        };
        let mut ended = self.index(user).all().await?;
        if let Some(token) = except {
            let kept = stored(token, self.context.settings.compat);
            ended.retain(|stored| *stored != kept);
        }
        // One that fails does not spare the others.
        kept.and(self.forget(user, &ended).await)
    }

    /// Has `token` hang on the password that `user` has now, for the time that it has left.
    async fn keep<U: AuthUser>(&self, token: &str, user: &U) -> Result<(), StrategyError>
    where
        S: Store<U>,
    {
        let settings = self.context.settings;
        let now = settings.now();
        let Some(record) = self.find(token).await? else { return Ok(()) };
        if U::Id::parse(&record.sub) != Some(user.id()) || record.expires_at() <= now {
            return Ok(());
        }
        // The change has ended what was issued before it. What has ended the user since then ends this as well.
        let generation = match self.context.generation_for(user).await {
            Err(StrategyError::UserChanged) => return Ok(()),
            generation => generation?,
        };
        let fingerprint = settings.fingerprints.of(user.hashed_password());
        let (issued_at, expires_at) = (record.issued_at(), record.expires_at());
        let kept = Record::new(record.sub.clone(), issued_at, expires_at, fingerprint, generation);
        let mut set = set(&self.record_key(token), &written(&kept)?, kept.remaining(now));
        // Whoever signs out in the meantime stays out. Under `compat` that is up to the other key.
        if !settings.compat.rules().accepts_foreign_tokens {
            set.arg("XX");
        }
        self.run::<Option<String>>(&set).await?;
        Ok(())
    }

    /// What Redis knows of `token`.
    async fn find(&self, token: &str) -> Result<Option<Record>, StrategyError> {
        let record = self.record_key(token);
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

    /// Takes tokens of `user` out of Redis, as they are named in storage.
    async fn forget<U: AuthUser>(&self, user: &U, ended: &[String]) -> Result<(), StrategyError> {
        if ended.is_empty() {
            return Ok(());
        }
        let mut delete = cmd("DEL");
        for stored in ended {
            if self.context.settings.compat.rules().stores_digests {
                delete.arg(self.key_of_digest(stored));
            } else {
                delete.arg(self.compat_key(stored)).arg(self.record_key(stored));
            }
        }
        self.run::<i64>(&delete).await?;
        // Last: what could not be deleted is found again.
        Ok(self.index(user).remove(ended).await?)
    }

    fn index<U: AuthUser>(&self, user: &U) -> Index<'_> {
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

/// Whether `token` has the form of one: ours and FastAPI Users' are both 43 URL-safe characters.
fn is_token(token: &str) -> bool {
    token.len() == 43 && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
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
