//! `oauth: { google: Google => cookie }`

use proc_macro2::{Ident, TokenStream};

use super::super::keys::is_config_field;
use super::super::names::config_ident;
use super::super::parse::Client as Raw;
use super::super::value;
use super::name_rules::{check_name, is_word_of_rust};
use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::suggestion::nearest;

/// The services that users sign in with.
pub(in super::super) struct OAuth {
    /// The word `oauth`.
    pub(in super::super) key: Ident,
    pub(in super::super) clients: Vec<Client>,
}

/// A client of such a service.
pub(in super::super) struct Client {
    pub(in super::super) name: Ident,
    /// `None` where it can't be read.
    pub(in super::super) value: Option<TokenStream>,
    /// Where its users sign in: those of the backends that exist.
    pub(in super::super) backends: Vec<Ident>,
}

/// Checks the clients of `app`. Those whose names can't be fields of its configuration are left out.
pub(super) struct Clients<'a> {
    pub(super) c: &'a CratePath,
    pub(super) app: &'a Ident,
    /// The names of the backends as they are written.
    pub(super) backends: Vec<&'a Ident>,
    pub(super) errors: &'a mut Errors,
}

impl Clients<'_> {
    pub(super) fn check(mut self, key: &Ident, raw: &[Raw]) -> OAuth {
        if raw.is_empty() {
            self.errors.at(
                key,
                "there is no client: write `oauth: { google: Google => cookie }`, or take `oauth` away",
            );
        }
        let mut clients: Vec<Client> = Vec::new();
        for (index, client) in raw.iter().enumerate() {
            let name = self.name(client, &raw[..index]);
            let value = client.value.as_ref().map(|(value, _)| value::complete(self.c, value));
            let backends = client.value.as_ref().map(|(_, backends)| self.backends(&client.name, backends));
            let backends = backends.unwrap_or_default();
            let is_taken = |name: &Ident| clients.iter().any(|first| first.name == *name);
            if let Some(name) = name.filter(|name| !is_taken(name)) {
                clients.push(Client { name, value, backends });
            }
        }
        OAuth { key: key.clone(), clients }
    }

    /// The name of a client, if a field of the app's configuration can have it.
    fn name(&mut self, client: &Raw, before: &[Raw]) -> Option<Ident> {
        let name = &client.name;
        // Without a value, it may not be meant as a name.
        if client.value.is_none() {
            let known = check_name("client", "google", name, &mut Errors::default());
            return known.filter(|name| self.mistake(name, before).is_none());
        }
        let known = check_name("client", "google", name, self.errors);
        if let Some(mistake) = self.mistake(name, before) {
            self.errors.at(name, mistake);
            return None;
        }
        known.filter(|name| self.mistake(name, &[]).is_none())
    }

    /// Why no client can have this name beside the clients `before` it.
    fn mistake(&self, name: &Ident, before: &[Raw]) -> Option<String> {
        if before.iter().any(|first| first.name == *name) {
            Some(format!("there is a client `{name}` already: give this one another name"))
        } else if self.backends.contains(&name) {
            Some(format!("there is a backend `{name}` already: give this client another name"))
        } else if is_config_field(name) {
            let config = config_ident(self.app);
            Some(format!(
                "`{config}` has a field `{name}` of its own, and gets one for each client: give this one another name"
            ))
        } else if is_word_of_rust(name) {
            Some(format!("`{name}` is a word of Rust's own, and no field: give this client another name"))
        } else {
            None
        }
    }

    /// The backends of the client `name` that exist.
    fn backends(&mut self, name: &Ident, backends: &[Ident]) -> Vec<Ident> {
        if backends.is_empty() {
            self.errors
                .at(name, format!("`{name}` signs in nowhere: name a backend, as in `{name}: … => cookie`"));
        }
        let known = self.backends.iter().map(ToString::to_string).collect::<Vec<_>>();
        let known = known.iter().map(String::as_str).collect::<Vec<_>>();
        let mut right: Vec<Ident> = Vec::new();
        for backend in backends {
            let text = backend.to_string();
            if right.contains(backend) {
                self.errors
                    .at(backend, format!("`{name}` signs in at `{backend}` already: take one of them away"));
            } else if known.contains(&&*text) {
                right.push(backend.clone());
            } else if !known.is_empty() {
                let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let hint = nearest(&text, &known)
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                self.errors.at(backend, format!("there is no backend `{backend}`: there is {list}{hint}"));
            }
        }
        right
    }
}
