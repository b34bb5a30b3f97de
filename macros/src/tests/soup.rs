//! Whatever stands there, the macros answer with code or with mistakes: an editor expands what is half written.
//!
//! The same inputs at every run, unless `PROPTEST_CASES` asks for more and others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::SystemTime;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::render::{file, tokens};
use super::{ALL_FEATURES, CAMELOT, KNIGHT};

const WORDS: [&str; 34] = [
    "struct",
    "enum",
    "pub",
    "User",
    "id",
    "email",
    "hashed_password",
    "is_active",
    "auth_user",
    "read",
    "create",
    "update",
    "superuser",
    "private",
    "default",
    "serde",
    "rename",
    "garde",
    "diesel",
    "column_name",
    "table",
    "schema",
    "crate",
    "sql_type",
    "self",
    "where",
    "user",
    "database",
    "hooks",
    "backends",
    "jwt",
    "Bearer",
    "r#type",
    "_",
];
const PUNCTS: [char; 14] = ['#', ',', ':', '=', '<', '>', '+', ';', '.', '\'', '&', '|', '!', '$'];

/// Numbers that are the same at every run: `xorshift64*`.
struct Dice(u64);

impl Dice {
    /// The dice of a test, and how often it throws them.
    fn new(seed: u64, rounds: usize) -> (Self, usize) {
        match std::env::var("PROPTEST_CASES").ok().and_then(|asked| asked.parse().ok()) {
            Some(asked) => {
                let now = SystemTime::UNIX_EPOCH.elapsed().expect("a date").as_nanos();
                (Self(seed ^ u64::try_from(now).unwrap_or(1)), asked)
            }
            None => (Self(seed), rounds),
        }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let sides = u64::try_from(sides.max(1)).unwrap_or(1);
        usize::try_from((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides).unwrap_or_default()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.roll(from.len())).copied()
    }

    fn stream(&mut self, depth: usize) -> TokenStream {
        (0..self.roll(9)).filter_map(|_| self.token(depth)).collect()
    }

    fn token(&mut self, depth: usize) -> Option<TokenTree> {
        Some(match self.roll(if depth == 0 { 8 } else { 12 }) {
            0..=4 => ident(self.pick(&WORDS)?),
            5 | 6 => {
                let spacing = self.pick(&[Spacing::Alone, Spacing::Joint])?;
                Punct::new(self.pick(&PUNCTS)?, spacing).into()
            }
            7 => Literal::string("a::b").into(),
            _ => {
                let delimiter = self.pick(&[
                    Delimiter::Parenthesis,
                    Delimiter::Brace,
                    Delimiter::Bracket,
                    Delimiter::None,
                ])?;
                Group::new(delimiter, self.stream(depth - 1)).into()
            }
        })
    }

    /// `stream` with some tokens lost, doubled, swapped or replaced, and some groups opened.
    fn stir(&mut self, stream: TokenStream) -> TokenStream {
        let mut stirred = Vec::new();
        for token in stream {
            match self.roll(60) {
                0 => {}
                1 => stirred.extend([token.clone(), token]),
                2 => stirred.extend(self.token(2)),
                3 => {
                    let before = stirred.pop();
                    stirred.push(token);
                    stirred.extend(before);
                }
                4 => match token {
                    TokenTree::Group(group) => stirred.extend(self.stir(group.stream())),
                    token => stirred.push(Group::new(Delimiter::None, token.into()).into()),
                },
                _ => stirred.push(match token {
                    TokenTree::Group(group) => {
                        Group::new(group.delimiter(), self.stir(group.stream())).into()
                    }
                    token => token,
                }),
            }
        }
        stirred.into_iter().collect()
    }
}

fn ident(word: &str) -> TokenTree {
    match word.strip_prefix("r#") {
        Some(word) => Ident::new_raw(word, Span::call_site()).into(),
        None => Ident::new(word, Span::call_site()).into(),
    }
}

/// Every beginning of `stream`, cut at every token however deep.
fn beginnings(stream: TokenStream) -> Vec<TokenStream> {
    let mut before = TokenStream::new();
    let mut all = vec![before.clone()];
    for token in stream {
        if let TokenTree::Group(group) = &token {
            for inside in beginnings(group.stream()) {
                let mut cut = before.clone();
                cut.extend([TokenTree::Group(Group::new(group.delimiter(), inside))]);
                all.push(cut);
            }
        }
        before.extend([token]);
        all.push(before.clone());
    }
    all
}

fn with_crate(input: TokenStream) -> TokenStream {
    let mut all = tokens("::axum_users");
    all.extend(input);
    all
}

/// Expands `input` by both macros. What comes out are items, so that rustc reports no more than we do.
fn survive(input: &TokenStream) {
    let expanded = catch_unwind(AssertUnwindSafe(|| {
        file(&crate::auth_user::derive(input.clone()));
        file(&crate::auth_app::expand(with_crate(input.clone()), ALL_FEATURES));
    }));
    assert!(expanded.is_ok(), "{input}");
}

/// What the README has the macros expand: each struct that derives `AuthUser`, and what stands in each `auth_app!`.
fn examples() -> Vec<TokenStream> {
    let page = include_str!("../../../README.md");
    let blocks = page.split("```").filter_map(|block| block.strip_prefix("rust"));
    let code = blocks.filter_map(|block| block.split_once('\n')?.1.parse::<TokenStream>().ok());
    code.flat_map(|code| {
        let tokens = code.into_iter().collect::<Vec<_>>();
        let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.to_string() == word);
        let braces = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let mut found = Vec::new();
        for at in 0..tokens.len() {
            if is(at, "auth_app") && is(at + 1, "!") {
                let Some(TokenTree::Group(group)) = tokens.get(at + 2) else { continue };
                found.push(group.stream());
            } else if is(at, "#") && tokens.get(at + 1).is_some_and(|token| token.to_string().contains("AuthUser")) {
                let rest = &tokens[at + 2..];
                let length = rest.iter().position(braces).map_or(0, |end| end + 1);
                found.push(rest[..length].iter().cloned().collect());
            }
        }
        found
    })
    .collect()
}

#[test]
fn half_written() {
    for input in beginnings(tokens(KNIGHT)).into_iter().chain(beginnings(tokens(CAMELOT))) {
        survive(&input);
    }
}

#[test]
fn stirred() {
    let examples = examples();
    let users = examples.iter().filter(|example| example.to_string().contains("is_superuser"));
    assert!(examples.len() >= 12 && users.count() >= 4, "{} examples", examples.len());
    let (mut dice, rounds) = Dice::new(0x5EED, 50);
    for _ in 0..rounds {
        for example in examples.iter().chain(&[tokens(KNIGHT), tokens(CAMELOT)]) {
            survive(&dice.stir(example.clone()));
        }
    }
}

#[test]
fn soup() {
    let (mut dice, rounds) = Dice::new(0xCA3E_0107, 800);
    for _ in 0..rounds {
        let soup = dice.stream(3);
        survive(&soup);
        survive(&quote::quote!(struct User { #soup }));
        survive(&quote::quote!(
            struct User {
                #[auth_user(#soup)]
                #[serde(#soup)]
                #[diesel(#soup)]
                name: String,
            }
        ));
        survive(&quote::quote!(struct Camelot { user: User, database: #soup, backends: { #soup } }));
    }
}
