//! The schema of one field, and what is said of it beyond its type.

use utoipa::openapi::schema::{OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{Object, RefOr, Schema};

use super::AnySchema;

/// The schema of one field.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "utoipa's types have none")]
pub struct FieldSchema(AnySchema);

impl FieldSchema {
    pub(in crate::openapi) fn new(schema: impl Into<AnySchema>) -> Self {
        Self(schema.into())
    }

    /// Any JSON.
    #[must_use]
    pub fn anything() -> Self {
        Self::new(Object::with_type(SchemaType::AnyValue))
    }

    /// This, or null.
    pub(super) fn or_null(self) -> Self {
        let null = Object::with_type(SchemaType::new(Type::Null));
        Self::new(OneOfBuilder::new().item(null).item(self.0))
    }

    /// What it means: the lines of a comment.
    #[must_use]
    pub fn documented(mut self, lines: &[&str]) -> Self {
        let docs = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n");
        match &mut self.0 {
            RefOr::Ref(reference) => reference.description = docs,
            RefOr::T(Schema::Object(object)) => object.description = Some(docs),
            RefOr::T(Schema::Array(array)) => array.description = Some(docs),
            RefOr::T(Schema::OneOf(one_of)) => one_of.description = Some(docs),
            RefOr::T(Schema::AllOf(all_of)) => all_of.description = Some(docs),
            RefOr::T(Schema::AnyOf(any_of)) => any_of.description = Some(docs),
            RefOr::T(_) => {}
        }
        self
    }

    /// The fewest characters of a text, or items of a list.
    #[must_use]
    pub fn min_length(self, min: usize) -> Self {
        self.limited(&|schema| match schema {
            Schema::Object(object) => object.min_length = Some(min),
            Schema::Array(array) => array.min_items = Some(min),
            _ => {}
        })
    }

    /// The most characters of a text, or items of a list.
    #[must_use]
    pub fn max_length(self, max: usize) -> Self {
        self.limited(&|schema| match schema {
            Schema::Object(object) => object.max_length = Some(max),
            Schema::Array(array) => array.max_items = Some(max),
            _ => {}
        })
    }

    /// The least number.
    #[must_use]
    pub fn minimum(self, min: f64) -> Self {
        self.limited(&|schema| {
            if let Schema::Object(object) = schema {
                object.minimum = Some(min.into());
            }
        })
    }

    /// The greatest number.
    #[must_use]
    pub fn maximum(self, max: f64) -> Self {
        self.limited(&|schema| {
            if let Schema::Object(object) = schema {
                object.maximum = Some(max.into());
            }
        })
    }

    /// The form of a text.
    #[must_use]
    pub fn pattern(self, pattern: &str) -> Self {
        self.limited(&|schema| {
            if let Schema::Object(object) = schema {
                object.pattern = Some(pattern.to_owned());
            }
        })
    }

    /// An example of a text.
    pub(in crate::openapi) fn example(self, example: &str) -> Self {
        self.limited(&|schema| {
            if let Schema::Object(object) = schema {
                object.examples = vec![example.into()];
            }
        })
    }

    /// A rule holds for what may be null as for what may not.
    fn limited(mut self, rule: &dyn Fn(&mut Schema)) -> Self {
        match &mut self.0 {
            RefOr::T(Schema::OneOf(one_of)) => {
                let items = one_of.items.iter_mut().filter_map(|item| match item {
                    RefOr::T(schema) => Some(schema),
                    RefOr::Ref(_) => None,
                });
                items.filter(|schema| !is_null(schema)).for_each(rule);
            }
            RefOr::T(schema) => rule(schema),
            RefOr::Ref(_) => {}
        }
        self
    }
}

fn is_null(schema: &Schema) -> bool {
    matches!(schema, Schema::Object(object) if object.schema_type == SchemaType::new(Type::Null))
}

impl From<FieldSchema> for AnySchema {
    fn from(field: FieldSchema) -> Self {
        field.0
    }
}
