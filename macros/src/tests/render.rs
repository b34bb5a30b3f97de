//! Shows expansions as code, and mistakes as rustc does.

use std::fmt::Write as _;

use proc_macro2::{LineColumn, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::{File, Item, ItemMacro};

use super::ALL_FEATURES;
use crate::auth_app::Features;

/// The derive's output for `source`.
pub(super) fn derive(source: &str) -> TokenStream {
    crate::auth_user::derive(tokens(source))
}

/// The output of `auth_app!` for `source`.
pub(super) fn app(source: &str) -> TokenStream {
    app_with(source, ALL_FEATURES)
}

/// The output of `auth_app!` for `source` beside a runtime with `features`.
pub(super) fn app_with(source: &str, features: Features) -> TokenStream {
    // No macro by example is at work here that could hand on a `$crate`.
    let mut input = tokens("::axum_users");
    input.extend(tokens(source));
    crate::auth_app::expand(input, features)
}

pub(super) fn tokens(source: &str) -> TokenStream {
    source.parse().unwrap_or_else(|error| panic!("{error}: {source}"))
}

/// Formatted, with the insides of the runtime's own macros too.
pub(super) fn pretty(output: &TokenStream) -> String {
    prettyplease::unparse(&file(&open_gates(output)))
}

pub(super) fn file(output: &TokenStream) -> File {
    syn::parse2(output.clone()).unwrap_or_else(|error| panic!("{error}: {output}"))
}

/// `::axum_users::__diesel! { impl … }` as a module of that name, which can be formatted.
pub(super) fn open_gates(output: &TokenStream) -> TokenStream {
    let mut opened = TokenStream::new();
    let file = file(output);
    for item in file.items {
        match item {
            Item::Macro(item) if is_gate(&item) => {
                let gate = item.mac.path.segments.last().map(|last| &last.ident);
                let inside = open_gates(&item.mac.tokens);
                opened.extend(quote::quote!(mod #gate { #inside }));
            }
            item => opened.extend(quote::quote!(#item)),
        }
    }
    opened
}

fn is_gate(item: &ItemMacro) -> bool {
    item.mac.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with("__"))
}

/// A message and what it underlines.
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) start: LineColumn,
    end: LineColumn,
}

/// The mistakes that `output` reports.
pub(super) fn mistakes(output: &TokenStream) -> Vec<Mistake> {
    file(output)
        .items
        .into_iter()
        .filter_map(|item| match item {
            Item::Macro(item)
                if item.mac.path.is_ident("compile_error")
                    || item.mac.path.segments.last()?.ident == "compile_error" =>
            {
                Some(item)
            }
            _ => None,
        })
        .filter_map(|item| {
            let start = item
                .mac
                .path
                .leading_colon
                .map_or_else(|| item.mac.path.span(), |colon| colon.span())
                .start();
            let TokenTree::Literal(literal) = item.mac.tokens.into_iter().next()? else { return None };
            let end = literal.span().end();
            let message = syn::parse2::<syn::LitStr>(TokenTree::Literal(literal).into()).ok()?.value();
            Some(Mistake { message, start, end })
        })
        .collect()
}

/// All mistakes in `source`, as rustc shows them.
pub(super) fn report(source: &str, output: &TokenStream) -> String {
    let mut report = String::new();
    let lines = source.lines().collect::<Vec<_>>();
    for Mistake { message, start, end } in mistakes(output) {
        let line = lines.get(start.line.saturating_sub(1)).copied().unwrap_or_default();
        let width = if start.line == end.line {
            end.column.saturating_sub(start.column)
        } else {
            line.chars().count().saturating_sub(start.column)
        };
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let column = start.column.saturating_sub(indent);
        let _ = writeln!(report, "error: {message}");
        let _ = writeln!(report, "{:>3} | {}", start.line, line.trim());
        let more = if start.line == end.line { "" } else { "…" };
        let _ = writeln!(report, "    | {:column$}{}{more}", "", "^".repeat(width.max(1)));
    }
    report
}

/// A snapshot of many cases: each with its title and its mistakes.
pub(super) fn reports(cases: &[(&str, String)], expand: fn(&str) -> TokenStream) -> String {
    let mut all = String::new();
    for (title, source) in cases {
        let output = expand(source);
        let found = mistakes(&output);
        assert!(!found.is_empty(), "{title}: no mistake found");
        for mistake in &found {
            assert!(mistake.start.line > 0 && mistake.message.len() > 20, "{title}: {}", mistake.message);
        }
        let _ = writeln!(all, "# {title}\n{}", report(source, &output));
    }
    all
}
