//! Values of the types that the own tables of this crate hold.

use uuid::Uuid;

use crate::clock::Timestamp;

/// A value of one of the types that the own tables of this crate hold.
#[expect(missing_debug_implementations, reason = "it may hold a token or a hash")]
#[derive(Clone, Copy)]
pub enum Value<'q> {
    /// Text.
    Text(&'q str),
    /// Text, or NULL.
    NullableText(Option<&'q str>),
    /// A boolean.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A whole number, or NULL.
    NullableNumber(Option<i64>),
    /// A point in time.
    Moment(Timestamp),
    /// An id of this crate's own.
    Uuid(Uuid),
}
