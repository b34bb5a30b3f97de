//! The traits by which a store is read and written, for code that has one: `use axum_users::store::prelude::*`.

pub use super::{
    AccountWrites as _, Accounts as _, RevocationWrites as _, Revocations as _, SessionWrites as _,
    Sessions as _, Store as _, Transaction as _, UserWrites as _, Users as _,
};
