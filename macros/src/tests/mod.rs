//! Tests of what the macros write and say, without a compiler.

mod app_errors;
mod expansions;
mod field_errors;
mod hygiene;
mod render;
mod soup;
mod struct_errors;
mod stubs;

use crate::auth_app::Features;

/// Compares `text` with what is kept under `name`. `INSTA_UPDATE=always` keeps what has changed.
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

/// A runtime with everything.
const ALL_FEATURES: Features = Features { redis: true, oauth: true };

/// The six fields.
const CORE: &str = "    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
";

/// A user with the six fields and `own` behind them.
fn user(own: &str) -> String {
    format!("pub struct User {{\n{CORE}    {own}\n}}")
}

/// The user of the README.
const KNIGHT: &str = r#"
#[auth_user(table = "user")]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    /// What others call the user.
    #[auth_user(read, create, update)]
    pub display_name: Option<String>,
    #[auth_user(read, update(superuser))]
    pub credits: i32,
    #[auth_user(private)]
    pub notes: String,
}
"#;

/// The app of the README.
const CAMELOT: &str = r"
/// Who may enter Camelot, and how.
pub struct Camelot {
    user: User,
    hooks: Knights,
    database: Sqlite,
    backends: {
        jwt: Bearer + Jwt { lifetime: HOUR },
        cookie: Cookie + DatabaseSession { lifetime: 14 * DAY },
    },
}
";
