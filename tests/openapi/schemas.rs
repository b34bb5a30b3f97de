//! The app's own fields, as the derive tells of them.

use axum_users::clock::Timestamp;
use axum_users::openapi::utoipa::{self, PartialSchema, ToSchema};
use axum_users::prelude::*;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite as SqliteDb;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
enum Rank {
    #[default]
    Squire,
    Knight,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
struct Shield {
    motto: String,
    bearer: Option<Bearing>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
struct Bearing {
    colour: String,
}

/// A type that has no schema.
#[derive(Clone, Debug, Default, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
struct Strange(String);

mod text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn serialize<S: Serializer>(number: &i32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A user with fields of many kinds.
#[derive(Clone, Debug, AuthUser)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
struct User {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    /// What the user wants
    /// to be called.
    #[auth_user(read, create, update)]
    #[serde(rename = "displayName", alias = "name")]
    #[garde(length(chars, min = 2, max = 20))]
    display_name: String,
    #[auth_user(read, create, update)]
    #[garde(length(max = 8))]
    nick: Option<String>,
    #[auth_user(read, create, update(superuser), default = 3)]
    #[garde(range(min = -1, max = 100))]
    credits: i32,
    #[auth_user(read, create(superuser), default)]
    score: i64,
    #[auth_user(read, update)]
    #[serde(skip_serializing_if = "Option::is_none")]
    knighted_at: Option<Timestamp>,
    #[auth_user(read)]
    liege: Option<Uuid>,
    #[auth_user(read)]
    seal: Vec<u8>,
    #[auth_user(read, create, update, sql_type = Text, column = "TEXT NOT NULL")]
    rank: Rank,
    #[auth_user(read, update, sql_type = Text, column = "TEXT NOT NULL")]
    shield: Shield,
    #[auth_user(read, update, sql_type = Text, column = "TEXT NOT NULL")]
    strange: Strange,
    #[auth_user(read, update, value_type = String, sql_type = Text, column = "TEXT NOT NULL")]
    told: Strange,
    #[auth_user(read, update)]
    #[serde(with = "text")]
    #[garde(range(min = 0))]
    written: i32,
    #[auth_user(private)]
    notes: String,
}

/// Lays a type into a column as its JSON.
macro_rules! as_json {
    ($($ty:ident)*) => {$(
        impl ToSql<Text, SqliteDb> for $ty {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, SqliteDb>) -> serialize::Result {
                out.set_value(serde_json::to_string(self)?);
                Ok(IsNull::No)
            }
        }

        impl FromSql<Text, SqliteDb> for $ty {
            fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                let text: String = FromSql::<Text, SqliteDb>::from_sql(value)?;
                Ok(serde_json::from_str(&text)?)
            }
        }
    )*};
}

as_json!(Rank Shield Strange);

fn schema<T: PartialSchema>() -> Value {
    json!(T::schema())
}

fn required(schema: &Value) -> Vec<&str> {
    schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().expect("a name")).collect()
}

#[test]
fn what_an_answer_shows() {
    let read = schema::<UserRead>();
    let always = [
        "id",
        "email",
        "is_active",
        "is_superuser",
        "is_verified",
        "displayName",
        "nick",
        "credits",
        "score",
        "liege",
        "seal",
        "rank",
        "shield",
        "strange",
        "told",
        "written",
    ];
    assert_eq!(required(&read), always);
    let text_or_null = json!([{ "type": "null" }, { "type": "string" }]);
    for (name, expected) in [
        ("id", json!({ "type": "string", "format": "uuid", "description": "The primary key." })),
        ("email", json!({ "type": "string", "format": "idn-email", "description": "The address." })),
        ("displayName", json!({ "type": "string", "description": "What the user wants\nto be called." })),
        ("nick", json!({ "oneOf": text_or_null })),
        ("credits", json!({ "type": "integer", "format": "int32" })),
        ("score", json!({ "type": "integer", "format": "int64" })),
        (
            "knighted_at",
            json!({ "oneOf": [{ "type": "null" }, { "type": "string", "format": "date-time" }] }),
        ),
        ("liege", json!({ "oneOf": [{ "type": "null" }, { "type": "string", "format": "uuid" }] })),
        ("rank", json!({ "type": "string", "enum": ["squire", "knight"] })),
        ("shield", json!({ "$ref": "#/components/schemas/Shield" })),
        // Nobody knows what it looks like, so it may look like anything.
        ("strange", json!({})),
        ("told", json!({ "type": "string" })),
        ("written", json!({})),
    ] {
        assert_eq!(read["properties"][name], expected, "{name}");
    }
    assert_eq!(read["properties"]["seal"]["type"], "array");
    assert_eq!(read["properties"].get("notes"), None);
    assert_eq!(read["properties"].as_object().map(serde_json::Map::len), Some(always.len() + 1));
}

#[test]
fn what_a_registration_sends() {
    let create = schema::<UserCreate>();
    assert_eq!(required(&create), ["email", "password", "displayName", "rank"]);
    for (name, expected) in [
        ("password", json!({ "type": "string", "format": "password", "description": "The password." })),
        (
            "displayName",
            json!({
                "type": "string",
                "minLength": 2,
                "maxLength": 20,
                "description": "What the user wants\nto be called.",
            }),
        ),
        ("nick", json!({ "oneOf": [{ "type": "null" }, { "type": "string", "maxLength": 8 }] })),
        ("credits", json!({ "type": "integer", "format": "int32", "minimum": -1, "maximum": 100 })),
    ] {
        assert_eq!(create["properties"][name], expected, "{name}");
    }
    for name in ["shield", "knighted_at", "notes"] {
        assert_eq!(create["properties"].get(name), None, "{name}");
    }
}

#[test]
fn what_a_change_sends() {
    let update = schema::<UserUpdate>();
    assert_eq!(required(&update), [""; 0]);
    for (name, expected) in [
        ("email", json!({ "type": "string", "format": "idn-email", "description": "The address." })),
        ("written", json!({})),
        (
            "knighted_at",
            json!({ "oneOf": [{ "type": "null" }, { "type": "string", "format": "date-time" }] }),
        ),
    ] {
        assert_eq!(update["properties"][name], expected, "{name}");
    }
    assert_eq!(update["properties"].get("score"), None);
}

#[test]
fn what_a_schema_refers_to_comes_with_it() {
    let mut schemas = Vec::new();
    UserRead::schemas(&mut schemas);
    let names = schemas.iter().map(|(name, _)| &**name).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(names, ["Bearing", "Shield"].into());
    assert_eq!(UserRead::name(), "UserRead");
}
