//! What the derive says of the struct.

use super::render::{derive, reports};
use super::{CORE, snapshot, user};

/// Cases whole.
fn whole(cases: &[(&'static str, &str)]) -> String {
    let cases = cases.iter().map(|(title, source)| (*title, (*source).to_owned())).collect::<Vec<_>>();
    reports(&cases, derive)
}

#[test]
fn items() {
    snapshot(
        "struct_errors__items",
        &whole(&[
            ("an enum", "enum User { Arthur }"),
            ("a union", "union User { a: u8 }"),
            ("a tuple", "struct User(Uuid, String);"),
            ("a unit", "struct User;"),
            ("no fields", "struct User {}"),
            (
                "one field missing, one doubly named",
                "struct User { id: Uuid, email: String, hashed_password: HashedPassword, is_active: bool, is_superuser: bool, #[auth_user(is_active)] enabled: bool }",
            ),
            (
                "a misspelt field",
                "struct User { id: Uuid, email: String, hashed_passwort: HashedPassword, is_active: bool, is_superuser: bool, is_verified: bool }",
            ),
        ]),
    );
}

#[test]
fn types() {
    let with = |field: &str, ty: &str| {
        let types = [
            ("id", "Uuid"),
            ("email", "String"),
            ("hashed_password", "HashedPassword"),
            ("is_active", "bool"),
            ("is_superuser", "bool"),
            ("is_verified", "bool"),
        ];
        let fields = types.map(|(name, right)| format!("{name}: {}", if name == field { ty } else { right }));
        format!("struct User {{ {} }}", fields.join(", "))
    };
    let cases = [
        ("an id that is text", with("id", "String")),
        ("an id without a sign", with("id", "u64")),
        ("an address that may be missing", with("email", "Option<String>")),
        ("an address that is borrowed", with("email", "&'static str")),
        ("a hash that is text", with("hashed_password", "String")),
        ("a hash that is a password", with("hashed_password", "secret::Password")),
        ("a flag that may be missing", with("is_active", "Option<bool>")),
        ("a flag that is a number", with("is_superuser", "i32")),
    ];
    snapshot("struct_errors__types", &reports(&cases, derive));
}

#[test]
fn parameters() {
    let cases = [
        ("a lifetime", format!("struct User<'a> {{\n{CORE} #[auth_user(read)] name: &'a str }}")),
        (
            "a constant",
            format!("struct User<T, const N: usize> {{\n{CORE} #[auth_user(read)] name: [T; N] }}"),
        ),
    ];
    snapshot("struct_errors__parameters", &reports(&cases, derive));
}

#[test]
fn keys() {
    let with = |attribute: &str| {
        format!(
            "{attribute}\n{}",
            user("#[auth_user(private, sql_type = Json, column = \"TEXT\")] notes: Notes")
        )
    };
    let plain = |attribute: &str| format!("{attribute}\n{}", user(""));
    let cases = [
        ("an unknown key", plain("#[auth_user(tabel = \"user\")]")),
        ("a key of fields", plain("#[auth_user(read)]")),
        ("a table without a name", plain("#[auth_user(table)]")),
        ("a table that is a number", plain("#[auth_user(table = 3)]")),
        ("a table with an empty name", plain("#[auth_user(table = \"\")]")),
        ("a table with a quote", plain("#[auth_user(table = \"my\\\"table\")]")),
        ("two tables", plain("#[auth_user(table = \"a\", table = \"b\")]")),
        ("a name in SQL without a path", plain("#[auth_user(table = \"a\", sql_name = \"users\")]")),
        ("a name in SQL that is no string", plain("#[auth_user(table = a::b, sql_name = users)]")),
        ("an empty name in SQL", plain("#[auth_user(table = a::b, sql_name = \"\")]")),
        ("a name in SQL with a placeholder", plain("#[auth_user(table = a::b, sql_name = \"users?\")]")),
        ("a module for a table that has one", plain("#[auth_user(table = schema::users, schema = users)]")),
        ("a module that is a string", plain("#[auth_user(schema = \"users\")]")),
        ("a column's type on a table of the app's", with("#[auth_user(table = schema::users)]")),
        ("a column's type that is lost in the module", with("#[auth_user(schema = users)]")),
        ("a crate in a string", plain("#[auth_user(crate = \"axum_users\")]")),
        ("a crate above", plain("#[auth_user(crate = super::users)]")),
        ("no database", plain("#[diesel(check_for_backend())]")),
        ("a database in a string", plain("#[diesel(check_for_backend(\"postgres\"))]")),
        ("a database without a list", plain("#[diesel(check_for_backend = diesel::pg::Pg)]")),
        (
            "a database twice, and a key that is unknown",
            plain(
                "#[auth_user(tabel = \"user\")]\n#[diesel(table_name = users, check_for_backend(Pg, sqlite::Sqlite, Pg))]",
            ),
        ),
        ("serde on the struct", plain("#[serde(rename_all = \"camelCase\")]")),
        ("garde on the struct", plain("#[garde(context(Db))]")),
    ];
    snapshot("struct_errors__keys", &reports(&cases, derive));
}

#[test]
fn a_type_that_the_module_does_not_know() {
    let source = format!(
        "#[auth_user(schema = users)]\n{}",
        user("#[auth_user(private)] notes: Vec<Note>, #[auth_user(private)] rank: Rank")
    );
    snapshot(
        "struct_errors__a_type_that_the_module_does_not_know",
        &reports(&[("a type of the app's", source)], derive),
    );
}
