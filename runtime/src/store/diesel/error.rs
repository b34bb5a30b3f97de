//! Kinds of Diesel's errors, which are known by their kinds and messages.

use diesel::result::{DatabaseErrorKind, Error};

/// How the messages of what may pass begin: a database that is away, full, in recovery, or another's for the moment.
/// Diesel has no kinds for them.
const UNAVAILABLE: [&str; 27] = [
    // SQLite
    "database is locked",
    "database table is locked",
    "database schema is locked",
    "unable to open database file",
    "disk I/O error",
    "database or disk is full",
    "attempt to write a readonly database",
    // PostgreSQL
    "terminating connection",
    "the database system is",
    "canceling statement due to",
    "canceling authentication due to",
    "could not extend file",
    "No space left on device",
    "connection not open",
    "sorry, too many clients already",
    "remaining connection slots are reserved",
    // MySQL, MariaDB, and their driver
    "Input/output error",
    "Driver error: `Connection",
    "Server shutdown in progress",
    "Connection was killed",
    "Query execution was interrupted",
    "Lock wait timeout exceeded",
    "The MariaDB server is running with the",
    "The MySQL server is running with the",
    "The table ",
    "Disk full",
    "Too many connections",
];

/// How the messages begin of a transaction that was undone in favor of another one.
const CONFLICT: [&str; 4] = [
    // PostgreSQL
    "deadlock detected",
    "could not serialize access",
    // MySQL and MariaDB; the second under MariaDB's snapshot isolation
    "Deadlock found when trying to get lock",
    "Record has changed since last read",
];

/// How the messages about values begin that do not fit their columns.
const REFUSED: [&str; 19] = [
    // SQLite, of `ON DELETE RESTRICT`
    "FOREIGN KEY constraint failed",
    // PostgreSQL; the first since 18, of `ON DELETE RESTRICT`
    "update or delete on table",
    "value too long for type",
    "integer out of range",
    "smallint out of range",
    "bigint out of range",
    "invalid byte sequence for encoding",
    "invalid input value for enum",
    "invalid input syntax for type",
    "numeric field overflow",
    "date/time field value out of range",
    "index row size",
    "index row requires",
    // MySQL and MariaDB; the first of a `CHECK`
    "CONSTRAINT `",
    "Data too long for column",
    "Data truncated for column",
    "Out of range value for column",
    "Incorrect ",
    "Invalid JSON text",
];

/// How the messages of MySQL's driver begin, where it is no longer in step with the server, or without one.
#[cfg(feature = "mysql")]
const LOST: [&str; 3] = ["Driver error: `", "Input/output error: ", "Other error: "];

/// Whether an error of a statement is also the end of its connection.
#[cfg(feature = "mysql")]
pub(super) fn is_lost(error: &Error) -> bool {
    match error {
        Error::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        ) => true,
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            LOST.iter().any(|start| information.message().starts_with(start))
        }
        _ => false,
    }
}

/// How the messages begin of what a connection has prepared and can't use any more: after a migration, or behind a proxy
/// that has changed the server.
const STALE: [&str; 4] = [
    // PostgreSQL
    "cached plan must not change result type",
    "prepared statement \"",
    // MySQL and MariaDB
    "Prepared statement needs to be re-prepared",
    "Unknown prepared statement handler",
];

/// Whether another connection may do better, or the reason is not known at all.
pub(super) fn calls_for_another(error: &Error) -> bool {
    is_stale(error) || kind(error) == Kind::Failed
}

fn is_stale(error: &Error) -> bool {
    let Error::DatabaseError(DatabaseErrorKind::Unknown, information) = error else { return false };
    STALE.iter().any(|start| information.message().starts_with(start))
}

/// Whether an error says that the database is away.
pub(in crate::store) fn is_unavailable(error: &Error) -> bool {
    matches!(kind(error), Kind::Unavailable | Kind::Conflict)
}

/// Returns whether the transaction was undone in favor of another one.
pub(super) fn is_conflict(error: &Error) -> bool {
    kind(error) == Kind::Conflict
}

/// The kinds of the store's errors.
#[derive(PartialEq, Eq)]
pub(super) enum Kind {
    Refused,
    Unavailable,
    Conflict,
    Failed,
}

pub(super) fn kind(error: &Error) -> Kind {
    let (kind, information) = match error {
        Error::DatabaseError(kind, information) => (kind, information),
        Error::BrokenTransactionManager => return Kind::Unavailable,
        Error::RollbackErrorOnCommit { commit_error, .. } => return kind(commit_error),
        _ => return Kind::Failed,
    };
    let begins = |starts: &[&str]| starts.iter().any(|start| information.message().starts_with(start));
    match kind {
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::ExclusionViolation => Kind::Refused,
        DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => Kind::Unavailable,
        DatabaseErrorKind::SerializationFailure => Kind::Conflict,
        DatabaseErrorKind::Unknown if begins(&CONFLICT) => Kind::Conflict,
        DatabaseErrorKind::Unknown if begins(&UNAVAILABLE) || is_stale(error) => Kind::Unavailable,
        DatabaseErrorKind::Unknown if begins(&REFUSED) => Kind::Refused,
        _ => Kind::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    fn unknown(message: &str) -> StoreError {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())).into()
    }

    #[test]
    fn what_passes_is_worth_another_try() {
        for message in UNAVAILABLE.into_iter().chain(STALE).chain(["database table is locked: user"]) {
            assert!(matches!(unknown(message), StoreError::Unavailable(_)), "{message}");
        }
    }

    #[test]
    fn a_transaction_that_gave_way_is_a_conflict() {
        for message in CONFLICT {
            assert!(matches!(unknown(message), StoreError::Conflict(_)), "{message}");
        }
    }

    #[test]
    fn what_does_not_pass_is_a_failure() {
        for message in ["no such table: user", "database disk image is malformed", "a hook: disk I/O error"] {
            assert!(matches!(unknown(message), StoreError::Failed(_)), "{message}");
        }
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        for message in REFUSED {
            assert!(matches!(unknown(message), StoreError::Refused(_)), "{message}");
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
