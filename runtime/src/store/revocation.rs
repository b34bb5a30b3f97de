//! Revocations in storage: tokens that have no row are valid until they expire, unless a row says otherwise.

use crate::clock::Timestamp;
use crate::store::sessions::SessionKey;
use crate::store::storage::IdOf;
use crate::token::Generation;

/// When a token was issued, as far as its revocation depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuance {
    /// In this generation of its user. The token is revoked once the user is in another one.
    In(Generation),
    /// At this time. A token of FastAPI Users carries no generation: it is revoked once all of its user's tokens have
    /// been revoked at that time or later.
    At(Timestamp),
}

/// The record of a token, without the token itself. The token is valid as long as all of the record is.
///
/// The default is nothing: a strategy of the app's own keeps its tokens elsewhere.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "under `compat` the key of a session is its token")]
pub struct TokenRecord {
    /// The row of its session, which must be there.
    pub session: Option<SessionKey>,
    /// Its mark, which must not be there.
    pub mark: Option<Mark>,
}

/// What marks a token that has no row as revoked.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The digest under which the token is revoked by itself.
    pub digest: String,
    /// When it was issued: all of the user's tokens may have been revoked since.
    pub issued: Issuance,
}

impl TokenRecord {
    /// Returns the record of a token whose session has a row.
    #[must_use]
    pub const fn of_session(session: SessionKey) -> Self {
        Self { session: Some(session), mark: None }
    }

    /// Returns the record of a token that is valid until it is marked.
    #[must_use]
    pub const fn revocable(digest: String, issued: Issuance) -> Self {
        Self { session: None, mark: Some(Mark { digest, issued }) }
    }
}

capability! { ($) __each_of_revocations
    /// Reads users by what revokes their tokens.
    pub trait Revocations {
        /// Returns the user with this id, unless the token has been revoked: by its `digest`, or with all of the user's
        /// tokens since it was `issued`. One query.
        async fn user_unless_ended(&self, id: IdOf<Self>, digest: &str, issued: Issuance) -> Option<Self::User>;

        /// Returns the user with this id and the user's generation, both as of the same moment: a token that is issued for
        /// what this query found is revoked by everything that happens after it. One query.
        async fn user_and_generation(&self, id: IdOf<Self>) -> Option<(Self::User, Generation)>;
    }
}

capability! { ($) __each_of_revocation_writes
    /// Revokes tokens.
    pub trait RevocationWrites {
        /// Returns whether a token has been revoked: by its `digest`, or with all of the user's tokens since it was
        /// `issued`. A caller that has locked the user's row can rely on it until its transaction ends.
        async fn is_ended(&mut self, user: IdOf<Self>, digest: &str, issued: Issuance) -> bool;

        /// Returns the user with this id and the user's generation, as [`Revocations::user_and_generation`] does, with what
        /// this transaction has written.
        async fn generation_of(&mut self, id: IdOf<Self>) -> Option<(Self::User, Generation)>;

        /// Ends a token for good. Returns whether this was the first to end it: of many at once, one is. The mark is kept
        /// until `expires_at` at least.
        async fn end_token(&mut self, digest: &str, ended_at: Timestamp, expires_at: Timestamp) -> bool;

        /// Ends a token of `user` for good, once the writes that rely on it are done: it waits for the lock of the user's
        /// row. One statement.
        async fn end_token_of(
            &mut self,
            user: IdOf<Self>,
            digest: &str,
            ended_at: Timestamp,
            expires_at: Timestamp,
        ) -> ();

        /// Revokes all that the user was issued up to `ended_at`, and puts the user into the next generation: every token
        /// that carries an earlier one is revoked. The generation is kept for good, `ended_at` until `expires_at` at least.
        async fn end_tokens_of(&mut self, user: IdOf<Self>, ended_at: Timestamp, expires_at: Timestamp) -> ();
    }
}
