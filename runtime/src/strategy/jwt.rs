//! JSON Web Tokens: what they say is signed, and checked against the user's row.

use std::sync::Once;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::{
    Authentication, Context, Grant, Issued, Revoke, Session, SessionClaims, Strategy, StrategyError, Work,
};
use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::event::Reason;
use crate::setters::settings;
use crate::settings::{Settings, StartError};
use crate::store::{Issuance, RevocationWrites as _, Store, TokenRecord};
use crate::token::{Algorithm, Audience, JwtError, JwtKeys, NumericDate, digest, unsigned};
use crate::user::{AuthUser, UserId};

settings! {
    /// A JWT as the token. It dies with the password that its user had, and when it is signed out.
    #[derive(Clone)]
    #[expect(missing_debug_implementations, reason = "it holds secrets")]
    pub struct Jwt {
        /// How long a token lives.
        pub lifetime: Duration = Duration::from_secs(3600),
        /// The longest lifetime of the tokens that FastAPI Users issues for the same app, under `compat`; `None`: `lifetime`.
        ///
        /// Such a token says when it expires and not when it was issued: it counts as issued this long before its end. One
        /// with more than this left is rejected, because it would outlive a password change that came after it.
        pub foreign_lifetime: Option<Duration> as impl Into<Option<Duration>> = None,
        /// How a token is signed with the app's session keys; [`keys`](field@Self::keys) bring an algorithm of their own.
        pub algorithm: Algorithm = Algorithm::HS256,
        /// Keys of this backend's own, such as a key pair; `None`: the app's session keys.
        pub keys: Option<JwtKeys> as impl Into<Option<JwtKeys>> = None,
        /// For whom tokens are; by default `axum-users:auth`.
        pub audience: &'static [&'static str] = &[],
    }
}

impl Jwt {
    fn signing_keys(&self) -> Result<&JwtKeys, StrategyError> {
        let unprepared = || StartError::Setting("this `Jwt` was not prepared".to_owned());
        self.keys.as_ref().ok_or_else(|| StrategyError::Settings(unprepared()))
    }

    /// Returns the claims of a token of this backend's. `Err(None)` if it is no JWT at all.
    fn verify<S>(&self, token: &str, context: &Context<'_, S>) -> Result<SessionClaims, Option<Reason>> {
        let keys = self.signing_keys().map_err(|_| None)?;
        keys.verify(token, self.audience, context.settings.now()).map_err(|error| match error {
            JwtError::Malformed => None,
            error => Some(Reason::from(&error)),
        })
    }

    /// Returns when a token was issued, and by what that is compared with a revocation.
    fn issued<S>(
        &self,
        claims: &SessionClaims,
        context: &Context<'_, S>,
    ) -> Result<(Timestamp, Issuance), Reason> {
        let settings = context.settings;
        let foreign_lifetime = self.foreign_lifetime.unwrap_or(self.lifetime);
        let issued_at = match claims.iat {
            Some(issued_at) => issued_at.timestamp(),
            None => claims.exp.timestamp().before(foreign_lifetime),
        };
        match claims.user_gen {
            Some(generation) => Ok((issued_at, Issuance::In(generation))),
            None if !settings.compat.rules().accepts_foreign_tokens => Err(Reason::Outdated),
            // Whole seconds: the clock of the Python app may be a moment ahead.
            None if issued_at.seconds() > settings.now().seconds() => {
                warn_of_long_life(foreign_lifetime, settings.now());
                Err(Reason::LivesTooLong)
            }
            None => Ok((issued_at, Issuance::At(issued_at))),
        }
    }
}

/// Warns once a minute, however many such tokens come.
fn warn_of_long_life(foreign_lifetime: Duration, now: Timestamp) {
    static LAST: AtomicI64 = AtomicI64::new(i64::MIN);
    let minute = now.seconds().div_euclid(60);
    if LAST.swap(minute, Ordering::Relaxed) != minute {
        tracing::warn!(
            seconds = foreign_lifetime.as_secs(),
            "rejected a JWT without `iat` that expires later than `foreign_lifetime` allows: set \
             `foreign_lifetime` of `Jwt` to the longest lifetime of the tokens that FastAPI Users issues"
        );
    }
}

/// The rule for the app's secrets, for keys that a backend brings.
fn check_keys(keys: &JwtKeys, compat: Compat) -> Result<(), StartError> {
    /// A function of the request makes keys for each.
    static WARNING: Once = Once::new();
    if !keys.is_weak() {
        return Ok(());
    }
    if compat.rules().rejects_weak_secrets {
        return Err(StartError::WeakSecret("keys"));
    }
    WARNING.call_once(|| {
        tracing::warn!("the `keys` of a backend are shorter than 32 bytes: change them when you can");
    });
    Ok(())
}

impl<S: Store> Strategy<S> for Jwt {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.lifetime)?;
        self.foreign_lifetime.map_or(Ok(()), |lifetime| settings.check_lifetime(lifetime))?;
        if let Some(keys) = &self.keys {
            check_keys(keys, settings.compat)?;
        } else {
            self.keys =
                Some(JwtKeys::from_keyring(self.algorithm, &settings.session_keys).map_err(StartError::Key)?);
        }
        if self.audience.is_empty() {
            self.audience = settings.compat.rules().session_audience;
        }
        Ok(())
    }

    async fn authenticate(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        let claims = match self.verify(token, context) {
            Ok(claims) => claims,
            Err(reason) => return Ok(reason.map_or(Authentication::NotMine, Authentication::Rejected)),
        };
        let Some(id) = <S::User as AuthUser>::Id::parse(&claims.sub) else {
            return Ok(Authentication::NotMine);
        };
        let (issued_at, issued) = match self.issued(&claims, context) {
            Ok(issued) => issued,
            Err(reason) => return Ok(Authentication::Rejected(reason)),
        };
        let digest = digest(unsigned(token));
        let Some(user) = context.store.user_unless_ended(id, &digest, issued).await? else {
            return Ok(Authentication::Rejected(Reason::Ended));
        };
        let settings = context.settings;
        let is_current = match &claims.fgpt {
            Some(fingerprint) => settings.fingerprints.match_hash(fingerprint, user.hashed_password()),
            None => settings.compat.rules().accepts_foreign_tokens,
        };
        if !is_current {
            return Ok(Authentication::Rejected(Reason::Outdated));
        }
        let record = TokenRecord::revocable(digest, issued);
        Ok(Authentication::Authenticated(Session::issued_at(user, issued_at, record)))
    }

    async fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        let (user, now) = (grant.user, context.settings.now());
        let generation = work.generation_for(user, context).await?.ok_or(StrategyError::UserChanged)?;
        let audience = Audience::Many(self.audience.iter().map(|&audience| audience.to_owned()).collect());
        let end = NumericDate::whole(now.after(self.lifetime));
        let claims = SessionClaims {
            iat: Some(NumericDate::whole(now)),
            jti: Some(crate::token::random_token().map_err(|error| JwtError::Sign(error.into()))?),
            fgpt: Some(context.settings.fingerprints.of(user.hashed_password())),
            user_gen: Some(generation),
            ..SessionClaims::new(user.id().to_string(), audience, end)
        };
        Ok(Issued::new(self.signing_keys()?.sign(&claims)?).expiring_at(end.timestamp()))
    }

    async fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        // All of a user's tokens end by their generation.
        let Revoke::Token { user, token, .. } = which else { return Ok(()) };
        let Ok(claims) = self.verify(token, context) else { return Ok(()) };
        let (now, expires_at) = (context.settings.now(), claims.exp.timestamp());
        let digest = digest(unsigned(token));
        Ok(work.only().await?.end_token_of(user.id(), &digest, now, expires_at).await?)
    }

    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        self.verify(token, context).ok()
    }

    fn has_claims(&self) -> bool {
        true
    }
}
