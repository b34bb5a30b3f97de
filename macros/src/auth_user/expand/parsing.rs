//! `Schema::parse`: every field is read before the first missing one ends it, so one answer names every mistake.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Expr, ExprLit, Generics, Lit, Type};

use super::super::model::{Default, Field, Own, SetBy, User};
use super::mistake::mistake;

/// The reads of one schema.
pub(super) struct Reads<'a> {
    user: &'a User,
    schema: Ident,
    reads: Vec<TokenStream>,
    values: Vec<TokenStream>,
    /// The fields that are called otherwise on the wire: their names in the struct, with `r#`, and there.
    renamed: Vec<(String, String)>,
}

impl<'a> Reads<'a> {
    pub(super) fn new(user: &'a User, suffix: &str) -> Self {
        Self { user, schema: user.schema(suffix), reads: Vec::new(), values: Vec::new(), renamed: Vec::new() }
    }

    /// One of the fields that every user has, read by one of the methods of `Fields`.
    pub(super) fn field(&mut self, name: &str, method: &str) {
        let ident = Ident::new(name, Span::call_site());
        let method = Ident::new(method, Span::call_site());
        self.read(&ident, &quote!(__fields.#method(#name)));
    }

    /// An own field of the schema of registrations.
    pub(super) fn created(&mut self, field: &Field, own: &Own, by: SetBy) {
        if !field.is_right {
            return self.mistake(field);
        }
        let default = match (by, &own.default) {
            (SetBy::Superuser, _) => return self.updated(field, own),
            (SetBy::User, Some(default)) => Some(closure(default, &field.ty)),
            (SetBy::User, None) if is_option(&field.ty) => Some(quote!(|| ::core::option::Option::None)),
            (SetBy::User, None) => None,
        };
        let (name, site) = (self.name(field, own), field.site());
        let read = match (&own.serde.deserialize_with, default) {
            (None, None) => quote_spanned!(site=> __fields.required(#name)),
            (None, Some(default)) => quote_spanned!(site=> __fields.or_else(#name, #default)),
            (Some(function), None) => quote_spanned!(site=> __fields.required_with(#name, #function)),
            (Some(function), Some(default)) => {
                quote_spanned!(site=> __fields.or_else_with(#name, #function, #default))
            }
        };
        self.read(&field.ident, &read);
    }

    /// An own field of the schema of changes.
    pub(super) fn updated(&mut self, field: &Field, own: &Own) {
        if !field.is_right {
            return self.mistake(field);
        }
        let (name, site) = (self.name(field, own), field.site());
        let read = match &own.serde.deserialize_with {
            None => quote_spanned!(site=> __fields.optional(#name)),
            Some(function) => quote_spanned!(site=> __fields.optional_with(#name, #function)),
        };
        self.read(&field.ident, &read);
    }

    /// A field with a mistake.
    fn mistake(&mut self, field: &Field) {
        let mistake = mistake(self.user);
        self.read(&field.ident, &quote!(::core::option::Option::Some(#mistake)));
    }

    /// The name of an own field on the wire, where the values of its aliases lie from here on.
    fn name(&mut self, field: &Field, own: &Own) -> String {
        let name = own.serde.name_read(&field.ident);
        let ident = field.ident.to_string();
        if name != ident {
            self.renamed.push((ident, name.clone()));
        }
        self.reads.extend(own.serde.aliases.iter().map(|alias| quote!(__fields.alias(#name, #alias);)));
        name
    }

    fn read(&mut self, ident: &Ident, read: &TokenStream) {
        // With a prefix of its own: a field may be called `fields`.
        let local = format_ident!("__read_{}", ident.unraw());
        self.reads.push(quote!(let #local = #read;));
        self.values.push(quote!(#ident: #local?));
    }

    pub(super) fn into_impl(self, generics: &Generics) -> TokenStream {
        let Self { user, schema, reads, values, renamed } = self;
        let c = &user.crate_path;
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        let validate = user.uses_garde().then(|| validate(user, &renamed));
        quote! {
            #[automatically_derived]
            impl #impl_generics #c::user::Schema for #schema #ty_generics #where_clause {
                fn parse(__fields: &mut #c::user::Fields) -> ::core::option::Option<Self> {
                    #(#reads)*
                    ::core::option::Option::Some(Self {
                        #(#values,)*
                    })
                }

                #validate
            }
        }
    }
}

/// The rules that `garde` holds. It knows the fields by their names in the struct.
fn validate(user: &User, renamed: &[(String, String)]) -> TokenStream {
    let c = &user.crate_path;
    let names = renamed.iter().map(|(name, wire)| quote!((#name, #wire)));
    let names = quote!(&[#(#names),*]);
    quote! {
        fn validate(&self) -> ::core::result::Result<(), ::std::vec::Vec<#c::error::FieldError>> {
            ::garde::Validate::validate(self).map_err(|__report| {
                ::core::iter::Iterator::collect(::core::iter::Iterator::map(__report.iter(), |(__path, __error)| {
                    #c::error::FieldError::at(
                        &::std::string::ToString::to_string(__path),
                        #names,
                        ::std::string::ToString::to_string(__error),
                    )
                }))
            })
        }
    }
}

/// What makes the value where none was sent.
fn closure(default: &Default, ty: &Type) -> TokenStream {
    match default {
        Default::OfType => ty_default(ty),
        Default::Expr(expr) => {
            let value = default_value(expr, ty);
            quote!(|| -> #ty { #value })
        }
        Default::Function(path) => path.to_token_stream(),
    }
}

/// The value of a field that is left out.
pub(super) fn value_or_none(default: Option<&Default>, ty: &Type) -> TokenStream {
    match default {
        None => quote!(::core::option::Option::None),
        Some(Default::Expr(expr)) => default_value(expr, ty),
        Some(default) => {
            let make = closure(default, ty);
            quote!(#make())
        }
    }
}

/// `Default::default` of a field's type, which an error then points at.
pub(super) fn ty_default(ty: &Type) -> TokenStream {
    quote_spanned!(syn::spanned::Spanned::span(ty)=> <#ty as ::core::default::Default>::default)
}

/// The value of `default = …`. A string literal is converted to a `String`.
pub(super) fn default_value(expr: &Expr, ty: &Type) -> TokenStream {
    let is_literal = matches!(expr, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }));
    if is_literal && is_named(ty, "String") {
        return quote_spanned!(syn::spanned::Spanned::span(expr)=> <#ty as ::core::convert::From<&str>>::from(#expr));
    }
    expr.to_token_stream()
}

/// Whether a type is written as an `Option`.
pub(super) fn is_option(ty: &Type) -> bool {
    is_named(ty, "Option")
}

/// Whether the last segment of a type's path is `name`.
pub(super) fn is_named(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Path(ty) => ty.path.segments.last().is_some_and(|last| last.ident == name),
        Type::Group(group) => is_named(&group.elem, name),
        Type::Paren(paren) => is_named(&paren.elem, name),
        _ => false,
    }
}
