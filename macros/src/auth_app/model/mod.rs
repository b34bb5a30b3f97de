//! An app: each of its parts that is right. A part with a mistake is left out, or a placeholder takes its place.

mod backends;
mod clients;
mod name_rules;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Attribute, Expr, Type, Visibility, parse_quote};

pub(super) use self::backends::Backend;
pub(super) use self::clients::{Client, OAuth};

use self::clients::Clients;
use super::features::Features;
use super::keys::{self, KEYS};
use super::names::config_ident;
use super::parse::{Entry, Struct, Value};
use super::value;
use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::suggestion::unknown_key;

/// What `auth_app!` makes.
pub(super) struct App {
    pub(super) crate_path: CratePath,
    pub(super) attributes: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) user: Type,
    pub(super) database: Part,
    pub(super) redis: Option<Redis>,
    /// A part whose feature is off has been reported, and only its fields of the configuration are there.
    pub(super) features: Features,
    pub(super) backends: Vec<Backend>,
    pub(super) oauth: Option<OAuth>,
    /// `hooks`, `policy`, `compat` and so on, where they are given: the name of the setter and its value.
    pub(super) settings: Vec<(Ident, TokenStream)>,
}

/// A value whose type must be known.
pub(super) struct Part {
    pub(super) ty: Type,
    pub(super) value: TokenStream,
}

/// The Redis beside the database.
pub(super) struct Redis {
    /// The word `redis`.
    pub(super) key: Ident,
    /// `RedisOptions`, or another value of its type.
    pub(super) value: TokenStream,
}

impl App {
    /// Finds every mistake in `raw`.
    pub(super) fn check(raw: &Struct, features: Features, errors: &mut Errors) -> Self {
        let entries = raw.entries.as_deref();
        let mut parts = Parts { raw, entries: entries.unwrap_or_default(), errors };
        // Without braces nothing is missing in particular.
        if entries.is_some() {
            parts.check_keys(features);
            parts.require_keys();
        }
        let database = parts.database();
        let mut backends = parts.backends();
        if parts.entry("redis").is_some() && !features.redis {
            // The key has been reported, and there is no `RedisSession` to be found.
            backends.iter_mut().filter(|backend| backend.is_redis).for_each(|backend| backend.parts = None);
        }
        let oauth = parts.oauth();
        Self {
            crate_path: raw.crate_path.clone(),
            attributes: raw.attributes.clone(),
            vis: raw.vis.clone(),
            ident: raw.ident.clone(),
            user: parts.user(),
            database,
            redis: parts.redis(),
            features,
            backends,
            oauth,
            settings: parts.settings(),
        }
    }
}

/// Takes the parts of an app, one key after the other.
struct Parts<'a> {
    raw: &'a Struct,
    entries: &'a [Entry],
    errors: &'a mut Errors,
}

impl<'a> Parts<'a> {
    /// The entry of a key, or else one whose key was meant for it.
    fn entry(&self, key: &str) -> Option<&'a Entry> {
        let mut entries = self.entries.iter().filter(|entry| entry.of.is_some_and(|of| of.name == key));
        entries.clone().find(|entry| entry.is_known()).or_else(|| entries.next())
    }

    fn value(&self, key: &str) -> Option<&'a Value> {
        self.entry(key)?.value.as_ref()
    }

    fn expr(&self, key: &str) -> Option<&'a Expr> {
        match self.value(key)? {
            Value::Expr(expr) => Some(expr),
            Value::Type(_) | Value::Backends(_) | Value::Clients(_) => None,
        }
    }

    /// Unknown keys, duplicates, and those whose feature is off.
    fn check_keys(&mut self, features: Features) {
        for (index, entry) in self.entries.iter().enumerate() {
            let key = &entry.key;
            if !entry.is_known() {
                let unknown = unknown_key(&key.to_string(), &keys::names());
                self.errors.at(key, unknown + &config_hint(&self.raw.ident, key));
            } else if self.entries[..index].iter().any(|first| first.key == *key) {
                self.errors.at(key, format!("`{key}` is given twice: take one of them away"));
            } else if let Some(mistake) = features.mistake(key) {
                self.errors.at(key, mistake);
            }
        }
    }

    /// Keys that must be there and are not.
    fn require_keys(&mut self) {
        for key in &KEYS {
            if let Some(example) = key.required
                && self.entry(key.name).is_none()
            {
                let name = key.name;
                self.errors.at(&self.raw.ident, format!("`{name}` is missing: add `{name}: {example},`"));
            }
        }
    }

    fn user(&self) -> Type {
        let c = &self.raw.crate_path;
        match self.value("user") {
            Some(Value::Type(user)) => (**user).clone(),
            _ => parse_quote!(#c::__private::NoUser),
        }
    }

    /// The database, whose type must be visible.
    fn database(&mut self) -> Part {
        let expr = self.expr("database");
        if let Some(expr) = expr {
            if let Some(ty) = value::ty(expr) {
                return Part { ty, value: value::complete_type(&self.raw.crate_path, expr) };
            }
            self.errors.at(
                expr,
                "this does not name the type of the database: write the type, or call a function of it, as in \
                 `database: Sqlite` or `database: Sqlite::default().connections(8)`",
            );
        }
        let c = &self.raw.crate_path;
        let none: Type = parse_quote!(#c::__private::NoDatabase);
        Part { value: quote!(#none), ty: none }
    }

    fn redis(&self) -> Option<Redis> {
        let entry = self.entry("redis")?;
        let c = &self.raw.crate_path;
        let value = self
            .expr("redis")
            .map_or_else(|| quote!(#c::__private::mistake()), |expr| value::complete(c, expr));
        Some(Redis { key: entry.key.clone(), value })
    }

    fn backends(&mut self) -> Vec<Backend> {
        match (self.entry("backends"), self.value("backends")) {
            (Some(entry), Some(Value::Backends(raw))) => {
                backends::check(&self.raw.crate_path, &entry.key, raw, self.errors)
            }
            _ => Vec::new(),
        }
    }

    fn oauth(&mut self) -> Option<OAuth> {
        let (entry, Value::Clients(raw)) = (self.entry("oauth")?, self.value("oauth")?) else { return None };
        let backends = match self.value("backends") {
            Some(Value::Backends(backends)) => backends.iter().map(|backend| &backend.name).collect(),
            _ => Vec::new(),
        };
        let c = &self.raw.crate_path;
        Some(Clients { c, app: &self.raw.ident, backends, errors: self.errors }.check(&entry.key, raw))
    }

    fn settings(&self) -> Vec<(Ident, TokenStream)> {
        // Hooks within a transaction are for the connection of a database.
        let has_database = self.expr("database").is_some_and(|expr| value::ty(expr).is_some());
        let setters =
            KEYS.iter().filter(|key| key.has_setter && (has_database || key.name != "transaction_hooks"));
        let settings = setters.filter_map(|key| {
            let setter = Ident::new(key.name, self.entry(key.name)?.key.span());
            let value = self.expr(key.name)?;
            Some((
                setter,
                if key.is_completed {
                    value::complete(&self.raw.crate_path, value)
                } else {
                    value.to_token_stream()
                },
            ))
        });
        settings.collect()
    }
}

/// Returns a hint for a key that belongs to the configuration, which an app gets at start.
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
