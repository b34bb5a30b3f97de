//! The schemas of an app's user, and those of the JSON that the routes of this crate take and return.

use utoipa::ToSchema;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ArrayBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Schema};

use super::schema::{AnySchema, FieldSchema, NamedSchemas};
use super::types::{text, text_of};
use crate::manager::{AuthApp, Policy};
use crate::router::route::{Field, JsonType, Object};
use crate::secret::Password;
use crate::user::AuthUser;

/// A schema under its name.
type Named = (String, AnySchema);

/// The schemas of an app's user.
pub(super) struct UserSchemas {
    id: AnySchema,
    new_password: AnySchema,
    read: Named,
    create: Named,
    update: Named,
    /// The schemas that those of the user refer to.
    pub(super) nested: NamedSchemas,
}

impl UserSchemas {
    pub(super) fn of<A>(policy: &Policy) -> Self
    where
        A: AuthApp,
        A::User: AuthUser<Read: ToSchema, Create: ToSchema, Update: ToSchema>,
    {
        let mut nested = Vec::new();
        let mut read = named::<<A::User as AuthUser>::Read>(&mut nested);
        let mut create = named::<<A::User as AuthUser>::Create>(&mut nested);
        let mut update = named::<<A::User as AuthUser>::Update>(&mut nested);
        let id = property(&mut read, "id").cloned().unwrap_or_else(|| text().into());
        if !policy.require_current_password {
            object(&mut update).and_then(|update| update.properties.remove("current_password"));
        }
        let passwords = [property(&mut create, "password"), property(&mut update, "password")];
        for password in passwords.into_iter().flatten() {
            *password = limit(std::mem::take(password), policy);
        }
        let new_password = limit(<Password as utoipa::PartialSchema>::schema(), policy);
        let mut schemas = Self { id, new_password, read, create, update, nested };
        if A::User::SHOWS_OAUTH_ACCOUNTS {
            schemas.show_accounts();
        }
        schemas
    }

    fn show_accounts(&mut self) {
        let Some(read) = object(&mut self.read) else { return };
        let accounts = ArrayBuilder::new()
            .items(Ref::from_schema_name(Object::ACCOUNT.name))
            .description(Some("The user's accounts at OAuth providers"));
        read.properties.insert("oauth_accounts".to_owned(), accounts.into());
        read.required.push("oauth_accounts".to_owned());
        let mut nested = std::mem::take(&mut self.nested);
        self.schema(JsonType::Object(&Object::ACCOUNT), &mut nested);
        self.nested = nested;
    }

    /// Returns the schema of `json`, and adds those that it refers to.
    pub(super) fn schema(&self, json: JsonType, schemas: &mut NamedSchemas) -> AnySchema {
        match json {
            JsonType::Null => ObjectBuilder::new().schema_type(Type::Null).into(),
            JsonType::String => text().into(),
            JsonType::Password => text_of(KnownFormat::Password).into(),
            JsonType::NewPassword => self.new_password.clone(),
            JsonType::Id => self.id.clone(),
            JsonType::User => refer(self.read.clone(), schemas),
            JsonType::UserCreate => refer(self.create.clone(), schemas),
            JsonType::UserUpdate => refer(self.update.clone(), schemas),
            JsonType::Array(items) => ArrayBuilder::new().items(self.schema(*items, schemas)).into(),
            JsonType::Object(object) => {
                let schema = self.object(object, schemas);
                refer((object.name.to_owned(), schema), schemas)
            }
        }
    }

    fn object(&self, object: &Object, schemas: &mut NamedSchemas) -> AnySchema {
        let mut builder = ObjectBuilder::new();
        for field in object.fields {
            builder = builder.property(field.name, self.field(field, schemas));
            if field.is_required {
                builder = builder.required(field.name);
            }
        }
        if !object.example.is_empty() {
            let example = object.example.iter().map(|&(name, value)| (name.to_owned(), value.into()));
            builder = builder.examples([serde_json::Value::Object(example.collect())]);
        }
        builder.into()
    }

    fn field(&self, field: &Field, schemas: &mut NamedSchemas) -> AnySchema {
        let mut schema = FieldSchema::new(self.schema(field.json, schemas));
        if let Some(description) = field.description {
            schema = schema.documented(&[description]);
        }
        if let Some(min) = field.min_length {
            schema = schema.min_length(min);
        }
        if let Some(pattern) = field.pattern {
            schema = schema.pattern(pattern);
        }
        if let Some(example) = field.example {
            schema = schema.example(example);
        }
        schema.into()
    }
}

fn refer((name, schema): Named, schemas: &mut NamedSchemas) -> AnySchema {
    let reference = Ref::from_schema_name(&name);
    schemas.push((name, schema));
    reference.into()
}

/// How long a password may be. The app's own rules are not known here.
fn limit(password: AnySchema, policy: &Policy) -> AnySchema {
    let (min, max) = (policy.min_password_length.max(1), Password::MAX_BYTES);
    FieldSchema::new(password).min_length(min).max_length(max).into()
}

fn named<T: ToSchema>(nested: &mut NamedSchemas) -> Named {
    T::schemas(nested);
    (T::name().into_owned(), T::schema())
}

fn object((_, schema): &mut Named) -> Option<&mut utoipa::openapi::Object> {
    match schema {
        RefOr::T(Schema::Object(object)) => Some(object),
        _ => None,
    }
}

fn property<'a>(schema: &'a mut Named, name: &str) -> Option<&'a mut AnySchema> {
    object(schema)?.properties.get_mut(name)
}
