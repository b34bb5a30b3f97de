//! The key of a provider account.

/// The columns that identify a provider account.
pub(in super::super) const ACCOUNT_KEY: &[&str] = &["oauth_name", "account_id"];
