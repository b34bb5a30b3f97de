//! What the macros write, as code.

use proc_macro2::TokenStream;

use super::render::{app, app_with, derive, pretty};
use super::{CAMELOT, KNIGHT, snapshot, user};
use crate::auth_app::Features;

/// Keeps what stands there and what becomes of it.
fn shows(name: &str, source: &str, expand: fn(&str) -> TokenStream) {
    snapshot(name, &format!("{}\n\n// becomes\n\n{}", source.trim(), pretty(&expand(source))));
}

#[test]
fn the_readme() {
    shows("user__of_the_readme", KNIGHT, derive);
    shows("app__of_the_readme", CAMELOT, app);
}

#[test]
fn an_app_with_every_key() {
    let source = r"
pub(crate) struct Camelot {
    clock: Clock::fixed(0),
    hasher: Argon2 { memory: 64 },
    breached_passwords: PwnedPasswords { timeout: SECOND },
    compat: FastApiUsers,
    policy: Policy::strict(),
    backends: { jwt: Bearer + Jwt { lifetime: HOUR, ..JWT }, type_: self::Own::<u8> {} + tenant_secret },
    oauth: { google: Google { account_linking: AccountLinking::VerifiedEmail } => [jwt, type_], tenants: of_tenant => jwt },
    database: db::Sqlite { connections: 8 },
    redis: RedisOptions { connection_timeout: SECOND },
    transaction_hooks: Audit { table: 1 },
    hooks: crate::hooks(),
    user: model::User<i32>
}";
    shows("app__with_every_key", source, app);
}

#[test]
fn a_numbered_user_in_the_apps_own_table() {
    let source = r#"
#[auth_user(table = crate::schema::people, sql_name = "app_people", oauth_accounts)]
#[diesel(table_name = crate::schema::people, check_for_backend(diesel::pg::Pg, crate::Db))]
struct Person {
    id: i64,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    #[auth_user(read, create, default = Role::Squire)]
    #[diesel(column_name = role_name, embed)]
    role: Role,
}"#;
    shows("user__in_the_apps_own_table", source, derive);
}

#[test]
fn renamed_core_fields() {
    let source = r"
pub struct User {
    #[auth_user(is_verified)]
    pub confirmed: bool,
    #[auth_user(email)]
    #[diesel(column_name = mail_address)]
    pub mail: String,
    #[auth_user(id)]
    pub key: i32,
    #[auth_user(hashed_password)]
    pub hash: HashedPassword,
    #[auth_user(is_active)]
    pub enabled: bool,
    #[auth_user(is_superuser)]
    pub admin: bool,
    #[auth_user(read, create(superuser), default = 3)]
    pub r#type: i16,
}";
    shows("user__with_core_fields_renamed", source, derive);
}

#[test]
fn garde_rules() {
    let source = user(
        "#[auth_user(read, create, update)]
    #[garde(length(min = 1, max = 80))]
    pub name: String,
    #[auth_user(create(superuser), update(superuser))]
    #[garde(range(min = -1, max = 99.5))]
    pub credits: i32,
    #[auth_user(read, update)]
    #[garde(if(cond = true, length(min = 1)), length(chars, equal = 2, max = MAX), pattern(\"^[A-Z]+$\"))]
    pub country: Option<String>,
    #[auth_user(read, update, value_type = Option<String>)]
    #[garde(range(min = 1))]
    pub rank: Rank,
    #[auth_user(create(superuser), update)]
    #[serde(rename = \"bestFriends\")]
    #[garde(adapt(names), inner(ascii), custom(crate::check::<A, B>))]
    pub friends: Names,
    #[auth_user(create, update)]
    #[garde(dive)]
    pub r#type: Kind,",
    );
    shows("user__with_garde", &source, derive);
}

#[test]
fn serde_attributes() {
    let source = user(
        r#"#[auth_user(read, create, update)]
    #[serde(rename = "displayName", alias = "name", alias = "nick")]
    pub display_name: String,
    #[auth_user(read, create, update)]
    #[serde(rename(serialize = "bornOn", deserialize = "born"), with = "crate::day", default = "crate::day::unknown")]
    pub born: Day,
    #[auth_user(read, create, update(superuser))]
    #[serde(deserialize_with = "number::read", skip_serializing_if = "is_zero")]
    pub number: Option<u8>,
    #[auth_user(update)]
    #[serde(default, serialize_with = "number::write")]
    pub fields: i32,"#,
    );
    shows("user__with_serde", &source, derive);
}

#[test]
fn type_parameters() {
    let source = r#"
pub struct User<T: Profile, N = i32>
where
    T: Clone,
    N: Number,
    Vec<T>: Into<N>,
{
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, create, update)]
    pub profile: T,
    #[auth_user(read, sql_type = Json, column = "TEXT NOT NULL")]
    pub number: Option<N>,
}"#;
    shows("user__with_type_parameters", source, derive);
}

#[test]
fn a_module_for_the_query_builder() {
    let fields = r#"/// How much the user has.
    #[auth_user(read)]
    pub credits: Option<i32>,
    #[auth_user(private, sql_type = crate::sql::Json, column = "TEXT NOT NULL")]
    pub settings: Settings,
    #[auth_user(private)]
    #[diesel(column_name = joined)]
    pub joined_at: time::Timestamp,"#;
    shows(
        "user__with_a_schema",
        &format!("#[auth_user(table = \"people\", schema = people)]\n{}", user(fields)),
        derive,
    );
}

#[test]
fn stubs_beside_mistakes() {
    shows("user__with_mistakes", "pub struct User<T: Clone> { #[auth_user(id)] key: Uuid, own: T }", derive);
    shows(
        "app__with_mistakes",
        "pub struct Camelot { user: User, database: Sqlite, backends: { jwt: Bearer, JWT: Bearer + Jwt } }",
        app,
    );
    shows(
        "app__with_mistakes_in_clients",
        "pub struct Camelot { user: User, database: Sqlite, backends: { jwt: Bearer + Jwt }, \
         oauth: { google: Google => x, jwt: Google => jwt, secret: Google => jwt } }",
        app,
    );
    let without_features = |source: &str| app_with(source, Features { redis: false, oauth: false });
    shows(
        "app__without_features",
        "pub struct Camelot { user: User, database: Sqlite, redis: RedisOptions, backends: { web: Cookie + RedisSession }, \
         oauth: { google: Google => web } }",
        without_features,
    );
    shows("app__without_a_user", "pub struct Camelot { database: Sqlite }", app);
}
