//! Sessions in storage: a row for each login whose strategy keeps one.

use std::fmt;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::secret::HashedPassword;
use crate::store::storage::IdOf;

/// The id of a session. It is public: it reveals neither the token nor when the session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// Returns a new random id.
    #[must_use]
    pub fn generate() -> Self {
        Self(Uuid::new_v4())
    }

    /// Returns the id as a UUID.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for SessionId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What identifies the row of a session.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "under `compat` the key is the token")]
pub enum SessionKey {
    /// Its id.
    Id(SessionId),
    /// Its token, under `compat`: FastAPI Users' table has no ids.
    Token(String),
}

/// The row of a new session.
#[non_exhaustive]
#[expect(missing_debug_implementations, reason = "under `compat` it holds the token")]
pub struct NewSession<Id> {
    /// Its id. The table of FastAPI Users has none.
    pub id: SessionId,
    /// The token as it is stored: its SHA-256, or the token itself under `compat`.
    pub token: String,
    /// The user.
    pub user_id: Id,
    /// The name of the backend at which the user logged in.
    pub backend: &'static str,
    /// The fingerprint of the user's password hash.
    pub fingerprint: String,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When the session ends.
    pub expires_at: Timestamp,
    /// When the user proved who it is.
    pub authenticated_at: Timestamp,
}

/// The stored part of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSession {
    /// When the user logged in.
    pub created_at: Timestamp,
    /// The columns of this crate's own table. FastAPI Users' table has none of them: there the lifetime of the backend that
    /// reads the row counts.
    pub own: Option<OwnSession>,
}

/// The columns that only this crate's own table has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnSession {
    /// Its id.
    pub id: SessionId,
    /// The fingerprint of the password hash that the user had.
    pub fingerprint: String,
    /// When the session ends.
    pub expires_at: Timestamp,
    /// When the user last proved anything: the password, for instance.
    pub authenticated_at: Timestamp,
}

impl StoredSession {
    /// Returns a session of this crate's own table.
    #[must_use]
    pub const fn new(created_at: Timestamp, own: OwnSession) -> Self {
        Self { created_at, own: Some(own) }
    }

    /// Returns a session of FastAPI Users' table.
    #[must_use]
    pub const fn foreign(created_at: Timestamp) -> Self {
        Self { created_at, own: None }
    }
}

impl OwnSession {
    /// Returns the columns of a session.
    pub fn new(
        id: SessionId,
        fingerprint: impl Into<String>,
        expires_at: Timestamp,
        authenticated_at: Timestamp,
    ) -> Self {
        Self { id, fingerprint: fingerprint.into(), expires_at, authenticated_at }
    }
}

impl<Id> From<&NewSession<Id>> for StoredSession {
    /// Returns the session as it is read once it is written.
    fn from(new: &NewSession<Id>) -> Self {
        let NewSession { id, fingerprint, created_at, expires_at, authenticated_at, .. } = new;
        Self::new(*created_at, OwnSession::new(*id, fingerprint, *expires_at, *authenticated_at))
    }
}

capability! { ($) __each_of_sessions
    /// Reads sessions.
    pub trait Sessions {
        /// Returns the session with this token, as it is stored, and its user. One query.
        async fn session_by_token(&self, token: &str) -> Option<(Self::User, StoredSession)>;
    }
}

capability! { ($) __each_of_session_writes
    /// Writes sessions.
    pub trait SessionWrites {
        /// Writes a session, if the user is active and still has the password hash `expected`. Returns whether it did.
        ///
        /// If several writers run at once it locks the user's row: otherwise a change of the password might not see the
        /// session that it must end. One statement.
        async fn insert_session(&mut self, session: &NewSession<IdOf<Self>>, expected: &HashedPassword) -> bool;

        /// Returns whether this session of the user is still there, and keeps it until the transaction ends.
        async fn lock_session(&mut self, user: IdOf<Self>, session: &SessionKey) -> bool;

        /// Deletes a session of the user. Returns whether there was one. One statement.
        async fn delete_session(&mut self, user: IdOf<Self>, session: &SessionKey) -> bool;

        /// Deletes the user's sessions but `except`.
        async fn delete_sessions_of(&mut self, user: IdOf<Self>, except: Option<&SessionKey>) -> ();

        /// Sets the fingerprint of those of the user's sessions whose fingerprint is `from`.
        async fn restamp_sessions_of(&mut self, user: IdOf<Self>, from: &str, to: &str) -> ();
    }
}
