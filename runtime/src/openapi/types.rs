//! Schemas of this crate's own types, also for use in an app's.

use std::borrow::Cow;

use utoipa::openapi::schema::Type;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::clock::Timestamp;
use crate::secret::Password;
use crate::user::Email;

/// A text.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text of this form.
pub(super) fn text_of(format: KnownFormat) -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(format)))
}

macro_rules! texts {
    ($($ty:ident: $format:ident,)*) => {$(
        impl PartialSchema for $ty {
            fn schema() -> RefOr<Schema> {
                text_of(KnownFormat::$format).into()
            }
        }

        impl ToSchema for $ty {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($ty))
            }
        }
    )*};
}

texts! {
    Email: IdnEmail,
    Password: Password,
    Timestamp: DateTime,
}
