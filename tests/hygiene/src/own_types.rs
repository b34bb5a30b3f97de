//! Attributes that pass through to the schemas: serde's and garde's.

use renamed::prelude::*;

/// A user with rules for its own fields.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(crate = renamed)]
pub struct User {
    /// The primary key.
    pub id: Uuid,
    /// The address.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the user may manage the others.
    pub is_superuser: bool,
    /// Whether the user has proven to own the address.
    pub is_verified: bool,
    /// What the user wants to be called.
    #[auth_user(read, create, update)]
    #[serde(rename = "displayName", alias = "name")]
    #[garde(length(min = 2, max = 20))]
    pub display_name: String,
    /// Where the user comes from.
    #[auth_user(read, create, update)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(ascii)]
    pub town: Option<String>,
}

#[cfg(test)]
mod tests {
    use renamed::user::{AuthUser as _, Fields, Schema, UpdateSchema as _};
    use serde_json::{Value, json};

    use super::{HashedPassword, User, UserCreate, UserUpdate};

    fn parse<T: Schema>(body: Value) -> Result<T, Vec<Value>> {
        let Value::Object(object) = body else { panic!("an object") };
        let mut fields = Fields::new(object);
        let value = T::parse(&mut fields).ok_or_else(|| fields.into_errors());
        value
            .and_then(|value| value.validate().map(|()| value))
            .map_err(|errors| errors.into_iter().map(|error| json!(error.loc)).collect())
    }

    fn create(more: &Value) -> Result<UserCreate, Vec<Value>> {
        let mut body = json!({ "email": "a@camelot.bt", "password": "guinevere" });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        parse(body)
    }

    #[test]
    fn a_name_on_the_wire_of_its_own() {
        for key in ["displayName", "name"] {
            let create = create(&json!({ key: "Arthur" })).unwrap_or_else(|errors| panic!("{errors:?}"));
            let user = User::from_create(create, HashedPassword::new("hash"));
            assert_eq!(user.display_name, "Arthur");
            let read = serde_json::to_value(user.read()).expect("JSON");
            assert_eq!((&read["displayName"], read.get("town")), (&json!("Arthur"), None));
        }
        assert_eq!(create(&json!({})).err(), Some(vec![json!(["body", "displayName"])]));
    }

    #[test]
    fn rules_of_garde() {
        let place = |name: &str| Some(vec![json!(["body", name])]);
        assert_eq!(create(&json!({ "displayName": "A" })).err(), place("displayName"));
        assert_eq!(create(&json!({ "displayName": "Arthur", "town": "Köln" })).err(), place("town"));
        assert!(create(&json!({ "displayName": "Arthur", "town": null })).is_ok());
        assert_eq!(parse::<UserUpdate>(json!({ "displayName": "A" })).err(), place("displayName"));
        assert!(parse::<UserUpdate>(json!({ "town": null })).is_ok());
    }

    /// The original's clients send them so: at a registration they mean nothing, and null is no mistake.
    #[test]
    fn flags_at_a_registration_may_be_null() {
        for flag in ["is_active", "is_superuser", "is_verified"] {
            assert!(create(&json!({ "displayName": "Arthur", flag: null })).is_ok(), "{flag}");
            assert_eq!(
                parse::<UserUpdate>(json!({ flag: null })).err(),
                Some(vec![json!(["body", flag])]),
                "a change names what it changes"
            );
        }
    }

    #[test]
    fn an_update_serializes_to_what_was_sent() {
        let sent = json!({ "displayName": "The King", "town": null, "is_active": false });
        let mut body = sent.clone();
        body["password"] = json!("guinevere");
        let update = parse::<UserUpdate>(body).unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!(json!(update), sent);
        assert_eq!(json!(update.restrict()), json!({ "displayName": "The King", "town": null }));
    }
}
