//! Diesel's errors as the store's.

use diesel::result::{DatabaseErrorKind, Error};

use crate::store::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            // The one unique column that clients can choose is the address.
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::EmailTaken,
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | Error::BrokenTransactionManager => Self::Unavailable(error.into()),
            // SQLite has no kind for it: another process kept the file to itself past the busy timeout.
            Error::DatabaseError(_, ref information)
                if information.message().contains("database is locked") =>
            {
                Self::Unavailable(error.into())
            }
            _ => Self::Failed(error.into()),
        }
    }
}
