//! Diesel's errors as errors of the store.

use diesel::result::Error;

use super::error::{Kind, kind};
use crate::store::StoreError;

/// Converts an error of any statement; `Queries::refusal` detects taken emails and accounts besides.
impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match kind(&error) {
            Kind::Refused => Self::Refused(error.into()),
            Kind::Unavailable => Self::Unavailable(error.into()),
            Kind::Conflict => Self::Conflict(error.into()),
            Kind::Failed => Self::Failed(error.into()),
        }
    }
}
