//! The doc comments of fields in what is generated.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::{CoreField, Field, User};

/// Returns the doc comment of an own field, or a default one. It is the first token of the field in the schema, which
/// is where serde's errors point: so it has the span of the type.
pub(super) fn docs(user: &User, field: &Field) -> TokenStream {
    let site = field.site();
    if field.docs.is_empty() {
        let text = format!(" `{}`, as `{}` has it.", field.name(), user.ident);
        return quote_spanned!(site=> #[doc = #text]);
    }
    let metas = field.docs.iter().map(|attribute| &attribute.meta);
    quote_spanned!(site=> #(#[#metas])*)
}

/// Returns the doc comment of one of the six core fields.
pub(super) fn core_docs(core: CoreField) -> TokenStream {
    let text = match core {
        CoreField::Id => " The primary key.",
        CoreField::Email => " The email.",
        CoreField::HashedPassword => " The hash of the password.",
        CoreField::IsActive => " Whether the user may sign in at all.",
        CoreField::IsSuperuser => " Whether the user may manage the others.",
        CoreField::IsVerified => " Whether the user has proven to own the email.",
    };
    quote!(#[doc = #text])
}
