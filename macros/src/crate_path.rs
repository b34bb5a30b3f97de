//! The way to the runtime crate: every emitted path that leads there begins with it.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, LitStr, Path, parse_quote};

/// `::axum_users`, or what `#[auth_user(crate = …)]` or `$crate` says.
#[derive(Clone)]
pub(crate) struct CratePath(Path);

impl CratePath {
    /// `$crate`, as `auth_app!` hands it on.
    pub(crate) fn verbatim(path: Path) -> Self {
        Self(path)
    }

    /// The value of `crate = …`.
    pub(crate) fn from_value(value: &Expr) -> syn::Result<Self> {
        let refuse = |message: &str| Err(syn::Error::new_spanned(value, message));
        let Expr::Path(syn::ExprPath { qself: None, path, .. }) = value else {
            return refuse("`crate` takes the path of the runtime crate, as in `crate = ::axum_users`");
        };
        match path.segments.first() {
            // A derive of serde reads the path from a string, where `$crate` means nothing.
            Some(first) if first.ident == "$crate" => refuse(
                "`$crate` can't be handed on to serde's derive: name the crate, as in `crate = ::axum_users`",
            ),
            Some(first) if first.ident == "self" || first.ident == "super" => {
                refuse("the path of the runtime crate is absolute: begin it with `::` or `crate::`")
            }
            _ => Ok(Self(path.clone())),
        }
    }

    /// The path of the runtime's serde in a string, as `#[serde(crate = "…")]` takes it.
    pub(crate) fn serde(&self) -> LitStr {
        let path = self.to_token_stream().to_string().replace(' ', "");
        LitStr::new(&format!("{path}::__private::serde"), proc_macro2::Span::call_site())
    }
}

impl Default for CratePath {
    fn default() -> Self {
        Self(parse_quote!(::axum_users))
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
