//! Whatever stands there, the macros answer with code or with mistakes: an editor expands what is half written.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::render::{file, tokens};
use super::{CAMELOT, KNIGHT};

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

    /// `stream` with some tokens lost, doubled or replaced.
    fn stir(&mut self, stream: TokenStream) -> TokenStream {
        let mut stirred = Vec::new();
        for token in stream {
            match self.roll(40) {
                0 => {}
                1 => stirred.extend([token.clone(), token]),
                2 => stirred.extend(self.token(2)),
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
    file(&crate::auth_user::derive(input.clone()));
    file(&crate::auth_app::expand(with_crate(input.clone())));
}

#[test]
fn half_written() {
    for source in [KNIGHT, CAMELOT] {
        for input in beginnings(tokens(source)) {
            survive(&input);
        }
    }
}

#[test]
fn stirred() {
    let mut dice = Dice(0x5EED);
    for _ in 0..300 {
        survive(&dice.stir(tokens(KNIGHT)));
        survive(&dice.stir(tokens(CAMELOT)));
    }
}

#[test]
fn soup() {
    let mut dice = Dice(0xCA3E_0107);
    for _ in 0..800 {
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
