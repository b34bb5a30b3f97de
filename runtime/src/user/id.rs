//! Primary keys: which types serve as one, and how one is read from a path or a token.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use serde::Serialize;
use uuid::Uuid;

/// A type that serves as a user's primary key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a user's id",
    label = "not an id",
    note = "an id is a `Uuid`, an `i32` or an `i64`"
)]
pub trait UserId: Copy + Debug + Display + Eq + Hash + Serialize + Send + Sync + 'static {
    /// An id for a new user, or `None` where the database counts it up.
    fn generate() -> Option<Self>;
    /// What stands in for the id until the database has given one.
    fn placeholder() -> Self;
    /// Whether this is a real id, and no placeholder.
    fn is_generated(&self) -> bool {
        *self != Self::placeholder()
    }
    /// Reads an id as it stands in a path or a token, a UUID in any of its forms.
    fn parse(text: &str) -> Option<Self>;
}

impl UserId for Uuid {
    fn generate() -> Option<Self> {
        Some(Self::new_v4())
    }

    fn placeholder() -> Self {
        Self::nil()
    }

    fn parse(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }
}

/// The database counts these up.
macro_rules! integer_id {
    ($($integer:ty),*) => {$(
        impl UserId for $integer {
            fn generate() -> Option<Self> {
                None
            }

            fn placeholder() -> Self {
                0
            }

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

integer_id!(i32, i64);
