//! `#[auth_user(…)]` on the struct: the table, and the way to the runtime crate.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Expr, ExprPath, LitStr, Path};

use super::values;
use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::keys::Key;
use crate::suggestion::unknown_key;

const KEYS: [&str; 5] = ["table", "sql_name", "schema", "oauth_accounts", "crate"];

/// Where the users lie.
pub(in super::super) enum Table {
    /// A table that the runtime makes.
    Derived {
        /// Its name in SQL.
        name: String,
        /// The module for `diesel::table!`, where the app wants one.
        schema: Option<Ident>,
    },
    /// A table that the app makes.
    Own {
        /// The module that `diesel::table!` made.
        path: Path,
        /// Its name in SQL.
        name: String,
    },
}

impl Table {
    /// Its name in SQL.
    pub(in super::super) fn name(&self) -> &str {
        match self {
            Self::Derived { name, .. } | Self::Own { name, .. } => name,
        }
    }

    /// Whether the app makes it.
    pub(in super::super) fn is_own(&self) -> bool {
        matches!(self, Self::Own { .. })
    }

    /// The module for `diesel::table!`, where the app wants one.
    pub(in super::super) fn schema(&self) -> Option<&Ident> {
        match self {
            Self::Derived { schema, .. } => schema.as_ref(),
            Self::Own { .. } => None,
        }
    }
}

/// What the struct's attributes say.
pub(super) struct StructKeys {
    pub(super) crate_path: CratePath,
    pub(super) table: Table,
    /// Whether answers show a user's accounts at other services.
    pub(super) shows_oauth_accounts: bool,
}

impl StructKeys {
    pub(super) fn check(keys: &[Key], errors: &mut Errors) -> Self {
        let mut crate_path = CratePath::default();
        let mut table = None;
        let mut sql_name = None;
        let mut schema = None;
        let mut shows_oauth_accounts = false;
        for key in values::once(keys, &[], errors) {
            if key.is("crate") {
                let path = values::expr(key, "::axum_users", errors).map(CratePath::from_value);
                crate_path = path.and_then(|path| errors.keep(path)).unwrap_or_default();
            } else if key.is("table") {
                table = named_table(key, errors);
            } else if key.is("sql_name") {
                sql_name = values::string(key, "users", errors).map(|name| (key, name));
                if let Some((_, name)) = sql_name {
                    check_name(key, name, errors);
                }
            } else if key.is("schema") {
                schema = schema_ident(key, errors).map(|ident| (key, ident));
            } else if key.is("oauth_accounts") {
                values::nothing(key, errors);
                shows_oauth_accounts = true;
            } else {
                errors.at(key, unknown_key(&key.name.to_string(), &KEYS));
            }
        }
        Self { crate_path, table: combine(table, sql_name, schema, errors), shows_oauth_accounts }
    }
}

/// The value of `table = …`.
enum Named<'a> {
    Text(&'a LitStr),
    Path(&'a Path),
}

fn named_table<'a>(key: &'a Key, errors: &mut Errors) -> Option<Named<'a>> {
    if let Some(text) = values::as_string(&key.value) {
        check_name(key, text, errors);
        return Some(Named::Text(text));
    }
    match values::expr(key, "\"user\"", errors)? {
        Expr::Path(ExprPath { qself: None, path, .. }) => Some(Named::Path(path)),
        other => {
            errors.at(other, "write the table's name, `table = \"user\"`, or the path of your own, `table = crate::schema::users`");
            None
        }
    }
}

/// A name stands in statements, in quotes, and `?` stands for a value there.
fn check_name(key: &Key, name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    if text.trim().is_empty() || text.contains(['?', '"', '\'', '`', '\0']) {
        errors.at(name, format!("this is no name of a table: write `{} = \"user\"`", key.name));
    }
}

fn schema_ident(key: &Key, errors: &mut Errors) -> Option<Ident> {
    let value = values::expr(key, "users", errors)?;
    if let Expr::Path(ExprPath { qself: None, path, .. }) = value
        && let Some(ident) = path.get_ident()
    {
        return Some(ident.clone());
    }
    errors.at(value, "`schema` takes the name of the module to make: write `schema = users`");
    // In quotes it is a mistake, too, but it still names the module.
    values::as_string(&key.value)?.parse().ok()
}

fn combine(
    table: Option<Named<'_>>,
    sql_name: Option<(&Key, &LitStr)>,
    schema: Option<(&Key, Ident)>,
    errors: &mut Errors,
) -> Table {
    match table {
        Some(Named::Path(path)) => {
            if let Some((key, _)) = &schema {
                errors.at(key, "`schema` makes a table's module, and this table has one: take `schema` or the path in `table` away");
            }
            let last = path.segments.last().map(|segment| segment.ident.unraw().to_string());
            let name = sql_name.map(|(_, name)| name.value()).or(last).unwrap_or_default();
            Table::Own { path: path.clone(), name }
        }
        named => {
            if let Some((key, name)) = sql_name {
                errors.at(key, format!("`sql_name` goes with the path of your own table: write `table = {name:?}` for a table of this crate's making", name = name.value()));
            }
            let name = match named {
                Some(Named::Text(text)) => text.value(),
                Some(Named::Path(_)) | None => "user".to_owned(),
            };
            Table::Derived { name, schema: schema.map(|(_, ident)| ident) }
        }
    }
}
