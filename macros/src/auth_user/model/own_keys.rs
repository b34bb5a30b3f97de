//! The keys of `#[auth_user(…)]` on a field of the app's own.

use super::super::parse::Field as Raw;
use super::column_type;
use super::core_field::CoreField;
use super::set_by::SetBy;
use super::table::Table;
use super::values;
use crate::errors::Errors;
use crate::keys::{Key, Value};
use crate::suggestion::{nearest, unknown_key};
use syn::{Expr, LitStr, Type};

/// All of them.
pub(super) const ALL: [&str; 8] =
    ["read", "create", "update", "private", "default", "sql_type", "column", "value_type"];

/// What they say.
#[derive(Default)]
pub(super) struct OwnKeys {
    pub(super) read: bool,
    pub(super) create: Option<SetBy>,
    pub(super) update: Option<SetBy>,
    pub(super) default: Option<Option<Expr>>,
    pub(super) sql_type: Option<Type>,
    pub(super) column: Option<LitStr>,
    pub(super) value_type: Option<Type>,
}

impl OwnKeys {
    pub(super) fn check(field: &Raw, table: &Table, errors: &mut Errors) -> Self {
        let keys = values::once(&field.keys, &[], errors);
        let mut own = Self::default();
        for &key in &keys {
            own.take(key, errors);
        }
        check_access(field, &keys, errors);
        check_column(field, &keys, table, errors);
        own
    }

    fn take(&mut self, key: &Key, errors: &mut Errors) {
        if key.is("read") {
            self.read = true;
            match key.value {
                Value::List(_) => {
                    errors.at(key, "`read` is for everyone who sees the user: write `read`, or `private` to hide the field");
                }
                Value::None | Value::Expr(_) | Value::Type(_) | Value::Unread => values::nothing(key, errors),
            }
        } else if key.is("create") {
            self.create = set_by(key, errors);
        } else if key.is("update") {
            self.update = set_by(key, errors);
        } else if key.is("private") {
            values::nothing(key, errors);
        } else if key.is("default") {
            self.default = default(key, errors);
        } else if key.is("sql_type") {
            self.sql_type = values::ty(key, "diesel::sql_types::Text", errors).cloned();
        } else if key.is("column") {
            self.column = values::string(key, "TEXT NOT NULL", errors).cloned();
        } else if key.is("value_type") {
            self.value_type = values::ty(key, "String", errors).cloned();
        } else if key.is("superuser") {
            errors.at(
                key,
                "`superuser` says who may set the field: write `create(superuser)` or `update(superuser)`",
            );
        } else if CoreField::of_name(&key.name).is_none() {
            let name = key.name.to_string();
            errors.at(key, unknown_key(&name, &ALL));
            // As it was meant, so that the schemas have the field.
            match nearest(&name, &ALL) {
                Some("read") => self.read = true,
                Some("create") => self.create = set_by(key, &mut Errors::default()),
                Some("update") => self.update = set_by(key, &mut Errors::default()),
                _ => {}
            }
        }
    }
}

/// `create` or `create(superuser)`.
fn set_by(key: &Key, errors: &mut Errors) -> Option<SetBy> {
    match &key.value {
        Value::None => Some(SetBy::User),
        Value::List(inner) if matches!(&**inner, [only] if only.is("superuser") && matches!(only.value, Value::None)) => {
            Some(SetBy::Superuser)
        }
        Value::Unread => None,
        Value::List(_) | Value::Expr(_) | Value::Type(_) => {
            errors.at(
                key,
                format!(
                    "write `{0}` where users set the field, or `{0}(superuser)` where a superuser does",
                    key.name
                ),
            );
            None
        }
    }
}

/// `default` or `default = expression`.
fn default(key: &Key, errors: &mut Errors) -> Option<Option<Expr>> {
    match &key.value {
        Value::None => Some(None),
        Value::Expr(expr) => Some(Some((**expr).clone())),
        Value::Unread => None,
        Value::List(_) | Value::Type(_) => {
            errors.at(key, "write `default` for the type's own default, or `default = …`");
            None
        }
    }
}

/// A field says who sees it and who may set it, or that nobody does.
fn check_access(field: &Raw, keys: &[&Key], errors: &mut Errors) {
    let is_access = |key: &&&Key| ["read", "create", "update"].iter().any(|name| key.is(name));
    let is_private = keys.iter().any(|key| key.is("private"));
    if is_private {
        for key in keys.iter().filter(is_access) {
            errors.at(
                key,
                format!("a `private` field never leaves the server: take `private` or `{}` away", key.name),
            );
        }
        for attribute in &field.serde {
            errors.at(attribute, "a `private` field is never sent or read: take this away");
        }
        for key in keys.iter().filter(|key| key.is("value_type")) {
            errors.at(key, "a `private` field is never sent or read: take `value_type` away");
        }
    } else if keys.iter().all(|key| !is_access(&key) && ALL.iter().any(|known| key.is(known))) {
        // An unknown key was meant for one of these, and has been reported.
        let name = &field.ident;
        errors.at(
            name,
            format!(
                "say who sees `{name}` and who may set it: `#[auth_user(private)]`, or any of `read`, `create`, \
                 `create(superuser)`, `update`, `update(superuser)`, as in `#[auth_user(read, update)]`"
            ),
        );
    }
}

/// Diesel's type and the database's go together, where this crate makes the table.
fn check_column(field: &Raw, keys: &[&Key], table: &Table, errors: &mut Errors) {
    let find = |name: &str| keys.iter().find(|key| key.is(name));
    let (sql_type, column) = (find("sql_type"), find("column"));
    if table.is_own() {
        for key in sql_type.into_iter().chain(column) {
            errors.at(
                key,
                format!("the table is your own and has this column's type: take `{}` away", key.name),
            );
        }
        return;
    }
    match (sql_type, column) {
        (Some(key), None) => errors.at(key, "`sql_type` goes with `column`: add the column's type in SQL, as in `column = \"TEXT NOT NULL\"`"),
        (None, Some(key)) => errors.at(key, "`column` goes with `sql_type`: add the column's type in Diesel, as in `sql_type = diesel::sql_types::Text`"),
        (None, None) if column_type::is_missing(&field.ty) => errors.at(
            &field.ty,
            "no column type is known for this type\n\
             help: add both, as in `sql_type = diesel::sql_types::Text, column = \"TEXT NOT NULL\"`, for a type of your own \
             with Diesel's `FromSql` and `ToSql`; or move the field to a table of its own",
        ),
        (Some(_), Some(_)) | (None, None) => {}
    }
    if let (Some(key), Some(schema)) = (sql_type, table.schema())
        && let Value::Type(ty) = &key.value
        && !is_absolute(ty)
    {
        errors.at(
            ty,
            format!("`schema` puts this type into the module `{schema}`: write its whole path, from `::`, `crate` or `diesel` on"),
        );
    }
}

/// Whether a type means the same in every module.
fn is_absolute(ty: &Type) -> bool {
    let Type::Path(ty) = ty else { return false };
    let first = ty.path.segments.first();
    ty.qself.is_none()
        && (ty.path.leading_colon.is_some()
            || first.is_some_and(|first| first.ident == "crate" || first.ident == "diesel"))
}
