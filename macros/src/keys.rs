//! Reads what stands in an attribute's parentheses: `key`, `key = value` and `key(…)`, with commas between.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Meta, Token, Type, token};

use crate::errors::Errors;

/// A key and what is said of it.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// What stands behind a key.
#[derive(Clone)]
pub(crate) enum Value {
    /// Nothing.
    None,
    /// `= expression`
    Expr(Box<Expr>),
    /// `= Type`, for the keys that take one.
    Type(Box<Type>),
    /// `(…)`
    List(Vec<Key>),
    /// Something that can't be read, which has been reported.
    Unread,
}

/// The keys whose values are types. An expression would end at the first comma or `<`.
const TYPES: [&str; 2] = ["sql_type", "value_type"];

/// The keys of all of `attributes` that are called `name`.
pub(crate) fn read(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Key> {
    let mut keys = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        match &attribute.meta {
            Meta::List(list) => {
                let read = |input: ParseStream<'_>| Ok(parse_keys(input, errors));
                match list.parse_args_with(read) {
                    Ok(read) => keys.extend(read),
                    Err(error) => errors.push(error),
                }
            }
            Meta::Path(path) => errors.at(path, format!("`{name}` takes a list: write `#[{name}(…)]`")),
            Meta::NameValue(pair) => errors.at(pair, format!("`{name}` takes a list: write `#[{name}(…)]`")),
        }
    }
    keys
}

/// Reads to the end of `input`. What can't be read is reported, and the next key is read all the same.
fn parse_keys(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Key> {
    let mut keys = Vec::new();
    while !input.is_empty() {
        match input.call(Ident::parse_any) {
            Ok(name) => {
                let value = parse_value(&name, input).unwrap_or_else(|error| {
                    errors.push(error);
                    Value::Unread
                });
                if !matches!(value, Value::Unread) && !input.is_empty() && !input.peek(Token![,]) {
                    errors.push(input.error(format!("a comma is missing behind `{name}`")));
                }
                keys.push(Key { name, value });
            }
            Err(error) => {
                errors.push(syn::Error::new(error.span(), "a key is a name: write `key` or `key = value`"))
            }
        }
        skip_past_comma(input);
    }
    keys
}

/// What stands behind the key `name`.
fn parse_value(name: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if TYPES.iter().any(|key| name == key) {
            let ty = input.parse().map(Value::Type);
            return ty.map_err(|error| {
                syn::Error::new(
                    error.span(),
                    format!("a type is missing behind `{name} =`: write `{name} = String`, say"),
                )
            });
        }
        let expr = input.parse().map(Value::Expr);
        return expr.map_err(|error| {
            syn::Error::new(error.span(), format!("a value is missing behind `{name} =`, {error}"))
        });
    }
    if input.peek(token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        // What can't be read there is nothing that a list may hold, and an empty list is never right.
        let mut mistakes = Errors::default();
        let keys = parse_keys(&content, &mut mistakes);
        return Ok(Value::List(mistakes.finish(keys).unwrap_or_default()));
    }
    Ok(Value::None)
}

/// Skips what is left of a key, and the comma behind it.
pub(crate) fn skip_past_comma(input: ParseStream<'_>) {
    while !input.is_empty() {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Punct(punct)) if punct.as_char() == ',' => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

impl Key {
    /// Whether the key is called `name`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }
}

impl ToTokens for Key {
    /// What a message about the whole key underlines.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        match &self.value {
            Value::None | Value::Unread => {}
            Value::Expr(value) => value.to_tokens(tokens),
            Value::Type(value) => value.to_tokens(tokens),
            Value::List(keys) => keys.iter().for_each(|key| key.to_tokens(tokens)),
        }
    }
}
