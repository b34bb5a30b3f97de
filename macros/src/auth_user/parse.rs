//! What stands in the struct, taken apart and not yet judged.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Generics, LitStr, Meta, Token, Type, TypePath, Visibility};

use crate::errors::Errors;
use crate::keys::{self, Key};

/// The item that the derive stands on.
pub(super) struct Struct {
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    /// What stands in `#[auth_user(…)]` on the struct.
    pub(super) keys: Vec<Key>,
    /// `#[diesel(check_for_backend(…))]`, as Diesel's own derives have it.
    pub(super) databases: Option<Databases>,
    /// Attributes of other derives on the struct.
    pub(super) serde: Vec<Attribute>,
    pub(super) garde: Vec<Attribute>,
    pub(super) body: Body,
    /// `false` if an attribute on the struct can't be read, which has been reported.
    pub(super) is_read: bool,
}

/// What the item is made of.
pub(super) enum Body {
    /// Fields with names.
    Fields(Vec<Field>),
    /// Anything else, and what to underline of it.
    Other(TokenStream),
}

/// The databases that the struct is for.
pub(super) struct Databases {
    /// The key.
    pub(super) key: Ident,
    /// Diesel's names for them; `None` where they can't be read, which has been reported.
    pub(super) paths: Option<Vec<TypePath>>,
}

/// A field with its attributes.
pub(super) struct Field {
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) ty: Type,
    pub(super) docs: Vec<Attribute>,
    /// What stands in `#[auth_user(…)]`.
    pub(super) keys: Vec<Key>,
    /// What stands in `#[serde(…)]`, and the attributes whole.
    pub(super) serde_keys: Vec<Key>,
    pub(super) serde: Vec<Attribute>,
    pub(super) garde: Vec<Attribute>,
    /// `#[diesel(column_name = …)]`
    pub(super) column_name: Option<Ident>,
    /// `false` if an attribute can't be read, which has been reported.
    pub(super) is_read: bool,
}

impl Struct {
    pub(super) fn read(input: &DeriveInput, errors: &mut Errors) -> Self {
        let body = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => {
                    Body::Fields(fields.named.iter().filter_map(|field| Field::read(field, errors)).collect())
                }
                Fields::Unnamed(fields) => Body::Other(fields.to_token_stream()),
                Fields::Unit => Body::Other(input.ident.to_token_stream()),
            },
            Data::Enum(data) => Body::Other(data.enum_token.to_token_stream()),
            Data::Union(data) => Body::Other(data.union_token.to_token_stream()),
        };
        let ((keys, databases), is_read) = errors.part(|errors| {
            let keys = keys::read(&input.attrs, "auth_user", errors);
            let read = |key, input: ParseStream<'_>| databases(key, input, errors);
            (keys, find_in_diesel(&input.attrs, "check_for_backend", read))
        });
        Self {
            vis: input.vis.clone(),
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            keys,
            databases,
            serde: named(&input.attrs, "serde"),
            garde: named(&input.attrs, "garde"),
            body,
            is_read,
        }
    }
}

impl Field {
    /// `None` for a field without a name, which a struct with named fields doesn't have.
    fn read(field: &syn::Field, errors: &mut Errors) -> Option<Self> {
        let ([keys, serde_keys], is_read) =
            errors.part(|errors| ["auth_user", "serde"].map(|name| keys::read(&field.attrs, name, errors)));
        Some(Self {
            vis: field.vis.clone(),
            ident: field.ident.clone()?,
            ty: field.ty.clone(),
            docs: named(&field.attrs, "doc"),
            keys,
            serde_keys,
            serde: named(&field.attrs, "serde"),
            garde: named(&field.attrs, "garde"),
            column_name: find_in_diesel(&field.attrs, "column_name", |_, input| column_name(input)),
            is_read,
        })
    }
}

fn named(attributes: &[Attribute], name: &str) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident(name)).cloned().collect()
}

/// What stands behind `key` in `#[diesel(…)]`, among what may stand there for Diesel's own derives, which judge the rest.
fn find_in_diesel<T>(
    attributes: &[Attribute],
    key: &str,
    mut read: impl FnMut(Ident, ParseStream<'_>) -> Option<T>,
) -> Option<T> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("diesel")).find_map(|attribute| {
        let Meta::List(list) = &attribute.meta else { return None };
        let find = |input: ParseStream<'_>| {
            let mut found = None;
            while !input.is_empty() {
                if let Ok(name) = input.call(Ident::parse_any)
                    && name == key
                {
                    found = read(name, input);
                }
                keys::skip_past_comma(input);
            }
            Ok(found)
        };
        find.parse2(list.tokens.clone()).ok().flatten()
    })
}

/// `= name`, or the older form of it in a string.
fn column_name(input: ParseStream<'_>) -> Option<Ident> {
    input.parse::<Token![=]>().ok()?;
    if input.peek(LitStr) {
        return input.parse::<LitStr>().ok()?.parse_with(Ident::parse_any).ok();
    }
    input.call(Ident::parse_any).ok()
}

/// `(path, path)`. `(disable = true)` is for Diesel alone.
fn databases(key: Ident, input: ParseStream<'_>, errors: &mut Errors) -> Option<Databases> {
    let list = |input: ParseStream<'_>| {
        let content;
        syn::parenthesized!(content in input);
        if content.peek(syn::Ident) && content.peek2(Token![=]) {
            return content.parse::<TokenStream>().map(|_| None);
        }
        Punctuated::<TypePath, Token![,]>::parse_terminated(&content).map(Some)
    };
    let paths = match list(input) {
        Ok(None) => return None,
        Ok(Some(paths)) => Some(paths.into_iter().collect()),
        Err(error) => {
            errors.push(syn::Error::new(
                error.span(),
                format!("`{key}` takes Diesel's names of databases: write `{key}(diesel::pg::Pg)`"),
            ));
            None
        }
    };
    Some(Databases { key, paths })
}
