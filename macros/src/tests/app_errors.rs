//! What `auth_app!` says.

use super::render::{app, reports};
use super::snapshot;

const CORE: &str = "user: User, database: Sqlite,";

/// Cases whole.
fn whole(cases: &[(&'static str, &str)]) -> String {
    let cases = cases.iter().map(|(title, source)| (*title, (*source).to_owned())).collect::<Vec<_>>();
    reports(&cases, app)
}

/// Cases that differ in what stands behind the user and the database.
fn parts(cases: &[(&'static str, &str)]) -> String {
    let cases = cases
        .iter()
        .map(|(title, source)| (*title, format!("pub struct Camelot {{\n    {CORE}\n    {source}\n}}")))
        .collect::<Vec<_>>();
    reports(&cases, app)
}

#[test]
fn items() {
    snapshot(
        "app_errors__items",
        &whole(&[
            ("nothing", " "),
            ("an enum", "pub enum Camelot { user: User }"),
            ("a unit", "pub struct Camelot;"),
            ("a tuple", "struct Camelot(User);"),
            ("no name", "struct { user: User }"),
            ("no parts", "pub struct Camelot {}"),
            (
                "parameters",
                "struct Camelot<T> { user: User<T>, database: Sqlite, backends: { jwt: Bearer + Jwt } }",
            ),
            (
                "two apps",
                "struct A { user: User, database: Sqlite, backends: { jwt: Bearer + Jwt } } struct B {}",
            ),
            (
                "a value that can't be read",
                "struct A { user: 3, database: , policy: Policy::, backends: [] }",
            ),
        ]),
    );
}

#[test]
fn keys() {
    snapshot(
        "app_errors__keys",
        &parts(&[
            ("an unknown key", "backend: { jwt: Bearer + Jwt },"),
            ("a key of another version", "backends: { jwt: Bearer + Jwt }, mfa: { totp: Totp },"),
            (
                "what an app starts with",
                "secret: \"s\", config: CamelotConfig {}, backends: { jwt: Bearer + Jwt },",
            ),
            ("a key twice", "backends: { jwt: Bearer + Jwt }, hooks: A, hooks: B, user: Admin,"),
            ("no value", "backends: { jwt: Bearer + Jwt }, hooks, policy"),
            ("an equals sign", "backends = { jwt: Bearer + Jwt },"),
            ("a missing comma", "backends: { jwt: Bearer + Jwt } hooks: Knights"),
            ("an attribute", "#[cfg(test)] hooks: Knights, backends: { jwt: Bearer + Jwt }"),
        ]),
    );
}

#[test]
fn a_database_whose_type_is_not_named() {
    snapshot(
        "app_errors__a_database_whose_type_is_not_named",
        &whole(&[(
            "a database whose type is not named",
            "struct A { user: User, database: opened(4), backends: { jwt: Bearer + Jwt } }",
        )]),
    );
}

#[test]
fn backends() {
    snapshot(
        "app_errors__backends",
        &parts(&[
            ("none", "backends: {}"),
            ("no braces", "backends: Bearer + Jwt,"),
            ("no strategy", "backends: { jwt: Bearer }"),
            ("another operator", "backends: { jwt: Bearer - Jwt, cookie: Cookie * Jwt { lifetime: HOUR } }"),
            ("three parts", "backends: { jwt: Bearer + Jwt + DatabaseSession }"),
            ("parentheses", "backends: { jwt: (Bearer + Jwt) }"),
            ("two of one name", "backends: { jwt: Bearer + Jwt, jwt: Cookie + Jwt }"),
            ("upper case", "backends: { sessionCookie: Cookie + Jwt, JWT: Bearer + Jwt }"),
            ("odd names", "backends: { r#type: Cookie + Jwt, _jwt: Bearer + Jwt, été: Bearer + Jwt }"),
            ("no name", "backends: { Bearer + Jwt }"),
            ("a name without a value", "backends: { jwt, cookie: Cookie + Jwt }"),
            ("a string for a name", "backends: { \"jwt\": Bearer + Jwt }"),
            (
                "several mistakes",
                "backends: { Jwt: Bearer, cookie: Cookie + , db: Bearer + DatabaseSession, db: A + B + C }",
            ),
        ]),
    );
}

#[test]
fn clients() {
    const BACKENDS: &str = "backends: { jwt: Bearer + Jwt, cookie: Cookie + Jwt },";
    let cases = [
        ("none", "oauth: {}"),
        ("no braces", "oauth: Google => jwt"),
        ("no backend", "oauth: { google: Google }"),
        ("another arrow", "oauth: { google: Google -> jwt }"),
        ("no name of a backend", "oauth: { google: Google => 3 }"),
        ("an empty list", "oauth: { google: Google => [] }"),
        ("an unknown backend", "oauth: { google: Google => cooky, github: GitHub => [jwt, x] }"),
        ("a backend twice", "oauth: { google: Google => [jwt, jwt] }"),
        ("two of one name", "oauth: { google: Google => jwt, google: Google => cookie }"),
        ("a backend's name", "oauth: { jwt: Google => jwt }"),
        ("a field of the configuration", "oauth: { secret: Google => jwt, oauth: Google => jwt }"),
        ("odd names", "oauth: { Google: Google => jwt, r#type: Google => jwt }"),
        ("no name", "oauth: { Google => jwt }"),
        ("words of Rust's own", "oauth: { type: Google => jwt, self: GitHub => jwt }"),
        ("a missing comma", "oauth: { google: Google => jwt github: GitHub => jwt }"),
        (
            "several mistakes",
            "oauth: { Google: => jwt, github: GitHub => cook, slack: Slack, github: GitHub => jwt }",
        ),
    ]
    .map(|(title, source)| (title, format!("{BACKENDS} {source}")));
    let cases = cases.iter().map(|(title, source)| (*title, source.as_str())).collect::<Vec<_>>();
    snapshot("app_errors__clients", &parts(&cases));
}
