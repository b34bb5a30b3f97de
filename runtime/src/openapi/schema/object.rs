//! The schema of a user: what every user has, then field by field what is the app's own.

use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::Type;

use super::{AnySchema, FieldSchema, KnownType as _};
use crate::secret::Password;
use crate::user::Email;

/// The schema of a user.
#[expect(missing_debug_implementations, reason = "utoipa's types have none")]
pub struct ObjectSchema(ObjectBuilder);

impl ObjectSchema {
    /// What an answer shows of a `user`, as far as every user has it.
    #[must_use]
    pub fn read(user: &str, id: FieldSchema) -> Self {
        let docs = format!("What an answer shows of a `{user}`.");
        Self(ObjectBuilder::new().description(Some(docs)))
            .required("id", id.documented(&["The primary key."]))
            .required("email", email())
            .required("is_active", flag().documented(&[IS_ACTIVE]))
            .required("is_superuser", flag().documented(&[IS_SUPERUSER]))
            .required("is_verified", flag().documented(&[IS_VERIFIED]))
    }

    /// What a registration of a `user` sends, as far as every user has it.
    #[must_use]
    pub fn create(user: &str) -> Self {
        let ignored = || flag().or_null().documented(&["Ignored: it is not theirs to say who register."]);
        let docs = format!("What a registration of a `{user}` sends.");
        Self(ObjectBuilder::new().description(Some(docs)))
            .required("email", email())
            .required("password", Password::describe().documented(&["The password."]))
            .optional("is_active", ignored())
            .optional("is_superuser", ignored())
            .optional("is_verified", ignored())
    }

    /// What a change of a `user` sends, as far as every user has it.
    #[must_use]
    pub fn update(user: &str) -> Self {
        const CURRENT: &str = "The password so far, where the address or the password changes.";
        let password = || Password::describe().or_null();
        let docs = format!("What a change of a `{user}` sends. What is left out stays as it is.");
        Self(ObjectBuilder::new().description(Some(docs)))
            .optional("email", email())
            .optional("password", password().documented(&["The new password."]))
            .optional("current_password", password().documented(&[CURRENT]))
            .optional("is_active", flag().documented(&[IS_ACTIVE]))
            .optional("is_superuser", flag().documented(&[IS_SUPERUSER]))
            .optional("is_verified", flag().documented(&[IS_VERIFIED]))
    }

    /// One more field, which must be there.
    #[must_use]
    pub fn required(self, name: &str, field: FieldSchema) -> Self {
        Self(self.0.property(name, field).required(name))
    }

    /// One more field, which may be left out.
    #[must_use]
    pub fn optional(self, name: &str, field: FieldSchema) -> Self {
        Self(self.0.property(name, field))
    }

    /// All of it.
    #[must_use]
    pub fn into_schema(self) -> AnySchema {
        self.0.into()
    }
}

const IS_ACTIVE: &str = "Whether the user may sign in at all.";
const IS_SUPERUSER: &str = "Whether the user may manage the others.";
const IS_VERIFIED: &str = "Whether the user has proven to own the address.";

fn email() -> FieldSchema {
    Email::describe().documented(&["The address."])
}

fn flag() -> FieldSchema {
    FieldSchema::new(ObjectBuilder::new().schema_type(Type::Boolean))
}
