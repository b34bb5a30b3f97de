//! What garde's rules hold for in both schemas, and where their mistakes are: by the names on the wire, part by part.
#![allow(missing_docs, reason = "the lib of this crate has them")]

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use garde::Validate;
use renamed::prelude::*;
use renamed::user::{Fields, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Where someone lives, kept as text.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
pub struct Address {
    #[garde(length(min = 2))]
    city: String,
    #[garde(inner(length(min = 2)))]
    #[serde(default)]
    lines: Vec<String>,
}

impl<DB: Backend> ToSql<Text, DB> for Address
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.city.as_str().to_sql(out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Address
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        String::from_sql(value).map(|city| Self { city, lines: Vec::new() })
    }
}

#[derive(Clone, Debug, AuthUser)]
#[auth_user(crate = renamed)]
pub struct User {
    pub id: i64,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(create, update, sql_type = Text, column = "TEXT NOT NULL")]
    #[garde(dive)]
    pub address: Address,
    #[auth_user(create(superuser), update, sql_type = Text, column = "TEXT NOT NULL")]
    #[serde(rename = "summerHouse")]
    #[garde(dive)]
    pub summer_house: Address,
    #[auth_user(create, update)]
    #[garde(alphanumeric)]
    pub r#type: Option<String>,
    #[auth_user(create, update)]
    #[garde(inner(range(max = 9)), length(min = 1))]
    pub medals: Vec<u8>,
    #[auth_user(create(superuser), update)]
    #[garde(custom(capital))]
    pub title: String,
}

fn capital(title: &str, _: &()) -> garde::Result {
    let is_capital = title.starts_with(char::is_uppercase);
    is_capital.then_some(()).ok_or_else(|| garde::Error::new("begins with a capital letter"))
}

/// The places of the mistakes in `body`, sorted.
fn places<T: Schema>(body: Value) -> Vec<Value> {
    let Value::Object(object) = body else { panic!("an object") };
    let sent = T::parse(&mut Fields::new(object)).expect("a body of the right types");
    let errors = sent.validate().expect_err("mistakes");
    let mut places = errors.into_iter().map(|error| json!(error.loc)).collect::<Vec<_>>();
    places.sort_by_key(Value::to_string);
    places
}

#[test]
fn every_part_has_its_place() {
    let mut body = json!({
        "address": { "city": "X", "lines": ["Round Table", "1"] },
        "summerHouse": { "city": "Y" },
        "type": "a king",
        "medals": [3, 10],
        "title": "king",
    });
    let places_of_own = [
        json!(["body", "address", "city"]),
        json!(["body", "address", "lines", 1]),
        json!(["body", "medals", 1]),
        json!(["body", "summerHouse", "city"]),
        json!(["body", "title"]),
        json!(["body", "type"]),
    ];
    assert_eq!(places::<UserUpdate>(body.clone()), places_of_own);
    body["email"] = json!("arthur@camelot.bt");
    body["password"] = json!("guinevere");
    assert_eq!(places::<UserCreate>(body), places_of_own);
}
