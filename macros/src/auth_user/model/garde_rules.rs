//! The rules of `#[garde(…)]`, as far as a document of the routes can say them: those whose limits are literals.
//!
//! Whether they are right is garde's to say.

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprUnary, Lit, LitStr, Meta, MetaList, Token, UnOp};

/// A rule that a document can say.
pub(in super::super) enum Rule {
    MinLength(usize),
    MaxLength(usize),
    Minimum(f64),
    Maximum(f64),
    Pattern(LitStr),
}

impl Rule {
    /// Those of a field's attributes.
    pub(super) fn read(attributes: &[Attribute]) -> Vec<Self> {
        let rules = attributes.iter().flat_map(split).filter_map(|rule| syn::parse2(rule).ok());
        rules.flat_map(|rule| of_one(&rule)).collect()
    }
}

/// The rules of an attribute, at its commas.
pub(in super::super) fn split(attribute: &Attribute) -> Vec<TokenStream> {
    let Meta::List(list) = &attribute.meta else { return Vec::new() };
    let mut rules = vec![TokenStream::new()];
    for token in list.tokens.clone() {
        match (&token, rules.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => rules.push(TokenStream::new()),
            (_, Some(rule)) => rule.extend([token]),
            (_, None) => {}
        }
    }
    rules.retain(|rule| !rule.is_empty());
    rules
}

fn of_one(rule: &MetaList) -> Vec<Rule> {
    if rule.path.is_ident("pattern") {
        return rule.parse_args().map(Rule::Pattern).into_iter().collect();
    }
    let mut rules = Vec::new();
    for (name, limit) in limits(rule) {
        let (is_min, is_max) = (name == "min" || name == "equal", name == "max" || name == "equal");
        if rule.path.is_ident("length") && limit >= 0.0 {
            // What is no whole number, garde refuses.
            let limit = limit as usize;
            rules.extend(is_min.then_some(Rule::MinLength(limit)));
            rules.extend(is_max.then_some(Rule::MaxLength(limit)));
        } else if rule.path.is_ident("range") {
            rules.extend(is_min.then_some(Rule::Minimum(limit)));
            rules.extend(is_max.then_some(Rule::Maximum(limit)));
        }
    }
    rules
}

/// `min = 1`, `max = -0.5` and the like.
fn limits(rule: &MetaList) -> Vec<(String, f64)> {
    let arguments = rule.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let pairs = arguments.into_iter().flatten().filter_map(|argument| match argument {
        Meta::NameValue(pair) => Some((pair.path.get_ident()?.to_string(), number(&pair.value)?)),
        Meta::List(_) | Meta::Path(_) => None,
    });
    pairs.collect()
}

/// A literal number.
fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(lit), .. }) => lit.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Float(lit), .. }) => lit.base10_parse().ok(),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|number| -number),
        _ => None,
    }
}
