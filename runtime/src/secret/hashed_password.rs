//! The stored hash of a password.

use std::fmt;

/// The hash of a password as a user's row holds it: a PHC string, or bcrypt's form.
///
/// `Debug` prints no part of it, and it does not serialize.
#[derive(Clone)]
#[cfg_attr(feature = "diesel", derive(diesel::deserialize::FromSqlRow))]
pub struct HashedPassword(String);

impl HashedPassword {
    /// Takes the hash as a hasher made it.
    pub fn new(hash: impl Into<String>) -> Self {
        Self(hash.into())
    }

    /// The hash. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HashedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedPassword(…)")
    }
}

#[cfg(feature = "diesel")]
mod column {
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, Output, ToSql};

    use super::HashedPassword;

    impl<ST, DB: Backend> ToSql<ST, DB> for HashedPassword
    where
        str: ToSql<ST, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            self.0.as_str().to_sql(out)
        }
    }

    impl<ST, DB: Backend> FromSql<ST, DB> for HashedPassword
    where
        String: FromSql<ST, DB>,
    {
        fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
            String::from_sql(value).map(Self)
        }
    }
}
