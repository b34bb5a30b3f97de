//! Diesel's errors as the store's.

use diesel::result::{DatabaseErrorKind, Error};

use crate::store::StoreError;

/// How SQLite's messages begin when the file is away, full or another process's for the moment. Diesel has no kinds
/// for them.
const SQLITE_UNAVAILABLE: [&str; 7] = [
    "database is locked",
    "database table is locked",
    "database schema is locked",
    "unable to open database file",
    "disk I/O error",
    "database or disk is full",
    "attempt to write a readonly database",
];

/// What any statement may fail with; `Queries::refusal` knows the address besides.
impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &error {
            Error::DatabaseError(
                DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation,
                _,
            ) => Self::Refused(error.into()),
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | Error::BrokenTransactionManager => Self::Unavailable(error.into()),
            Error::DatabaseError(DatabaseErrorKind::Unknown, information)
                if SQLITE_UNAVAILABLE.iter().any(|start| information.message().starts_with(start)) =>
            {
                Self::Unavailable(error.into())
            }
            _ => Self::Failed(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(message: &str) -> StoreError {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())).into()
    }

    #[test]
    fn what_passes_is_worth_another_try() {
        for message in SQLITE_UNAVAILABLE.into_iter().chain(["database table is locked: user"]) {
            assert!(matches!(unknown(message), StoreError::Unavailable(_)), "{message}");
        }
    }

    #[test]
    fn what_does_not_pass_is_a_failure() {
        for message in ["no such table: user", "database disk image is malformed", "a hook: disk I/O error"] {
            assert!(matches!(unknown(message), StoreError::Failed(_)), "{message}");
        }
    }

    #[test]
    fn values_that_break_a_rule_are_refused() {
        for kind in [
            DatabaseErrorKind::UniqueViolation,
            DatabaseErrorKind::ForeignKeyViolation,
            DatabaseErrorKind::NotNullViolation,
            DatabaseErrorKind::CheckViolation,
        ] {
            let error = Error::DatabaseError(kind, Box::new(String::new()));
            assert!(matches!(StoreError::from(error), StoreError::Refused(_)));
        }
    }
}
