//! `backends: { jwt: Bearer + Jwt { lifetime: HOUR } }`

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{BinOp, Expr, Type};

use super::super::parse::Backend as Raw;
use super::super::value;
use super::name_rules::check_name;
use crate::crate_path::CratePath;
use crate::errors::Errors;

/// A way to sign in.
pub(in super::super) struct Backend {
    pub(in super::super) name: Ident,
    /// The transport and the strategy, unless they have mistakes.
    pub(in super::super) parts: Option<(TokenStream, TokenStream)>,
    /// Whether the strategy is called `RedisSession`.
    pub(super) is_redis: bool,
}

/// Checks the backends, and leaves out those whose names can't be read.
pub(super) fn check(c: &CratePath, key: &Ident, raw: &[Raw], errors: &mut Errors) -> Vec<Backend> {
    if raw.is_empty() {
        errors.at(
            key,
            "an app has at least one backend: write `backends: { jwt: Bearer + Jwt { lifetime: HOUR } }`",
        );
    }
    let mut backends: Vec<Backend> = Vec::new();
    for (index, backend) in raw.iter().enumerate() {
        // Without a value, it may not be meant as a name.
        let mut ignored = Errors::default();
        let of_name = if backend.value.is_some() { &mut *errors } else { &mut ignored };
        let name = check_name("backend", "jwt", &backend.name, of_name);
        if raw[..index].iter().any(|first| first.name == backend.name) {
            let name = &backend.name;
            errors.at(name, format!("there is a backend `{name}` already: give this one another name"));
        }
        let parts = split(c, backend, errors);
        let is_taken = |name: &Ident| backends.iter().any(|first| first.name == *name);
        if let Some(name) = name.filter(|name| !is_taken(name)) {
            let is_redis = backend.value.as_ref().is_some_and(is_redis);
            backends.push(Backend { name, parts, is_redis });
        }
    }
    backends
}

/// `transport + RedisSession { … }`
fn is_redis(value: &Expr) -> bool {
    let Expr::Binary(sum) = value::peel(value) else { return false };
    let Some(Type::Path(strategy)) = value::ty(&sum.right) else { return false };
    strategy.path.segments.last().is_some_and(|last| last.ident == "RedisSession")
}

/// `transport + strategy`
fn split(c: &CratePath, backend: &Raw, errors: &mut Errors) -> Option<(TokenStream, TokenStream)> {
    let name = &backend.name;
    let (left, right) = match value::peel(backend.value.as_ref()?) {
        Expr::Binary(sum) if matches!(sum.op, BinOp::Add(_)) => (&*sum.left, &*sum.right),
        Expr::Paren(paren) => {
            errors
                .at(paren, format!("write the backend without parentheses: `{name}: transport + strategy`"));
            return None;
        }
        other => {
            errors.at(
                other,
                format!("a backend is a transport and a strategy: write `{name}: transport + strategy`, as in `Bearer + Jwt {{ lifetime: HOUR }}`"),
            );
            return None;
        }
    };
    if let Expr::Binary(sum) = value::peel(left)
        && matches!(sum.op, BinOp::Add(_))
    {
        errors.at(
            right.to_token_stream(),
            format!("a backend is one transport and one strategy: write `{name}: transport + strategy`"),
        );
        return None;
    }
    Some((value::complete(c, left), value::complete(c, right)))
}
