//! What stands in `auth_app!`, taken apart and not yet judged.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Generics, Path, Token, Type, Visibility, token};

use super::keys::{Key, Takes};
use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::keys::skip_past_comma;

/// The struct that names an app's parts.
pub(super) struct Struct {
    pub(super) crate_path: CratePath,
    pub(super) attributes: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    /// `None` where there are no braces, which has been reported.
    pub(super) entries: Option<Vec<Entry>>,
}

/// A key with its value.
pub(super) struct Entry {
    pub(super) key: Ident,
    /// The key of `auth_app!` that it is, or that an unknown one was meant for.
    pub(super) of: Option<&'static Key>,
    /// `None` where it can't be read, which has been reported.
    pub(super) value: Option<Value>,
}

/// What stands behind a key.
pub(super) enum Value {
    /// `user: User`
    Type(Box<Type>),
    /// `policy: Policy::strict()`
    Expr(Box<Expr>),
    /// `backends: { … }`
    Backends(Vec<Backend>),
    /// `oauth: { … }`
    Clients(Vec<Client>),
}

impl Entry {
    /// Returns whether there is a key of this name.
    pub(super) fn is_known(&self) -> bool {
        self.of.is_some_and(|key| self.key == key.name)
    }
}

/// `name: transport + strategy`. The value is `None` where it can't be read, which has been reported.
pub(super) struct Backend {
    pub(super) name: Ident,
    pub(super) value: Option<Expr>,
}

/// `name: client => backend`, or `=> [backend, …]`. The value is `None` where it can't be read, which has been reported.
pub(super) struct Client {
    pub(super) name: Ident,
    pub(super) value: Option<(Expr, Vec<Ident>)>,
}

/// Reads `$crate` and the struct. `None` if the struct has no name; `errors` says why.
pub(super) fn read(input: TokenStream, errors: &mut Errors) -> Option<Struct> {
    let read = |input: ParseStream<'_>| {
        let parsed = parse_struct(input, errors);
        // What can't be read is left where it stands, and has been reported.
        input.parse::<TokenStream>()?;
        Ok(parsed)
    };
    let parsed = read.parse2(input);
    errors.keep(parsed).and_then(|parsed| errors.keep(parsed))
}

const EXAMPLE: &str =
    "`pub struct App { user: User, database: Sqlite, backends: { jwt: Bearer + Jwt { lifetime: HOUR } } }`";

fn parse_struct(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Struct> {
    let crate_path = CratePath::verbatim(input.call(Path::parse_mod_style)?);
    let attributes = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    if !input.peek(Token![struct]) {
        return Err(input.error(format!("an app is a struct: write {EXAMPLE}")));
    }
    input.parse::<Token![struct]>()?;
    let ident = input
        .parse::<Ident>()
        .map_err(|error| syn::Error::new(error.span(), format!("an app has a name: write {EXAMPLE}")))?;
    if input.peek(Token![<]) {
        let generics = input.parse::<Generics>()?;
        errors.at(generics, format!("an app is one type without parameters: write `struct {ident} {{ … }}`"));
    }
    let entries = if input.peek(token::Brace) {
        let content;
        syn::braced!(content in input);
        let entries = parse_entries(&content, errors);
        if let Ok(rest) = input.fork().parse::<TokenTree>() {
            errors.at(rest, "`auth_app!` makes one app: put what stands here outside of it");
        }
        Some(entries)
    } else {
        errors.push(input.error(format!("an app names its parts in braces: write {EXAMPLE}")));
        None
    };
    Ok(Struct { crate_path, attributes, vis, ident, entries })
}

fn parse_entries(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Entry> {
    let mut entries = Vec::new();
    parse_list(input, errors, |key, input, errors| {
        if let Some(of) = Key::of(&key) {
            let value = parse_value(of, &key, input, errors);
            let value = errors.keep(value);
            let is_read = value.is_some();
            entries.push(Entry { key, of: Some(of), value });
            return is_read;
        }
        // Behind an unknown key there may stand anything.
        let of = Key::nearest(&key);
        let fork = input.fork();
        let mut ignored = Errors::default();
        let value = of.and_then(|of| parse_value(of, &key, &fork, &mut ignored).ok());
        entries.push(Entry { key, of, value });
        skip_to_comma(input);
        true
    });
    entries
}

fn parse_value(of: &Key, key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Value> {
    match of.takes {
        Takes::Expr => parse_expr(key, input).map(|expr| Value::Expr(Box::new(expr))),
        Takes::Type => parse_type(key, input).map(Value::Type),
        Takes::Backends => parse_backends(key, input, errors),
        Takes::Clients => parse_clients(key, input, errors),
    }
}

fn parse_backends(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Value> {
    expect_colon(key, input)?;
    if !input.peek(token::Brace) {
        return Err(input.error(
            "`backends` takes names in braces: write `backends: { jwt: Bearer + Jwt { lifetime: HOUR } }`",
        ));
    }
    let content;
    syn::braced!(content in input);
    let mut backends = Vec::new();
    parse_list(&content, errors, |name, input, errors| {
        let value = errors.keep(parse_expr(&name, input));
        let is_read = value.is_some();
        backends.push(Backend { name, value });
        is_read
    });
    Ok(Value::Backends(backends))
}

fn parse_clients(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Value> {
    expect_colon(key, input)?;
    if !input.peek(token::Brace) {
        return Err(
            input.error("`oauth` takes clients in braces: write `oauth: { google: Google => cookie }`")
        );
    }
    let content;
    syn::braced!(content in input);
    let mut clients = Vec::new();
    parse_list(&content, errors, |name, input, errors| {
        let value = errors.keep(parse_client(&name, input));
        let is_read = value.is_some();
        clients.push(Client { name, value });
        is_read
    });
    Ok(Value::Clients(clients))
}

/// `: client => backend`, or `: client => [backend, …]`
fn parse_client(name: &Ident, input: ParseStream<'_>) -> syn::Result<(Expr, Vec<Ident>)> {
    let client = parse_expr(name, input)?;
    if !input.peek(Token![=>]) {
        let message =
            format!("where the users of `{name}` sign in stands behind it: write `{name}: … => cookie`");
        return Err(syn::Error::new_spanned(client, message));
    }
    input.parse::<Token![=>]>()?;
    let explain = |error: syn::Error| {
        syn::Error::new(
            error.span(),
            "the name of a backend stands here, or several in brackets: `=> [cookie, jwt]`",
        )
    };
    if !input.peek(token::Bracket) {
        return Ok((client, vec![input.call(Ident::parse_any).map_err(explain)?]));
    }
    let content;
    syn::bracketed!(content in input);
    let backends = content.parse_terminated(Ident::parse_any, Token![,]).map_err(explain)?;
    Ok((client, backends.into_iter().collect()))
}

/// Reads `key: value, …` to the end. What can't be read is reported, and the next key is read all the same.
/// `value` reads from the colon on, and says whether it could.
fn parse_list(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut value: impl FnMut(Ident, ParseStream<'_>, &mut Errors) -> bool,
) {
    while !input.is_empty() {
        if let Some(key) = errors.keep(parse_key(input))
            && value(key.clone(), input, errors)
            && !input.is_empty()
            && !input.peek(Token![,])
        {
            errors.push(input.error(format!("the value of `{key}` ends here: a comma is missing")));
        }
        skip_past_comma(input);
    }
}

fn parse_key(input: ParseStream<'_>) -> syn::Result<Ident> {
    for attribute in input.call(Attribute::parse_outer)? {
        if !attribute.path().is_ident("doc") {
            let message = "the parts of an app take no attributes: take this away";
            return Err(syn::Error::new_spanned(attribute, message));
        }
    }
    let explain = |error: syn::Error| {
        syn::Error::new(error.span(), "the parts of an app have names: write `name: value`, without quotes")
    };
    input.call(Ident::parse_any).map_err(explain)
}

fn expect_colon(key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if !input.peek(Token![:]) || input.peek(Token![::]) {
        let message = format!("the value of `{key}` stands behind a colon: write `{key}: …`");
        return Err(syn::Error::new_spanned(key, message));
    }
    input.parse::<Token![:]>().map(|_| ())
}

fn parse_type(key: &Ident, input: ParseStream<'_>) -> syn::Result<Box<Type>> {
    expect_colon(key, input)?;
    let message = format!("a type is missing behind `{key}:`: write `{key}: User`");
    input.parse().map_err(|error| syn::Error::new(error.span(), message))
}

fn parse_expr(key: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    expect_colon(key, input)?;
    let explain = |error: syn::Error| format!("a value is missing behind `{key}:`, {error}");
    input.parse().map_err(|error| syn::Error::new(error.span(), explain(error)))
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}
