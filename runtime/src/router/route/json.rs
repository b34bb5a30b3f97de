//! The JSON of bodies, as a document describes it.

/// The type of a JSON value.
#[derive(Clone, Copy)]
pub(crate) enum JsonType {
    Null,
    String,
    /// A password that a user has.
    Password,
    /// A password that a user is to have. The policy limits its length.
    NewPassword,
    /// The id of a user, and so that of an OAuth account.
    Id,
    /// The user, as responses show it.
    User,
    /// The fields of a registration.
    UserCreate,
    /// The fields of an update.
    UserUpdate,
    Array(&'static JsonType),
    Object(&'static Object),
}

/// An object, which the document keeps under its name.
pub(crate) struct Object {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
    /// The fields of an example.
    pub(crate) example: &'static [(&'static str, &'static str)],
}

impl Object {
    /// An OAuth account, as responses show it.
    pub(crate) const ACCOUNT: Self = Self::new(
        "OAuthAccountRead",
        &[
            Field::required("id", JsonType::Id),
            Field::required("oauth_name", JsonType::String).described("The service"),
            Field::required("account_id", JsonType::String).described("The account there"),
            Field::required("account_email", JsonType::String)
                .described("Its address there; empty where it has none"),
        ],
    );

    pub(crate) const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields, example: &[] }
    }
}

/// A field of an object or of a query.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) json: JsonType,
    pub(crate) is_required: bool,
    pub(crate) description: Option<&'static str>,
    pub(crate) min_length: Option<usize>,
    pub(crate) pattern: Option<&'static str>,
    pub(crate) example: Option<&'static str>,
}

impl Field {
    pub(crate) const fn required(name: &'static str, json: JsonType) -> Self {
        Self { is_required: true, ..Self::optional(name, json) }
    }

    pub(crate) const fn optional(name: &'static str, json: JsonType) -> Self {
        Self {
            name,
            json,
            is_required: false,
            description: None,
            min_length: None,
            pattern: None,
            example: None,
        }
    }

    pub(crate) const fn described(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }

    pub(crate) const fn min_length(self, min: usize) -> Self {
        Self { min_length: Some(min), ..self }
    }

    pub(crate) const fn pattern(self, pattern: &'static str) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    pub(crate) const fn example(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }
}
