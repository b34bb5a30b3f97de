//! Expansions stand in any scope, under any name of the runtime crate.

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::{ImplItem, Item, ItemMod};

use super::render::{app, derive, file, mistakes, open_gates, tokens};
use super::{ALL_FEATURES, CAMELOT, KNIGHT, user};

/// Every token of `stream`. Groups are opened, with `;` where they begin and end.
fn flat(stream: TokenStream) -> Vec<TokenTree> {
    stream
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => {
                let edge = || vec![TokenTree::Punct(Punct::new(';', Spacing::Alone))];
                [edge(), flat(group.stream()), edge()].concat()
            }
            token => vec![token],
        })
        .collect()
}

fn punct(token: Option<&TokenTree>) -> Option<char> {
    match token {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    }
}

/// Users whose own types are written as paths, so that a bare name is one of ours.
fn users() -> [String; 3] {
    let garde = r#"#[auth_user(read, create, update)] #[garde(length(max = 3))] #[serde(with = "a::b", alias = "c")]
    pub name: String"#;
    let schema = user("#[auth_user(create(superuser), update(superuser), default)] pub n: i32");
    [KNIGHT.to_owned(), user(garde), format!("#[auth_user(schema = users)] {schema}")].map(|source| {
        let source = ["Uuid", "String", "Option"]
            .iter()
            .fold(source, |source, name| source.replace(&format!(" {name}"), &format!(" crate::{name}")))
            .replace("<String", "<crate::String");
        assert!(mistakes(&derive(&source)).is_empty(), "{source}");
        source
    })
}

#[test]
fn the_runtime_may_have_another_name() {
    for source in users() {
        let output = derive(&format!("#[auth_user(crate = topspin::users)] {source}"));
        assert!(!output.to_string().contains("axum_users"), "{output}");
    }
    let mut input = tokens("topspin");
    input.extend(tokens(CAMELOT));
    let output = crate::auth_app::expand(input, ALL_FEATURES);
    assert!(!output.to_string().contains("axum_users"), "{output}");
}

#[test]
fn nothing_is_taken_from_the_prelude() {
    const PRELUDE: [&str; 14] = [
        "Option", "Some", "None", "Result", "Ok", "Err", "String", "Vec", "Box", "Clone", "Default",
        "Iterator", "ToString", "Into",
    ];
    let outputs = users()
        .map(|source| derive(&source))
        .into_iter()
        .chain([app(&CAMELOT.replace("Some(14 * DAY)", "FORTNIGHT"))]);
    for output in outputs {
        let tokens = flat(output);
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Ident(ident) = token else { continue };
            // Behind `::` a name is part of a path, and behind `.` it is a method.
            let before = index.checked_sub(1).and_then(|before| punct(tokens.get(before)));
            let is_bare = before != Some(':') && before != Some('.');
            assert!(!is_bare || PRELUDE.iter().all(|name| ident != name), "a bare `{ident}`");
        }
    }
}

/// `use schema::users::dsl::*` is common, and a pattern can't shadow a column.
#[test]
fn no_binding_can_be_a_column() {
    for source in users() {
        let tokens = flat(derive(&source));
        for (before, token) in tokens.iter().zip(&tokens[1..]) {
            let (TokenTree::Ident(before), TokenTree::Ident(ident)) = (before, token) else { continue };
            assert!(before != "let" || ident == "_" || ident.to_string().starts_with("__"), "`let {ident}`");
        }
        for function in functions(&source) {
            for input in &function.inputs {
                let syn::FnArg::Typed(input) = input else { continue };
                let name = quote::ToTokens::to_token_stream(&input.pat).to_string();
                assert!(name.starts_with("__"), "the parameter `{name}` of `{}`", function.ident);
            }
        }
    }
}

/// The functions of every impl that the derive writes.
fn functions(source: &str) -> Vec<syn::Signature> {
    let items = file(&open_gates(&derive(source))).items;
    modules(items)
        .into_iter()
        .filter_map(|item| match item {
            Item::Impl(item) => Some(item.items),
            _ => None,
        })
        .flatten()
        .filter_map(|item| match item {
            ImplItem::Fn(function) => Some(function.sig),
            _ => None,
        })
        .collect()
}

/// The items, and those of the modules among them.
fn modules(items: Vec<Item>) -> Vec<Item> {
    items
        .into_iter()
        .flat_map(|item| match item {
            Item::Mod(ItemMod { content: Some((_, items)), .. }) => modules(items),
            item => vec![item],
        })
        .collect()
}

#[test]
fn every_path_is_absolute() {
    // A path may begin with `::` behind these.
    const KEYWORDS: [&str; 8] = ["if", "impl", "mut", "as", "for", "in", "let", "use"];
    // The user's own paths, names that a turbofish follows, and clippy's lints, which are no paths.
    const OURS: [&str; 11] = [
        "crate",
        "a",
        "Self",
        "flag",
        "email",
        "hashed_password",
        "push",
        "set",
        "take",
        "__Value",
        "clippy",
    ];
    for source in users() {
        let tokens = flat(derive(&source));
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Ident(ident) = token else { continue };
            // A single colon stands alone, even before a path that begins with two.
            let is_path = matches!(
                tokens.get(index + 1),
                Some(TokenTree::Punct(next)) if next.as_char() == ':' && next.spacing() == Spacing::Joint
            );
            // Neither within a path nor a lifetime.
            let is_first = index
                .checked_sub(1)
                .is_none_or(|before| !matches!(punct(tokens.get(before)), Some(':' | '\'')));
            let is_known = KEYWORDS.iter().chain(&OURS).any(|name| ident == name);
            assert!(!is_path || !is_first || is_known, "a relative path from `{ident}` on");
        }
    }
}
