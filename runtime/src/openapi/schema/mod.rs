//! Schemas of users, as the derive's expansion tells them: field by field.

mod field;
mod object;
mod value;

pub use self::field::FieldSchema;
pub use self::object::ObjectSchema;
pub use self::value::{ByCrate, ByNobody, ByToSchema, KnownType, Value};
pub(super) use self::value::{nest, of_type};

use utoipa::openapi::{RefOr, Schema};

/// A schema, or a reference to one by its name.
pub type AnySchema = RefOr<Schema>;

/// Schemas under their names.
pub type NamedSchemas = Vec<(String, AnySchema)>;
