//! Values are plain Rust: a path, a struct literal, or any other expression.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprPath, ExprStruct, Token, Type, TypePath, parse_quote};

/// `expr`, where a struct literal takes the fields that it leaves out from `Default`.
pub(super) fn complete(expr: &Expr) -> TokenStream {
    match peel(expr) {
        Expr::Struct(literal) if literal.rest.is_none() => {
            let mut literal = literal.clone();
            if !literal.fields.empty_or_trailing() {
                literal.fields.push_punct(<Token![,]>::default());
            }
            literal.dot2_token.get_or_insert_with(<Token![..]>::default);
            literal.rest = Some(parse_quote!(::core::default::Default::default()));
            literal.into_token_stream()
        }
        other => other.to_token_stream(),
    }
}

/// The type of a value that names it: a path, or a struct literal.
pub(super) fn ty(expr: &Expr) -> Option<Type> {
    let (Expr::Path(ExprPath { qself, path, .. }) | Expr::Struct(ExprStruct { qself, path, .. })) =
        peel(expr)
    else {
        return None;
    };
    Some(Type::Path(TypePath { attrs: Vec::new(), qself: qself.clone(), path: path.clone() }))
}

/// Without the invisible parentheses of a `macro_rules!`.
pub(super) fn peel(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peel(&group.expr),
        other => other,
    }
}
