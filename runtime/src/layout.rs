//! Whose layout an app keeps to: its own, or that of the system it moves from.

/// How tokens lie in storage, and which names tables, cookies and purposes have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// This crate's own: `access_token`, with hashes in place of tokens.
    #[default]
    Own,
    /// That of FastAPI Users with SQLAlchemy: `accesstoken`, with tokens in clear.
    FastApiUsers,
}
