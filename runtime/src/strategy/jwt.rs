//! JSON Web Tokens: what they say is signed, and checked against the user's row.

use std::sync::Once;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Context, Strategy, StrategyError};
use crate::event::Reason;
use crate::layout::Layout;
use crate::settings::{Settings, StartError};
use crate::store::{Store, Transaction};
use crate::token::{Algorithm, Audience, JwtError, JwtKeys, NumericDate, Registered, digest, unsigned};
use crate::user::{AuthUser, UserId};

/// A JWT as the token. It dies with the password that its user had, and when it is signed out.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Jwt {
    /// How long a token lives.
    pub lifetime: Duration,
    /// How a token is signed with the app's secret; [`keys`](field@Self::keys) bring an algorithm of their own.
    pub algorithm: Algorithm,
    /// Keys of this backend's own, such as a key pair; `None`: the app's secret.
    pub keys: Option<JwtKeys>,
    /// For whom tokens are; by default `axum-users:auth`.
    pub audience: &'static [&'static str],
}

impl Jwt {
    const DEFAULT: Self =
        Self { lifetime: Duration::from_secs(3600), algorithm: Algorithm::HS256, keys: None, audience: &[] };

    fn keys(&self) -> Result<&JwtKeys, StrategyError> {
        let unprepared = || StartError::Setting("this `Jwt` was not prepared".to_owned());
        self.keys.as_ref().ok_or_else(|| StrategyError::Settings(unprepared()))
    }

    fn verify<S>(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        match self.keys().ok()?.verify(token, self.audience, context.settings.now()) {
            Ok(claims) => Some(claims),
            Err(JwtError::Malformed) => None,
            Err(error) => {
                context.refuse(Reason::from(&error));
                None
            }
        }
    }
}

impl Default for Jwt {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `Jwt` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const Jwt: Jwt = Jwt::DEFAULT;

/// What a session token says.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct SessionClaims {
    /// The user's id.
    pub sub: String,
    /// For whom the token is.
    pub aud: Audience,
    /// Until when it is good.
    pub exp: NumericDate,
    /// From when on it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<NumericDate>,
    /// Since when. A token of FastAPI Users does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<NumericDate>,
    /// Its own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// The fingerprint of the password hash that the user had. A token of FastAPI Users has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fgpt: Option<String>,
}

impl SessionClaims {
    /// Claims that say for whom and how long, and nothing else.
    pub fn new(sub: impl Into<String>, aud: Audience, exp: NumericDate) -> Self {
        Self { sub: sub.into(), aud, exp, nbf: None, iat: None, jti: None, fgpt: None }
    }
}

impl Registered for SessionClaims {
    fn audience(&self) -> &Audience {
        &self.aud
    }

    fn expires_at(&self) -> NumericDate {
        self.exp
    }

    fn not_before(&self) -> Option<NumericDate> {
        self.nbf
    }

    fn issued_at(&self) -> Option<NumericDate> {
        self.iat
    }
}

/// The rule for the app's secrets, for keys that a backend brings.
fn check_keys(keys: &JwtKeys, layout: Layout) -> Result<(), StartError> {
    /// A function of the request makes keys for each.
    static WARNING: Once = Once::new();
    match (keys.is_weak(), layout) {
        (false, _) => Ok(()),
        (true, Layout::Own) => Err(StartError::WeakSecret("keys")),
        (true, Layout::FastApiUsers) => {
            WARNING.call_once(|| {
                tracing::warn!("the `keys` of a backend are shorter than 32 bytes: change them when you can");
            });
            Ok(())
        }
    }
}

impl<U: AuthUser, S: Store<U>> Strategy<U, S> for Jwt {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.lifetime)?;
        if let Some(keys) = &self.keys {
            check_keys(keys, settings.layout)?;
        } else {
            self.keys = Some(JwtKeys::hmac(self.algorithm, &settings.secret).map_err(StartError::Key)?);
        }
        if self.audience.is_empty() {
            self.audience = match settings.layout {
                Layout::Own => &["axum-users:auth"],
                Layout::FastApiUsers => &["fastapi-users:auth"],
            };
        }
        Ok(())
    }

    async fn read(&self, token: &str, context: &Context<'_, S>) -> Result<Option<U>, StrategyError> {
        let Some(claims) = self.verify(token, context) else { return Ok(None) };
        let Some(id) = U::Id::parse(&claims.sub) else { return Ok(None) };
        // A token of FastAPI Users does not say when it was made, but when it ends.
        let made_by_its_end = || claims.exp.timestamp().before(self.lifetime);
        let issued_at = claims.iat.map_or_else(made_by_its_end, NumericDate::timestamp);
        let Some(user) = context.store.user_unless_ended(id, &digest(unsigned(token)), issued_at).await?
        else {
            context.refuse(Reason::Ended);
            return Ok(None);
        };
        let is_current = match (&claims.fgpt, context.settings.layout) {
            (Some(fingerprint), _) => {
                context.settings.fingerprints.match_hash(fingerprint, user.hashed_password())
            }
            (None, Layout::FastApiUsers) => true,
            (None, Layout::Own) => false,
        };
        if !is_current {
            context.refuse(Reason::Outdated);
            return Ok(None);
        }
        Ok(Some(user))
    }

    async fn write(&self, user: &U, context: &Context<'_, S>) -> Result<String, StrategyError> {
        let now = context.settings.now();
        let audience = Audience::Many(self.audience.iter().map(|&audience| audience.to_owned()).collect());
        let end = NumericDate::whole(now.after(self.lifetime));
        let claims = SessionClaims {
            iat: Some(now.into()),
            jti: Some(crate::token::random_token().map_err(|error| JwtError::Sign(error.into()))?),
            fgpt: Some(context.settings.fingerprints.of(user.hashed_password())),
            ..SessionClaims::new(user.id().to_string(), audience, end)
        };
        Ok(self.keys()?.sign(&claims)?)
    }

    async fn destroy(&self, token: &str, _: &U, context: &Context<'_, S>) -> Result<(), StrategyError> {
        let Some(claims) = self.verify(token, context) else { return Ok(()) };
        let mut transaction = context.store.begin().await?;
        transaction
            .end_token(&digest(unsigned(token)), context.settings.now(), claims.exp.timestamp())
            .await?;
        Ok(transaction.commit().await?)
    }

    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        self.verify(token, context)
    }

    fn has_claims(&self) -> bool {
        true
    }
}
