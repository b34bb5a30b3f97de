//! The tokens that a strategy issues for a login.

use crate::clock::Timestamp;
use crate::secret::Token;
use crate::store::SessionId;

/// The tokens that a strategy issues for a login. The transport sends them to the client.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds tokens")]
#[non_exhaustive]
pub struct Issued {
    /// The token that the client presents with each request.
    pub access: Token,
    /// The token by which the client gets another access token. It is in the body of a login's response, so not at a backend with
    /// cookies.
    pub refresh: Option<Token>,
    /// When the access token expires. `None` if only the strategy knows.
    pub expires_at: Option<Timestamp>,
    /// The id of the session's row. `None` if the strategy keeps none.
    pub session: Option<SessionId>,
}

impl Issued {
    /// Returns an access token, and nothing else.
    pub fn new(access: impl Into<Token>) -> Self {
        Self { access: access.into(), refresh: None, expires_at: None, session: None }
    }

    /// Adds a refresh token.
    #[must_use]
    pub fn with_refresh(self, refresh: impl Into<Token>) -> Self {
        Self { refresh: Some(refresh.into()), ..self }
    }

    /// Sets when the access token expires.
    #[must_use]
    pub fn expiring_at(self, expires_at: Timestamp) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }

    /// Sets the id of the session's row.
    #[must_use]
    pub fn with_session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }
}
