//! Values are plain Rust. Two forms are short for builder methods: a type's path, and a struct literal.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprCall, ExprPath, ExprStruct, FieldValue, Ident, Member, Path, Type, TypePath};

use crate::crate_path::CratePath;

/// Returns `expr`, with a type's path as its default and a struct literal as calls of builder methods:
///
/// | written | means |
/// | --- | --- |
/// | `Jwt` | `Jwt::default()` |
/// | `Jwt { lifetime: HOUR }` | `Jwt::default().lifetime(HOUR)` |
/// | `Policy { registration: Registration::Closed, ..Policy::strict() }` | `Policy::strict().registration(Registration::Closed)` |
///
/// Other literals stay as they are: of enums and tuple structs, and those with attributes or a field twice.
pub(super) fn complete(c: &CratePath, expr: &Expr) -> TokenStream {
    match peel(expr) {
        Expr::Path(ExprPath { attrs, qself: None, path }) if attrs.is_empty() && names_type(path) => {
            default_of(c, path)
        }
        Expr::Struct(literal) => builder(c, literal).unwrap_or_else(|| literal.to_token_stream()),
        other => other.to_token_stream(),
    }
}

/// The same where a path is surely a type's, whatever its name.
pub(super) fn complete_type(c: &CratePath, expr: &Expr) -> TokenStream {
    match peel(expr) {
        Expr::Path(ExprPath { attrs, qself: None, path }) if attrs.is_empty() => default_of(c, path),
        other => complete(c, other),
    }
}

/// The literal as calls of builder methods.
fn builder(c: &CratePath, literal: &ExprStruct) -> Option<TokenStream> {
    let ExprStruct { attrs, qself: None, path, fields, rest, dot2_token, .. } = literal else { return None };
    let names = fields.iter().map(|field| &field.member).collect::<HashSet<_>>();
    if !attrs.is_empty() || !names_type(path) || names.len() != fields.len() {
        return None;
    }
    let setters = fields.iter().map(setter).collect::<Option<Vec<_>>>()?;
    let start = match (rest, dot2_token) {
        (Some(rest), _) => quote_spanned!(rest.span()=> ::core::convert::identity::<#path>(#rest)),
        (None, None) => default_of(c, path),
        (None, Some(_)) => return None,
    };
    Some(quote!(#start #(#setters)*))
}

/// The default of a type. In the place of a type, default parameters of `Jwt` count.
fn default_of(c: &CratePath, ty: &Path) -> TokenStream {
    // With the span of the user's own tokens, so that rustc's messages about the value point at them.
    quote_spanned!(ty.span()=> <#ty as #c::__private::ByDefault>::by_default())
}

/// `.lifetime(HOUR)`
fn setter(FieldValue { attrs, member, expr, .. }: &FieldValue) -> Option<TokenStream> {
    let (Member::Named(name), []) = (member, attrs.as_slice()) else { return None };
    Some(quote_spanned!(expr.span()=> .#name(#expr)))
}

/// Whether a path names a type, by Rust's conventions: `Jwt` and `transport::Cookie` do; `LIFETIME`, `sites::pick` and
/// `Registration::Closed` do not.
fn names_type(path: &Path) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(is_type_name) && !names.next().is_some_and(is_type_name)
}

fn is_type_name(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(char::is_uppercase) && (name.len() == 1 || name.contains(char::is_lowercase))
}

/// The type of a value that names it: a path, a struct literal, or methods of what a function of the type returned, as in
/// `Postgres::default().connections(20)`.
pub(super) fn ty(expr: &Expr) -> Option<Type> {
    let (qself, path) = match peel(expr) {
        Expr::Path(ExprPath { qself, path, .. }) | Expr::Struct(ExprStruct { qself, path, .. }) => {
            (qself.clone(), path.clone())
        }
        Expr::MethodCall(call) => return ty(&call.receiver),
        Expr::Call(ExprCall { func, .. }) => match peel(func) {
            Expr::Path(ExprPath { qself: None, path, .. }) => (None, without_last(path)?),
            _ => return None,
        },
        _ => return None,
    };
    Some(Type::Path(TypePath { attrs: Vec::new(), qself, path }))
}

/// `Postgres` of `Postgres::default`.
fn without_last(path: &Path) -> Option<Path> {
    let mut path = path.clone();
    path.segments.pop();
    path.segments.pop_punct();
    path.segments.last().is_some_and(|last| is_type_name(&last.ident)).then_some(path)
}

/// Without the invisible parentheses of a `macro_rules!`.
pub(super) fn peel(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peel(&group.expr),
        other => other,
    }
}
