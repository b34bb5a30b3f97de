//! An app that is right: every part is there, once, and of the form that it must have.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Attribute, BinOp, Expr, Type, Visibility};

use super::keys::{self, KEYS, is_config_field};
use super::names::config_ident;
use super::parse::{Backend as RawBackend, Client as RawClient, Entry, Struct, Value};
use super::value;
use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::suggestion::{nearest, unknown_key};

/// What `auth_app!` makes.
pub(super) struct App {
    pub(super) crate_path: CratePath,
    pub(super) attributes: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) user: Type,
    pub(super) database: Part,
    /// `RedisServer`, or another value of its type.
    pub(super) redis: Option<Expr>,
    pub(super) backends: Vec<Backend>,
    /// The word `oauth` and what stands behind it.
    pub(super) oauth: Option<OAuth>,
    /// `hooks`, `policy`, `compat` and so on, where they are given: the name of the setter and its value.
    pub(super) settings: Vec<(Ident, TokenStream)>,
}

/// The services that users sign in with.
pub(super) struct OAuth {
    pub(super) key: Ident,
    pub(super) clients: Vec<Client>,
}

/// A client of such a service.
pub(super) struct Client {
    pub(super) name: Ident,
    pub(super) value: TokenStream,
    /// Where its users sign in: backends that are there.
    pub(super) backends: Vec<Ident>,
}

/// A value whose type must be known.
pub(super) struct Part {
    pub(super) ty: Type,
    pub(super) value: TokenStream,
}

/// A way to sign in.
pub(super) struct Backend {
    pub(super) name: Ident,
    pub(super) transport: TokenStream,
    pub(super) strategy: TokenStream,
}

impl App {
    /// # Errors
    ///
    /// Every mistake in the app and those found before.
    pub(super) fn check(raw: &Struct, mut errors: Errors) -> Result<Self, syn::Error> {
        let Some(entries) = &raw.entries else { return errors.finish(None) };
        check_keys(&raw.ident, entries, &mut errors);
        let app = Parts { app: &raw.ident, entries, errors: &mut errors }.check(raw);
        errors.finish(app)
    }
}

/// Unknown keys, and those that stand there twice.
fn check_keys(app: &Ident, entries: &[Entry], errors: &mut Errors) {
    for (index, entry) in entries.iter().enumerate() {
        let key = &entry.key;
        if matches!(entry.value, Some(Value::Unknown)) {
            let unknown = unknown_key(&key.to_string(), &keys::names());
            errors.at(key, unknown + &config_hint(app, key));
        } else if entries[..index].iter().any(|first| first.key == *key) {
            errors.at(key, format!("`{key}` is given twice: take one of them away"));
        }
    }
}

/// What an app learns when it starts is no part of it.
fn config_hint(app: &Ident, key: &Ident) -> String {
    let config = config_ident(app);
    if key.to_string().contains("secret") {
        format!("; secrets are fields of `{config}`, which `{app}::start` takes")
    } else if key == "config" {
        format!("; what an app learns when it starts are fields of `{config}`, which `{app}::start` takes")
    } else {
        String::new()
    }
}

/// Takes the parts of an app, one key after the other.
struct Parts<'a> {
    app: &'a Ident,
    entries: &'a [Entry],
    errors: &'a mut Errors,
}

impl Parts<'_> {
    fn check(&mut self, raw: &Struct) -> Option<App> {
        for key in &KEYS {
            if let Some(example) = key.required {
                self.require(key.name, example);
            }
        }
        let database = self.value("database").and_then(|expr| self.part("database", expr));
        let backends = match self.entry("backends").and_then(|entry| entry.value.as_ref()) {
            Some(Value::Backends(backends)) => self.backends(backends),
            _ => Vec::new(),
        };
        let oauth = self.oauth();
        let setters = KEYS.iter().filter(|key| key.has_setter);
        let settings = setters
            .filter_map(|key| {
                Some((self.entry(key.name)?.key.clone(), value::complete(self.value(key.name)?)))
            })
            .collect();
        let Some(Value::Type(user)) = &self.entry("user")?.value else { return None };
        Some(App {
            crate_path: raw.crate_path.clone(),
            attributes: raw.attributes.clone(),
            vis: raw.vis.clone(),
            ident: raw.ident.clone(),
            user: (**user).clone(),
            database: database?,
            redis: self.value("redis").cloned(),
            backends,
            oauth,
            settings,
        })
    }
}

impl<'a> Parts<'a> {
    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn value(&self, key: &str) -> Option<&'a Expr> {
        match &self.entry(key)?.value {
            Some(Value::Expr(expr)) => Some(expr),
            _ => None,
        }
    }

    /// Reports a key that must be there and is not.
    fn require(&mut self, key: &str, example: &str) {
        if self.entry(key).is_none() && !self.is_misspelt(key) {
            self.errors.at(self.app, format!("`{key}` is missing: add `{key}: {example},`"));
        }
    }

    /// Whether an unknown key, which has been reported, was meant for `key`.
    fn is_misspelt(&self, key: &str) -> bool {
        let unknown = self.entries.iter().filter(|entry| matches!(entry.value, Some(Value::Unknown)));
        unknown.into_iter().any(|entry| nearest(&entry.key.to_string(), &keys::names()) == Some(key))
    }

    /// A value whose type must stand there too.
    fn part(&mut self, key: &str, expr: &Expr) -> Option<Part> {
        let ty = value::ty(expr);
        if ty.is_none() {
            self.errors.at(
                expr,
                format!(
                    "the type of `{key}` must stand here: write its path or a struct literal, as in \
                     `{key}: Sqlite`"
                ),
            );
        }
        Some(Part { ty: ty?, value: value::complete(expr) })
    }

    fn backends(&mut self, raw: &[RawBackend]) -> Vec<Backend> {
        if raw.is_empty()
            && let Some(entry) = self.entry("backends")
        {
            self.errors.at(
                &entry.key,
                "an app has at least one backend: write `backends: { jwt: Bearer + Jwt { lifetime: HOUR } }`",
            );
        }
        for (index, backend) in raw.iter().enumerate() {
            let name = &backend.name;
            // Without a value, what stands there may well be no name.
            if backend.value.is_some() {
                check_name("backend", "jwt", name, self.errors);
            }
            if raw[..index].iter().any(|first| first.name == *name) {
                self.errors
                    .at(name, format!("there is a backend `{name}` already: give this one another name"));
            }
        }
        raw.iter().filter_map(|backend| split(backend, self.errors)).collect()
    }
}

impl Parts<'_> {
    fn oauth(&mut self) -> Option<OAuth> {
        let entry = self.entry("oauth")?;
        let Some(Value::Clients(raw)) = &entry.value else { return None };
        let key = &entry.key;
        if raw.is_empty() {
            self.errors.at(
                key,
                "there is no client: write `oauth: { google: Google => cookie }`, or take `oauth` away",
            );
        }
        let clients = raw.iter().enumerate().filter_map(|(index, client)| {
            let (value, backends) = client.value.as_ref()?;
            self.check_client(&client.name, &raw[..index]);
            self.check_client_backends(&client.name, backends);
            Some(Client {
                name: client.name.clone(),
                value: value::complete(value),
                backends: backends.clone(),
            })
        });
        Some(OAuth { clients: clients.collect(), key: key.clone() })
    }

    /// The names of the backends that can be read.
    fn backend_names(&self) -> Vec<String> {
        match self.entry("backends").and_then(|entry| entry.value.as_ref()) {
            Some(Value::Backends(backends)) => {
                backends.iter().map(|backend| backend.name.to_string()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn check_client(&mut self, name: &Ident, before: &[RawClient]) {
        check_name("client", "google", name, self.errors);
        if before.iter().any(|first| first.name == *name) {
            self.errors.at(name, format!("there is a client `{name}` already: give this one another name"));
        } else if self.backend_names().iter().any(|backend| name == backend) {
            self.errors
                .at(name, format!("there is a backend `{name}` already: give this client another name"));
        } else if is_config_field(name) {
            let config = config_ident(self.app);
            self.errors.at(
                name,
                format!("`{config}` has a field `{name}` of its own, and gets one for each client: give this one another name"),
            );
        } else if is_word_of_rust(name) {
            self.errors.at(
                name,
                format!("`{name}` is a word of Rust's own, and no field: give this client another name"),
            );
        }
    }

    fn check_client_backends(&mut self, name: &Ident, backends: &[Ident]) {
        let known = self.backend_names();
        let known = known.iter().map(String::as_str).collect::<Vec<_>>();
        if backends.is_empty() {
            self.errors
                .at(name, format!("`{name}` signs in nowhere: name a backend, as in `{name}: … => cookie`"));
        }
        for (index, backend) in backends.iter().enumerate() {
            let text = backend.to_string();
            if backends[..index].contains(backend) {
                self.errors
                    .at(backend, format!("`{name}` signs in at `{backend}` already: take one of them away"));
            } else if !known.contains(&&*text) && !known.is_empty() {
                let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let hint = nearest(&text, &known)
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                self.errors.at(backend, format!("there is no backend `{backend}`: there is {list}{hint}"));
            }
        }
    }
}

/// Whether no field can be called `name`.
pub(super) fn is_word_of_rust(name: &Ident) -> bool {
    syn::parse2::<Ident>(name.to_token_stream()).is_err()
}

/// Whether `name` may stand in code and in addresses.
pub(super) fn is_backend_name(name: &Ident) -> bool {
    is_snake(&name.to_string())
}

fn is_snake(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The name of a backend or a client.
fn check_name(what: &str, example: &str, name: &Ident, errors: &mut Errors) {
    if is_backend_name(name) {
        return;
    }
    let better = snake(&name.unraw().to_string());
    let hint = if is_snake(&better) { format!(": write `{better}`") } else { format!(", as in `{example}`") };
    errors.at(name, format!("a {what}'s name is of lower-case letters, digits and `_`{hint}"));
}

/// `sessionCookie` as `session_cookie`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut previous = '_';
    for c in name.chars() {
        if c.is_uppercase() && previous.is_lowercase() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        previous = c;
    }
    snake
}

/// `transport + strategy`
fn split(backend: &RawBackend, errors: &mut Errors) -> Option<Backend> {
    let name = &backend.name;
    let (left, right) = match value::peel(backend.value.as_ref()?) {
        Expr::Binary(sum) if matches!(sum.op, BinOp::Add(_)) => (&*sum.left, &*sum.right),
        Expr::Paren(paren) => {
            errors
                .at(paren, format!("write the backend without parentheses: `{name}: transport + strategy`"));
            return None;
        }
        other => {
            errors.at(
                other,
                format!("a backend is a transport and a strategy: write `{name}: transport + strategy`, as in `Bearer + Jwt {{ lifetime: HOUR }}`"),
            );
            return None;
        }
    };
    if let Expr::Binary(sum) = value::peel(left)
        && matches!(sum.op, BinOp::Add(_))
    {
        errors.at(
            right.to_token_stream(),
            format!("a backend is one transport and one strategy: write `{name}: transport + strategy`"),
        );
        return None;
    }
    Some(Backend { name: name.clone(), transport: value::complete(left), strategy: value::complete(right) })
}
