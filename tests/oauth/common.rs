//! What these tests share.

pub(crate) use axum_users_tests::scene::*;
