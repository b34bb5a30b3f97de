//! `#[garde(…)]` on the fields of the schemas.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Attribute;

use super::super::model::{Field, Own, User, garde_rules};

/// What garde is to do with a field of every user's, where it looks at the schema at all.
pub(super) fn skip(user: &User) -> Option<TokenStream> {
    user.uses_garde().then(|| quote!(#[garde(skip)]))
}

/// The rules of an own field, as they stand there.
pub(super) fn rules(user: &User, field: &Field, own: &Own) -> TokenStream {
    if own.garde.is_empty() || !field.is_right {
        return skip(user).unwrap_or_default();
    }
    own.garde.iter().map(Attribute::to_token_stream).collect()
}

/// The rules of an own field that lies in an `Option` of ours: they hold for what is within.
/// Left as they stand, `inner` and `custom` would meet the `Option`.
pub(super) fn rules_in_option(user: &User, field: &Field, own: &Own) -> TokenStream {
    let rules = own.garde.iter().flat_map(garde_rules).collect::<Vec<_>>();
    let is = |rule: &TokenStream, names: &[&str]| {
        let first = rule.clone().into_iter().next().map(|name| name.to_string());
        first.is_some_and(|first| names.contains(&&*first))
    };
    // `dive` goes through an `Option`, and not together with `inner`.
    if rules.is_empty() || !field.is_right || rules.iter().any(|rule| is(rule, &["skip", "dive"])) {
        return self::rules(user, field, own);
    }
    // These are said of a field as a whole.
    let (of_field, within): (Vec<_>, Vec<_>) =
        rules.into_iter().partition(|rule| is(rule, &["adapt", "code", "if", "matches", "rename"]));
    let within = (!within.is_empty()).then(|| quote!(inner(#(#within),*)));
    let all = of_field.into_iter().chain(within);
    quote!(#[garde(#(#all),*)])
}
