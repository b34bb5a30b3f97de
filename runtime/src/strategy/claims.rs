//! The claims of a session's JWT.

use serde::{Deserialize, Serialize};

use crate::token::{Audience, Generation, NumericDate, Registered};

/// The claims of a session token.
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
    /// The generation of the user in which the token was issued: what revokes all of the user's tokens ends it. A private
    /// claim, which FastAPI Users ignores and whose tokens have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_gen: Option<Generation>,
}

impl SessionClaims {
    /// Claims that say for whom and how long, and nothing else.
    pub fn new(sub: impl Into<String>, aud: Audience, exp: NumericDate) -> Self {
        Self { sub: sub.into(), aud, exp, nbf: None, iat: None, jti: None, fgpt: None, user_gen: None }
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
