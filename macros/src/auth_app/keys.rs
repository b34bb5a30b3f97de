//! The keys of `auth_app!`, and the secrets that every app's configuration has.

use proc_macro2::Ident;

use crate::suggestion::nearest;

/// A key of `auth_app!`.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    /// An example of the value, if an app must have one.
    pub(super) required: Option<&'static str>,
    /// `true` if the app's configuration has a field of this name.
    pub(super) has_config_field: bool,
    /// `true` if `Builder` has a setter of this name, which takes the value.
    pub(super) has_setter: bool,
    /// `true` if the setter takes settings, which [`complete`](super::value::complete) makes of a type or a struct literal.
    pub(super) is_completed: bool,
}

/// The form of a key's value.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Type,
    Expr,
    Backends,
    Clients,
}

/// All keys, in the order in which an app is best written.
pub(super) const KEYS: [Key; 13] = [
    Key { required: Some("User"), ..Key::new("user", Takes::Type) },
    Key::setting("hooks"),
    Key::setting("transaction_hooks"),
    Key { required: Some("Sqlite"), has_config_field: true, ..Key::new("database", Takes::Expr) },
    Key { has_config_field: true, ..Key::new("redis", Takes::Expr) },
    Key {
        required: Some("{ jwt: Bearer + Jwt { lifetime: HOUR } }"),
        ..Key::new("backends", Takes::Backends)
    },
    Key { has_config_field: true, ..Key::new("oauth", Takes::Clients) },
    Key { is_completed: true, ..Key::setting("policy") },
    Key { is_completed: true, ..Key::setting("limits") },
    Key::setting("compat"),
    Key { is_completed: true, ..Key::setting("hasher") },
    Key { is_completed: true, ..Key::setting("breached_passwords") },
    Key::setting("clock"),
];

/// The secrets in an app's configuration, each with its documentation.
pub(super) const SECRETS: [(&str, &str); 3] = [
    ("secret", " Signs the sessions."),
    ("reset_password_token_secret", " Signs the tokens that reset passwords."),
    ("verification_token_secret", " Signs the tokens that verify addresses."),
];

impl Key {
    const fn new(name: &'static str, takes: Takes) -> Self {
        Self { name, takes, required: None, has_config_field: false, has_setter: false, is_completed: false }
    }

    /// A value that a setter takes.
    const fn setting(name: &'static str) -> Self {
        Self { has_setter: true, ..Self::new(name, Takes::Expr) }
    }

    /// Returns the key of this name.
    pub(super) fn of(name: &Ident) -> Option<&'static Self> {
        KEYS.iter().find(|key| name == key.name)
    }

    /// Returns the key that an unknown name was meant for, if it is near to one.
    pub(super) fn nearest(name: &Ident) -> Option<&'static Self> {
        let nearest = nearest(&name.to_string(), &names())?;
        KEYS.iter().find(|key| key.name == nearest)
    }
}

/// Returns the names of all keys.
pub(super) fn names() -> [&'static str; KEYS.len()] {
    KEYS.each_ref().map(|key| key.name)
}

/// Returns whether every app's configuration has a field of this name, or may have.
pub(super) fn is_config_field(name: &Ident) -> bool {
    KEYS.iter().any(|key| key.has_config_field && name == key.name)
        || SECRETS.iter().any(|(secret, _)| name == secret)
}
