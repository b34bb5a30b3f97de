//! Expansions stand in any scope, under any name of the runtime crate.

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};

use super::render::{app, derive, tokens};
use super::{CAMELOT, KNIGHT, user};

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

/// Users without a path of their own that could be mistaken for one of ours.
fn users() -> [String; 3] {
    let bare = |source: String| {
        source
            .replace("Uuid", "crate::U")
            .replace("String", "crate::S")
            .replace("Option<crate::S>", "crate::O")
            .replace("Vec<", "crate::V<")
    };
    [
        bare(KNIGHT.to_owned()),
        bare(user(
            "#[auth_user(read, create, update)] #[garde(length(max = 3))] #[serde(with = \"a::b\", alias = \"c\")] pub name: String",
        )),
        bare(format!(
            "#[auth_user(schema = users)] {}",
            user("#[auth_user(create(superuser), update(superuser), default)] pub n: i32")
        )),
    ]
}

#[test]
fn the_runtime_may_have_another_name() {
    for source in users() {
        let output = derive(&format!("#[auth_user(crate = topspin::users)] {source}"));
        assert!(!output.to_string().contains("axum_users"), "{output}");
    }
    let mut input = tokens("topspin");
    input.extend(tokens(CAMELOT));
    let output = crate::auth_app::expand(input);
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

#[test]
fn every_path_is_absolute() {
    for source in users() {
        let output = derive(&source);
        let tokens = flat(output);
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Ident(ident) = token else { continue };
            // A single colon stands alone, even before a path that begins with two.
            let starts_path = matches!(tokens.get(index + 1), Some(TokenTree::Punct(next)) if next.as_char() == ':' && next.spacing() == Spacing::Joint);
            let is_first = index.checked_sub(1).is_none_or(|before| punct(tokens.get(before)) != Some(':'));
            if starts_path && is_first {
                let known = ["Self", "crate", "a", "flag", "email", "hashed_password", "push", "set", "take"];
                assert!(known.iter().any(|name| ident == name), "a relative path from `{ident}` on");
            }
        }
    }
}
