//! What of the schemas stands in a document of the routes, where the runtime makes one: utoipa's `ToSchema` of each.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Attribute, Expr, Generics, Meta, Type};

use super::super::diesel_type;
use super::super::model::{Field, Own, Rule, SetBy, User};
use super::{create_schema, parsing, read_schema, update_schema};
use crate::crate_path::CratePath;

pub(super) fn expand(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let ident = user.ident.to_string();
    let id = value(&user.core.id_ty);
    let read = user.own_fields().filter(|(field, own)| field.is_right && own.is_shown());
    let read = read.map(|(field, own)| Shown { field, own });
    let read =
        schema(user, "Read", &read_schema::generics(user), &quote!(read(#ident, #id.describe())), read);
    let create = user.create_fields().filter(|(field, ..)| field.is_right);
    let create = create.map(|(field, own, by)| Sent { field, own, by: Some(by) });
    let create = schema(user, "Create", &create_schema::generics(user), &quote!(create(#ident)), create);
    let update = user.update_fields().filter(|(field, ..)| field.is_right);
    let update = update.map(|(field, own, _)| Sent { field, own, by: None });
    let update = schema(user, "Update", &update_schema::generics(user), &quote!(update(#ident)), update);
    quote!(#c::__openapi! { #read #create #update })
}

/// An own field in one of the schemas.
trait InSchema {
    /// It is told by one of the methods of `ObjectSchema`.
    fn method(&self) -> TokenStream;
    fn name(&self) -> String;
    /// The type that tells what it looks like on the wire, if any does.
    fn ty(&self) -> Option<&Type>;
    fn rules(&self) -> &[Rule];
    fn docs(&self) -> &[Attribute];
}

/// In the schema that is written.
struct Shown<'a> {
    field: &'a Field,
    own: &'a Own,
}

/// In a schema that is read. `by`: who sets it at a registration.
struct Sent<'a> {
    field: &'a Field,
    own: &'a Own,
    by: Option<SetBy>,
}

impl InSchema for Shown<'_> {
    fn method(&self) -> TokenStream {
        if self.own.serde.may_be_left_out { quote!(optional) } else { quote!(required) }
    }

    fn name(&self) -> String {
        self.own.serde.name_written(&self.field.ident)
    }

    fn ty(&self) -> Option<&Type> {
        self.own.value_type.as_ref().or((!self.own.serde.is_written_by_hand).then_some(&self.field.ty))
    }

    /// What is stored may be older than the rules.
    fn rules(&self) -> &[Rule] {
        &[]
    }

    fn docs(&self) -> &[Attribute] {
        &self.field.docs
    }
}

impl InSchema for Sent<'_> {
    fn method(&self) -> TokenStream {
        let has_default = self.own.default.is_some() || parsing::is_option(&self.field.ty);
        let is_required = self.by == Some(SetBy::User) && !has_default;
        if is_required { quote!(required) } else { quote!(optional) }
    }

    fn name(&self) -> String {
        self.own.serde.name_read(&self.field.ident)
    }

    fn ty(&self) -> Option<&Type> {
        self.own.value_type.as_ref().or(self.own.serde.deserialize_with.is_none().then_some(&self.field.ty))
    }

    /// They are on the field's own type.
    fn rules(&self) -> &[Rule] {
        let is_told_by_another = self.own.value_type.is_some() || self.own.serde.deserialize_with.is_some();
        if is_told_by_another { &[] } else { &self.own.rules }
    }

    fn docs(&self) -> &[Attribute] {
        &self.field.docs
    }
}

fn schema<'a>(
    user: &User,
    suffix: &str,
    generics: &Generics,
    start: &TokenStream,
    fields: impl Iterator<Item = impl InSchema + 'a>,
) -> TokenStream {
    let c = &user.crate_path;
    let name = user.schema(suffix);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let fields = fields.collect::<Vec<_>>();
    let nested =
        fields.iter().filter_map(InSchema::ty).filter(|ty| diesel_type::of(c, ty).is_none()).map(value);
    let nested = nested.map(|value| quote!(#value.nest(__schemas);)).collect::<TokenStream>();
    let uses = quote! {
        #[allow(unused_imports)]
        use #c::openapi::schema::{ByCrate as _, ByNobody as _, ByToSchema as _, Value as __Value};
    };
    let schemas = (!nested.is_empty()).then(|| {
        quote! {
            fn schemas(__schemas: &mut #c::openapi::schema::NamedSchemas) {
                #uses

                #nested
            }
        }
    });
    let fields = fields.iter().map(|field| one(c, field));
    quote! {
        #[automatically_derived]
        impl #impl_generics #c::openapi::utoipa::PartialSchema for #name #ty_generics #where_clause {
            fn schema() -> #c::openapi::schema::AnySchema {
                #uses

                #c::openapi::schema::ObjectSchema::#start #(#fields)* .into_schema()
            }
        }

        #[automatically_derived]
        impl #impl_generics #c::openapi::utoipa::ToSchema for #name #ty_generics #where_clause {
            #schemas
        }
    }
}

/// One field, told.
fn one(c: &CratePath, field: &impl InSchema) -> TokenStream {
    let (method, name) = (field.method(), field.name());
    let described = field.ty().map(value).map_or_else(
        || quote!(#c::openapi::schema::FieldSchema::anything()),
        |value| quote!(#value.describe()),
    );
    let rules = field.rules().iter().map(|rule| match rule {
        Rule::MinLength(min) => quote!(.min_length(#min)),
        Rule::MaxLength(max) => quote!(.max_length(#max)),
        Rule::Minimum(min) => {
            let min = number(*min);
            quote!(.minimum(#min))
        }
        Rule::Maximum(max) => {
            let max = number(*max);
            quote!(.maximum(#max))
        }
        Rule::Pattern(pattern) => quote!(.pattern(#pattern)),
    });
    let docs = field.docs().iter().filter_map(doc).collect::<Vec<_>>();
    let docs = (!docs.is_empty()).then(|| quote!(.documented(&[#(#docs),*])));
    quote!(.#method(#name, #described #(#rules)* #docs))
}

/// A type, to be described by whoever knows it.
fn value(ty: &Type) -> TokenStream {
    quote!((&&__Value::<#ty>::NEW))
}

/// A number, with its sign before it.
fn number(number: f64) -> TokenStream {
    let sign = (number < 0.0).then(|| quote!(-));
    let size = Literal::f64_suffixed(number.abs());
    quote!(#sign #size)
}

/// The text of a line of documentation.
fn doc(attribute: &Attribute) -> Option<&Expr> {
    match &attribute.meta {
        Meta::NameValue(pair) => Some(&pair.value),
        Meta::List(_) | Meta::Path(_) => None,
    }
}
