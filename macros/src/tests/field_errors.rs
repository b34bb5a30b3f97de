//! What the derive says of fields.

use super::render::{derive, reports};
use super::{snapshot, user};

/// Cases that differ in the app's own fields.
fn own(cases: &[(&'static str, &str)]) -> String {
    let cases = cases.iter().map(|(title, own)| (*title, user(own))).collect::<Vec<_>>();
    reports(&cases, derive)
}

#[test]
fn who_sees_and_sets() {
    snapshot(
        "field_errors__who_sees_and_sets",
        &own(&[
            ("nothing is said", "pub notes: String"),
            ("nothing is said but a default", "#[auth_user(default)] pub notes: String"),
            ("an empty list", "#[auth_user()] pub notes: String"),
            ("private, and more", "#[auth_user(private, read, update(superuser))] pub notes: String"),
            (
                "private, with a type for documents",
                "#[auth_user(private, value_type = String)] pub notes: String",
            ),
            ("no type for documents", "#[auth_user(read, value_type)] pub notes: String"),
            ("an unknown key", "#[auth_user(private, reed)] pub notes: String"),
            ("an unknown key alone", "#[auth_user(visible)] pub notes: String"),
            ("a key twice", "#[auth_user(read, read)] pub notes: String"),
            (
                "a key twice in two attributes",
                "#[auth_user(read)] #[auth_user(read, update)] pub notes: String",
            ),
            ("read by a superuser", "#[auth_user(read(superuser))] pub notes: String"),
            ("read with a value", "#[auth_user(read = true)] pub notes: String"),
            ("private with a list", "#[auth_user(private())] pub notes: String"),
            ("superuser alone", "#[auth_user(read, superuser)] pub notes: String"),
            ("created by someone unknown", "#[auth_user(create(admin))] pub notes: String"),
            ("created by nobody", "#[auth_user(create())] pub notes: String"),
            ("updated with a value", "#[auth_user(update = superuser)] pub notes: String"),
            ("a default with a list", "#[auth_user(read, default(3))] pub credits: i32"),
            (
                "several mistakes",
                "#[auth_user(reed, superuser)] pub notes: String, pub rank: i32, #[auth_user(read = 1)] pub hat: bool",
            ),
        ]),
    );
}

#[test]
fn forms() {
    snapshot(
        "field_errors__forms",
        &own(&[
            ("no list", "#[auth_user] pub notes: String"),
            ("a value in place of a list", "#[auth_user = \"read\"] pub notes: String"),
            ("no comma", "#[auth_user(read update)] pub notes: String"),
            ("a string for a key", "#[auth_user(\"read\", update)] pub notes: String"),
            ("a value that is left out", "#[auth_user(read, default = )] pub notes: String"),
            ("a type that is none", "#[auth_user(read, sql_type = 3, column = \"TEXT\")] pub notes: String"),
        ]),
    );
}

#[test]
fn columns() {
    snapshot(
        "field_errors__columns",
        &own(&[
            ("a type without a column", "#[auth_user(private, sql_type = Text)] pub notes: Notes"),
            ("a column without a type", "#[auth_user(private, column = \"TEXT\")] pub notes: Notes"),
            ("a type without a value", "#[auth_user(private, sql_type, column = \"TEXT\")] pub notes: Notes"),
            (
                "a column that is no string",
                "#[auth_user(private, sql_type = Text, column = TEXT)] pub notes: Notes",
            ),
            (
                "two fields in one column",
                "#[auth_user(private)] #[diesel(column_name = email)] pub notes: String",
            ),
        ]),
    );
}

#[test]
fn core_fields() {
    snapshot(
        "field_errors__core_fields",
        &own(&[
            ("by name twice", "#[auth_user(email)] pub mail: String"),
            ("by a key that has a value", "#[auth_user(email = true)] pub mail: String"),
            ("two roles for one field", "#[auth_user(id, email)] pub mail: String"),
        ]),
    );
}

#[test]
fn attributes_of_core_fields() {
    let core = |attribute: &str| {
        user("").replace("    pub email: String", &format!("    {attribute} pub email: String"))
    };
    let cases = [
        ("an own key", core("#[auth_user(read, update)]")),
        ("the name again", core("#[auth_user(email)]")),
        ("another name", core("#[auth_user(id)]")),
        ("an unknown key", core("#[auth_user(emial)]")),
        ("serde", core("#[serde(rename = \"mail\")]")),
        ("garde", core("#[garde(length(max = 3))]")),
    ];
    snapshot("field_errors__attributes_of_core_fields", &reports(&cases, derive));
}

#[test]
fn serde_on_own_fields() {
    snapshot(
        "field_errors__serde_on_own_fields",
        &own(&[
            ("flatten", "#[auth_user(create)] #[serde(flatten)] pub extra: Extra"),
            ("skip", "#[auth_user(update)] #[serde(skip)] pub extra: Extra"),
            (
                "skip_deserializing",
                "#[auth_user(read, create)] #[serde(skip_deserializing)] pub extra: Extra",
            ),
            ("an unknown key", "#[auth_user(read)] #[serde(renam = \"x\")] pub extra: Extra"),
            ("a rename without a value", "#[auth_user(read)] #[serde(rename)] pub extra: Extra"),
            (
                "a rename of something else",
                "#[auth_user(read)] #[serde(rename(both = \"x\"))] pub extra: Extra",
            ),
            (
                "a function that is none",
                "#[auth_user(create)] #[serde(deserialize_with = \"1 + 1\")] pub extra: Extra",
            ),
            (
                "two ways to read",
                "#[auth_user(create)] #[serde(with = \"a\", deserialize_with = \"b\")] pub extra: Extra",
            ),
            ("an alias that is no string", "#[auth_user(create)] #[serde(alias = x)] pub extra: Extra"),
            ("serde on a private field", "#[auth_user(private)] #[serde(rename = \"x\")] pub extra: Extra"),
            ("garde on a field that nobody sends", "#[auth_user(read)] #[garde(skip)] pub extra: Extra"),
        ]),
    );
}

#[test]
fn names_on_the_wire() {
    snapshot(
        "field_errors__names_on_the_wire",
        &own(&[
            (
                "a name of every user's",
                "#[auth_user(read, create)] #[serde(rename = \"email\")] pub extra: Extra",
            ),
            (
                "an alias of every user's",
                "#[auth_user(create)] #[serde(alias = \"password\")] pub extra: Extra",
            ),
            ("a field called password", "#[auth_user(create)] pub password: String"),
            (
                "two fields of one name",
                "#[auth_user(read)] pub a: i32, #[auth_user(read)] #[serde(rename = \"a\")] pub b: i32",
            ),
            (
                "an alias that is another field",
                "#[auth_user(update)] pub a: i32, #[auth_user(update)] #[serde(alias = \"a\")] pub b: i32",
            ),
        ]),
    );
}
