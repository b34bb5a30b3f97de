//! What compatibility with FastAPI Users changes, as one table of answers. No other module asks which mode it is.

/// Whether an app shares its database with FastAPI Users: the names of tables, cookies and audiences, and how tokens are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compat {
    /// This crate's own tables: `session`, with digests in place of tokens.
    #[default]
    None,
    /// The tables of FastAPI Users 15 with SQLAlchemy: `accesstoken`, with plaintext tokens.
    FastApiUsers,
}

impl Compat {
    /// Returns this mode's column of the table.
    pub(crate) const fn rules(self) -> &'static Rules {
        match self {
            Self::None => &OWN,
            Self::FastApiUsers => &FASTAPI_USERS,
        }
    }
}

/// The questions to which the two modes have different answers.
#[cfg_attr(
    not(all(feature = "diesel", feature = "oauth")),
    expect(dead_code, reason = "parts that are off ask fewer questions")
)]
pub(crate) struct Rules {
    /// The table of sessions.
    pub(crate) session_table: &'static str,
    /// Whether a session's row contains its expiry and the fingerprint of the user's password. Otherwise the reader's
    /// lifetime counts.
    pub(crate) session_rows_expire: bool,
    /// Whether random tokens are stored as digests.
    pub(crate) stores_digests: bool,
    /// Whether random tokens begin with the mark of their backend.
    pub(crate) marks_tokens: bool,
    /// Whether tokens that FastAPI Users issued, without a generation and a fingerprint, are accepted.
    pub(crate) accepts_foreign_tokens: bool,
    /// Whether reset tokens contain an Argon2id hash of the stored hash, which FastAPI Users reads.
    pub(crate) hashes_reset_fingerprints: bool,
    /// Whether the database may give the id of a deleted user to a new one.
    pub(crate) reuses_ids: bool,
    /// Whether the purposes for which FastAPI Users signs tokens have the configured secrets themselves as keys.
    pub(crate) shares_signing_keys: bool,
    /// Whether a secret that is too short is an error at start; otherwise it may be in use and is a warning.
    pub(crate) rejects_weak_secrets: bool,
    /// Whether passwords are hashed at the cost of pwdlib, and the policy is that of FastAPI Users, where the app sets none.
    pub(crate) has_original_defaults: bool,
    /// Whether known clients have a table even where limits are counted in memory.
    pub(crate) remembers_known_clients: bool,
    /// The columns of the table of OAuth accounts that have an index.
    pub(crate) indexed_account_columns: &'static [&'static str],
    /// The latest expiry that fits in the table of OAuth accounts, in seconds since 1970.
    pub(crate) latest_account_expiry: i64,
    /// Whether providers' tokens are encrypted at rest.
    pub(crate) seals_provider_tokens: bool,
    /// The session cookie that can have the prefix `__Host-`.
    pub(crate) host_cookie: &'static str,
    /// The session cookie that can't; `None`: the app must choose the name.
    pub(crate) plain_cookie: Option<&'static str>,
    /// The cookie that ties an OAuth login to its browser, where it can have the prefix `__Host-`.
    pub(crate) host_oauth_cookie: &'static str,
    /// The same where it can't.
    pub(crate) plain_oauth_cookie: &'static str,
    /// The audience of session tokens.
    pub(crate) session_audience: &'static [&'static str],
    /// The audience of tokens that reset a password.
    pub(crate) reset_audience: &'static str,
    /// The audience of tokens that verify an email.
    pub(crate) verify_audience: &'static str,
    /// The audience of OAuth states.
    pub(crate) oauth_state_audience: &'static str,
}

const OWN: Rules = Rules {
    session_table: "session",
    session_rows_expire: true,
    stores_digests: true,
    marks_tokens: true,
    accepts_foreign_tokens: false,
    hashes_reset_fingerprints: false,
    reuses_ids: false,
    shares_signing_keys: false,
    rejects_weak_secrets: true,
    has_original_defaults: false,
    remembers_known_clients: true,
    indexed_account_columns: &["user_id"],
    latest_account_expiry: i64::MAX,
    seals_provider_tokens: true,
    host_cookie: "__Host-axum-users",
    plain_cookie: None,
    host_oauth_cookie: "__Host-axum-users-oauth",
    plain_oauth_cookie: "axum-users-oauth",
    session_audience: &["axum-users:auth"],
    reset_audience: "axum-users:reset",
    verify_audience: "axum-users:verify",
    oauth_state_audience: "axum-users:oauth-state",
};

/// The answers of FastAPI Users 15 with SQLAlchemy.
pub(crate) const FASTAPI_USERS: Rules = Rules {
    session_table: "accesstoken",
    session_rows_expire: false,
    stores_digests: false,
    marks_tokens: false,
    accepts_foreign_tokens: true,
    hashes_reset_fingerprints: true,
    reuses_ids: true,
    shares_signing_keys: true,
    rejects_weak_secrets: false,
    has_original_defaults: true,
    remembers_known_clients: false,
    indexed_account_columns: &["oauth_name", "account_id", "user_id"],
    // Its column has four bytes.
    latest_account_expiry: i32::MAX as i64,
    seals_provider_tokens: false,
    host_cookie: "fastapiusersauth",
    plain_cookie: Some("fastapiusersauth"),
    host_oauth_cookie: "fastapiusersoauthcsrf",
    plain_oauth_cookie: "fastapiusersoauthcsrf",
    session_audience: &["fastapi-users:auth"],
    reset_audience: "fastapi-users:reset",
    verify_audience: "fastapi-users:verify",
    oauth_state_audience: "fastapi-users:oauth-state",
};
