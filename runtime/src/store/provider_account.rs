//! A provider account as a store keeps it: with the turn of the node that renews its tokens.

use std::fmt;

use crate::user::OAuthAccount;

/// The state of a provider's access token whose end is known.
///
/// Both layouts have one column for it, `expires_at`: see [`column`](Self::column).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenExpiry {
    /// The token expires at this time, in seconds since 1970.
    At(i64),
    /// The token has expired, and a node renews it. The node's turn ends at this time, in seconds since 1970.
    RenewedUntil(i64),
}

impl TokenExpiry {
    /// Reads the number in the column `expires_at`.
    #[must_use]
    pub const fn from_column(number: i64) -> Self {
        if number < 0 { Self::RenewedUntil(number.saturating_neg()) } else { Self::At(number) }
    }

    /// Returns the number that the column `expires_at` holds: the end of a turn is negative there, so that every reader of
    /// the table, FastAPI Users included, takes the token for expired.
    #[must_use]
    pub const fn column(self) -> i64 {
        match self {
            Self::At(seconds) => seconds,
            Self::RenewedUntil(seconds) => seconds.saturating_neg(),
        }
    }

    /// Returns when the token expires, in seconds since 1970; `None` while a node renews it.
    #[must_use]
    pub const fn at(self) -> Option<i64> {
        match self {
            Self::At(seconds) => Some(seconds),
            Self::RenewedUntil(_) => None,
        }
    }
}

/// A provider account as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredAccount<Id> {
    /// The account as apps see it.
    pub account: OAuthAccount<Id>,
    /// The state of its access token; `None` where the provider has not said when the token expires.
    pub expiry: Option<TokenExpiry>,
}

impl<Id> StoredAccount<Id> {
    /// Creates an account whose `expires_at` follows from `expiry`.
    #[must_use]
    pub fn new(account: OAuthAccount<Id>, expiry: Option<TokenExpiry>) -> Self {
        let expires_at = expiry.and_then(TokenExpiry::at);
        Self { account: OAuthAccount { expires_at, ..account }, expiry }
    }
}

/// Without the tokens.
impl<Id: fmt::Debug> fmt::Debug for StoredAccount<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAccount")
            .field("account", &self.account)
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_holds_either_state() {
        for expiry in
            [TokenExpiry::At(0), TokenExpiry::At(i64::MAX), TokenExpiry::RenewedUntil(1_700_000_000)]
        {
            assert_eq!(TokenExpiry::from_column(expiry.column()), expiry);
        }
        assert_eq!(TokenExpiry::from_column(i64::MIN), TokenExpiry::RenewedUntil(i64::MAX));
        assert_eq!(TokenExpiry::from_column(-1).at(), None);
    }
}
