//! Takes the values that keys may have, and says how to write those that they may not.

use syn::parse::Parse;
use syn::{Expr, ExprLit, Lit, LitStr, Type};

use crate::errors::Errors;
use crate::keys::{Key, Value};

/// A key that stands alone.
pub(super) fn nothing(key: &Key, errors: &mut Errors) {
    if !matches!(key.value, Value::None | Value::Unread) {
        errors.at(key, format!("`{0}` stands alone: write `{0}`", key.name));
    }
}

/// A key with a string: `key = "…"`.
pub(super) fn string<'a>(key: &'a Key, example: &str, errors: &mut Errors) -> Option<&'a LitStr> {
    if let Some(text) = as_string(&key.value) {
        return Some(text);
    }
    refuse(key, "string", &format!("\"{example}\""), errors)
}

/// A key with a string that holds a `T`, as serde has them.
pub(super) fn in_string<T: Parse>(key: &Key, example: &str, errors: &mut Errors) -> Option<T> {
    let text = string(key, example, errors)?;
    text.parse()
        .map_err(|_| errors.at(text, format!("this is no path: write `{} = \"{example}\"`", key.name)))
        .ok()
}

/// A key with an expression.
pub(super) fn expr<'a>(key: &'a Key, example: &str, errors: &mut Errors) -> Option<&'a Expr> {
    if let Value::Expr(expr) = &key.value {
        return Some(expr);
    }
    refuse(key, "value", example, errors)
}

/// A key with a type.
pub(super) fn ty<'a>(key: &'a Key, example: &str, errors: &mut Errors) -> Option<&'a Type> {
    if let Value::Type(ty) = &key.value {
        return Some(ty);
    }
    refuse(key, "type", example, errors)
}

/// Says what a key takes. A value that can't be read has been reported.
fn refuse<T>(key: &Key, what: &str, example: &str, errors: &mut Errors) -> Option<T> {
    if !matches!(key.value, Value::Unread) {
        errors.at(key, format!("`{0}` takes a {what}: write `{0} = {example}`", key.name));
    }
    None
}

/// The string that a value is.
pub(super) fn as_string(value: &Value) -> Option<&LitStr> {
    let Value::Expr(expr) = value else { return None };
    match &**expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}

/// Reports every key that stands there for the second time, and keeps the first ones.
pub(super) fn once<'a>(keys: &'a [Key], repeatable: &'a [&str], errors: &mut Errors) -> Vec<&'a Key> {
    let mut kept: Vec<&Key> = Vec::new();
    for key in keys {
        if kept.iter().any(|first| first.name == key.name) && !repeatable.iter().any(|name| key.is(name)) {
            errors.at(key, format!("`{}` is given twice: take one of them away", key.name));
        } else {
            kept.push(key);
        }
    }
    kept
}
