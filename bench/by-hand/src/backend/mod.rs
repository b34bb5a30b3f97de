//! The ways to sign in, one a file: each with an extractor of its own and nothing in common but the user.

pub(crate) mod cookie;
pub(crate) mod db;
pub(crate) mod jwt;
#[cfg(feature = "redis")]
pub(crate) mod redis;
