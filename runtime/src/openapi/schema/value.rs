//! What a field's type looks like on the wire.
//!
//! It is described by the first of these that knows it: this crate, utoipa's `ToSchema`, or nobody, and then any JSON may
//! stand there. So a struct compiles whether or not its types have schemas.

use std::marker::PhantomData;

use utoipa::ToSchema;
use utoipa::openapi::{ArrayBuilder, KnownFormat, Ref, RefOr, Schema};
use uuid::Uuid;

use super::{AnySchema, FieldSchema, NamedSchemas};
use crate::clock::Timestamp;
use crate::openapi::types::text_of;
use crate::secret::Password;
use crate::user::Email;

/// The schema of a type: by its name where it is an object with fields, and else as it is.
pub(in crate::openapi) fn of_type<T: ToSchema>() -> AnySchema {
    let schema = T::schema();
    if has_fields(&schema) { Ref::from_schema_name(T::name()).into() } else { schema }
}

/// The schemas that the one of a type refers to, and its own where it goes by its name.
pub(in crate::openapi) fn nest<T: ToSchema>(schemas: &mut NamedSchemas) {
    T::schemas(schemas);
    let schema = T::schema();
    if has_fields(&schema) {
        schemas.push((T::name().into_owned(), schema));
    }
}

fn has_fields(schema: &AnySchema) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if !object.properties.is_empty())
}

/// A field's type, to be described by whoever knows it: `(&&Value::<T>::NEW).describe()`.
#[derive(Debug)]
pub struct Value<T>(PhantomData<T>);

impl<T> Value<T> {
    /// The only one there is.
    pub const NEW: Self = Self(PhantomData);
}

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Value<T> {}

/// First: what this crate knows.
pub trait ByCrate: Sized {
    /// What it looks like on the wire.
    fn describe(self) -> FieldSchema;
    /// The schemas that this refers to: none.
    fn nest(self, schemas: &mut NamedSchemas) {
        let _ = schemas;
    }
}

/// Second: what utoipa knows, or the app has told it.
pub trait ByToSchema {
    /// What it looks like on the wire.
    fn describe(self) -> FieldSchema;
    /// The schemas that this refers to.
    fn nest(self, schemas: &mut NamedSchemas);
}

/// Last: nobody knows.
pub trait ByNobody: Sized {
    /// Anything.
    fn describe(self) -> FieldSchema {
        FieldSchema::anything()
    }
    /// The schemas that this refers to: none.
    fn nest(self, schemas: &mut NamedSchemas) {
        let _ = schemas;
    }
}

impl<T: KnownType> ByCrate for &&Value<T> {
    fn describe(self) -> FieldSchema {
        T::describe()
    }
}

impl<T: ToSchema> ByToSchema for &Value<T> {
    fn describe(self) -> FieldSchema {
        FieldSchema::new(of_type::<T>())
    }

    fn nest(self, schemas: &mut NamedSchemas) {
        nest::<T>(schemas);
    }
}

impl<T> ByNobody for Value<T> {}

/// A type that this crate knows.
pub trait KnownType {
    /// What it looks like on the wire.
    fn describe() -> FieldSchema;
}

impl KnownType for Uuid {
    fn describe() -> FieldSchema {
        FieldSchema::new(text_of(KnownFormat::Uuid))
    }
}

macro_rules! known {
    ($($ty:ty),*) => {$(
        impl KnownType for $ty {
            fn describe() -> FieldSchema {
                FieldSchema::new(of_type::<$ty>())
            }
        }
    )*};
}

known!(Email, Password, Timestamp);

impl<T: KnownType> KnownType for Option<T> {
    fn describe() -> FieldSchema {
        T::describe().or_null()
    }
}

impl<T: KnownType> KnownType for Vec<T> {
    fn describe() -> FieldSchema {
        FieldSchema::new(ArrayBuilder::new().items(AnySchema::from(T::describe())))
    }
}
