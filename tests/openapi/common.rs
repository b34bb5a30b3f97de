//! What these tests share: an app with every kind of backend and client, and ways to look at a document.

use std::collections::BTreeSet;

use axum_users::oauth::OAuthConfig;
use axum_users::openapi::{ApiRouter, Info};
use axum_users::prelude::*;
use axum_users::testing;
use serde_json::{Value, json};

#[derive(Clone, Debug, AuthUser)]
#[auth_user(oauth_accounts)]
pub(crate) struct Knight {
    id: i64,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
}

/// No request has one, here.
fn tenant_client(_: &RequestInfo) -> Option<Google> {
    None
}

auth_app! {
    /// An app with clients of another service, one of which signs in at two of its backends.
    pub(crate) struct RoundTable {
        user: Knight,
        database: Sqlite,
        backends: {
            jwt: Bearer + Jwt,
            session: Cookie { name: Some("round-table") } + DatabaseSession,
        },
        oauth: { google: Google => [session, jwt], tenant: tenant_client => jwt },
    }
}

const SECRET: &str = "excalibur-excalibur-excalibur-excalibur";

/// The running app.
pub(crate) async fn round_table(policy: Policy) -> RoundTable {
    RoundTable::builder().policy(policy).start(config()).await.expect("the app starts")
}

pub(crate) fn config() -> RoundTableConfig {
    RoundTableConfig {
        database: testing::in_memory(),
        secret: SECRET.into(),
        reset_password_token_secret: SECRET.into(),
        verification_token_secret: SECRET.into(),
        oauth: OAuthConfig::new("https://camelot.bt", SECRET),
        google: OAuthCredentials::new("round-table", "of oak"),
        tenant: OAuthCredentials::new("round-table", "of ash"),
    }
}

/// A document, as it goes over the wire.
pub(crate) fn document(router: ApiRouter) -> Value {
    let (_, document) = router.into_parts(Info::new("Camelot", "1.0.0"));
    json!(document)
}

/// Every operation of a document: its path, its method and what is said of it.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().expect("operations").iter();
        operations.map(move |(method, operation)| (&**path, &**method, operation))
    })
}

/// The statuses that are documented of an operation.
pub(crate) fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"].as_object().expect("answers").keys().map(String::as_str).collect()
}

/// The names of the examples of an answer, and those of its statuses.
pub(crate) fn codes<'a>(operation: &'a Value, status: &str) -> Vec<&'a str> {
    let examples = &operation["responses"][status]["content"]["application/json"]["examples"];
    examples.as_object().map(|examples| examples.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// Every reference that leads nowhere.
pub(crate) fn dangling(document: &Value) -> BTreeSet<String> {
    let mut references = BTreeSet::new();
    find_references(document, &mut references);
    references.retain(|reference| {
        let pointer = reference.strip_prefix('#').expect("a reference within the document");
        document.pointer(pointer).is_none()
    });
    references
}

fn find_references(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            references.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| find_references(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| find_references(value, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
