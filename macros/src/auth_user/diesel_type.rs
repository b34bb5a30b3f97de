//! Diesel's names for the Rust types that the runtime's `ColumnType` knows.
//!
//! `diesel::table!` puts a column's type into a module, where the user's own paths mean nothing, and
//! reads off its name whether there can be sums of it. So a projection won't do there.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, PathArguments, Type};

use crate::crate_path::CratePath;

/// The type of the column that a field of the type `ty` lies in, where its name tells.
pub(super) fn of(c: &CratePath, ty: &Type) -> Option<TokenStream> {
    let path = match ty {
        Type::Path(ty) => &ty.path,
        Type::Group(group) => return of(c, &group.elem),
        _ => return None,
    };
    let last = path.segments.last()?;
    let diesel = quote!(#c::__private::diesel::sql_types);
    let ours = quote!(#c::store::diesel::sql_types);
    Some(match last.ident.to_string().as_str() {
        "bool" => quote!(#diesel::Bool),
        "i16" => quote!(#diesel::SmallInt),
        "i32" => quote!(#diesel::Integer),
        "i64" => quote!(#diesel::BigInt),
        "f32" => quote!(#diesel::Float),
        "f64" => quote!(#diesel::Double),
        "String" | "HashedPassword" => quote!(#diesel::Text),
        "Timestamp" => quote!(#ours::Moment),
        "Uuid" => quote!(#ours::Uuid),
        "Vec" if matches!(argument(&last.arguments)?, Type::Path(byte) if byte.path.is_ident("u8")) => {
            quote!(#diesel::Binary)
        }
        "Option" => {
            let inner = of(c, argument(&last.arguments)?)?;
            quote!(#diesel::Nullable<#inner>)
        }
        _ => return None,
    })
}

/// `T` of `Option<T>`.
fn argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}
