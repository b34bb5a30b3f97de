//! Schemas: how a JSON object becomes a typed value, with every mistake in it found at once.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value};

use super::Email;
use crate::error::FieldError;
use crate::secret::Password;

/// The three flags of a user, where they are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Whether the user may sign in at all.
    pub is_active: Option<bool>,
    /// Whether the user may manage the others.
    pub is_superuser: Option<bool>,
    /// Whether the user has proven to own the address.
    pub is_verified: Option<bool>,
}

/// A body that is read field by field, so that one answer names every mistake in it.
pub trait Schema: Sized + Send + Sync + 'static {
    /// Takes the schema's fields. `None` when one is wrong; `fields` then holds the mistakes.
    fn parse(fields: &mut Fields) -> Option<Self>;

    /// Rules beyond the types, such as those of a `garde` attribute.
    ///
    /// # Errors
    ///
    /// Every rule that does not hold.
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        Ok(())
    }
}

/// What a registration sends.
pub trait CreateSchema: Schema {
    /// The address.
    fn email(&self) -> &Email;
    /// The password.
    fn password(&self) -> &Password;
    /// The flags, where they are given.
    fn flags(&self) -> Flags;
    /// Without what only a superuser, or the app's own code, may set.
    #[must_use]
    fn restrict(self) -> Self;
}

/// A registration that needs an email and a password only. `#[derive(AuthUser)]` implements it for a user whose own fields are
/// optional at registration or have a default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has required fields besides email and password",
    label = "it can't be made of an email and a password",
    note = "create the superuser with all fields: `manager.create(User::create(email, password, …).superuser().verified())`"
)]
pub trait FromCredentials: CreateSchema {
    /// A verified superuser.
    fn superuser(email: Email, password: Password) -> Self;
}

/// The passwords that a change sends.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Passwords {
    /// The new one.
    pub new: Option<Password>,
    /// The one that the user has so far; `Policy::strict()` asks for it.
    pub current: Option<Password>,
}

/// What a change sends. It serializes to what was sent, without passwords.
pub trait UpdateSchema: Schema + Serialize {
    /// The new address.
    fn email(&self) -> Option<&Email>;
    /// Takes the passwords out: what is left may be shown to hooks.
    fn take_passwords(&mut self) -> Passwords;
    /// The flags, where they are given.
    fn flags(&self) -> Flags;
    /// Without what only a superuser may set.
    #[must_use]
    fn restrict(self) -> Self;
}

/// The fields of a JSON object, and the mistakes found in them so far.
#[derive(Debug)]
pub struct Fields {
    object: Map<String, Value>,
    errors: Vec<FieldError>,
    has_reserved_domains: bool,
}

impl Fields {
    /// The fields of `object`.
    #[must_use]
    pub fn new(object: Map<String, Value>) -> Self {
        Self { object, errors: Vec::new(), has_reserved_domains: false }
    }

    /// Has [`email`](Self::email) accept emails at reserved domains, where a policy allows them.
    #[must_use]
    pub fn with_reserved_domains(mut self, accepted: bool) -> Self {
        self.has_reserved_domains = accepted;
        self
    }

    /// The mistakes found.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// Notes a mistake.
    pub fn refuse(&mut self, mistake: FieldError) {
        self.errors.push(mistake);
    }

    /// A field that must be there.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.required_with(name, T::deserialize)
    }

    /// An email that must be there.
    pub fn email(&mut self, name: &str) -> Option<Email> {
        let read = self.email_reader();
        self.required_with(name, read)
    }

    /// An email that may be left out: `None` within `Some` then.
    pub fn optional_email(&mut self, name: &str) -> Option<Option<Email>> {
        let read = self.email_reader();
        self.optional_with(name, read)
    }

    fn email_reader(&self) -> fn(Value) -> serde_json::Result<Email> {
        if self.has_reserved_domains {
            |value| {
                let text = String::deserialize(value)?;
                Email::parse_with_reserved_domains(&text).map_err(serde_json::Error::custom)
            }
        } else {
            |value| Email::deserialize(value)
        }
    }

    /// A text that must be there and is never stored: it may hold every character.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.object.remove(name) {
            Some(Value::String(text)) => Some(text),
            Some(value) => {
                self.object.insert(name.to_owned(), value);
                self.required(name)
            }
            None => {
                self.errors.push(FieldError::missing(name));
                None
            }
        }
    }

    /// A field that may be left out: `None` within `Some` then.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<Option<T>> {
        self.optional_with(name, T::deserialize)
    }

    /// A field that has a default.
    pub fn or_else<T: DeserializeOwned>(&mut self, name: &str, default: impl FnOnce() -> T) -> Option<T> {
        self.optional(name).map(|value| value.unwrap_or_else(default))
    }

    /// A field that may be left out or null, which is the same.
    pub fn nullable<T: DeserializeOwned>(&mut self, name: &str) -> Option<Option<T>> {
        self.optional::<Option<T>>(name).map(Option::flatten)
    }

    /// [`required`](Self::required), read by a function as `#[serde(deserialize_with)]` names it.
    pub fn required_with<T>(
        &mut self,
        name: &str,
        deserialize: impl FnOnce(Value) -> serde_json::Result<T>,
    ) -> Option<T> {
        let value = self.optional_with(name, deserialize)?;
        if value.is_none() {
            self.errors.push(FieldError::missing(name));
        }
        value
    }

    /// [`optional`](Self::optional), read by a function as `#[serde(deserialize_with)]` names it.
    pub fn optional_with<T>(
        &mut self,
        name: &str,
        deserialize: impl FnOnce(Value) -> serde_json::Result<T>,
    ) -> Option<Option<T>> {
        let Some(value) = self.object.remove(name) else { return Some(None) };
        if !PASSWORDS.contains(&name) && holds_nul(&value) {
            self.errors.push(FieldError::value(name, "a NUL character can't be stored"));
            return None;
        }
        match deserialize(value) {
            Ok(value) => Some(Some(value)),
            Err(error) => {
                self.errors.push(FieldError::from_serde(name, &error.to_string()));
                None
            }
        }
    }

    /// [`or_else`](Self::or_else), read by a function as `#[serde(deserialize_with)]` names it.
    pub fn or_else_with<T>(
        &mut self,
        name: &str,
        deserialize: impl FnOnce(Value) -> serde_json::Result<T>,
        default: impl FnOnce() -> T,
    ) -> Option<T> {
        self.optional_with(name, deserialize).map(|value| value.unwrap_or_else(default))
    }

    /// Gives `name` the value of `alias`, where only the alias was sent.
    pub fn alias(&mut self, name: &str, alias: &str) {
        if !self.object.contains_key(name)
            && let Some(value) = self.object.remove(alias)
        {
            self.object.insert(name.to_owned(), value);
        }
    }
}

/// The fields that are hashed, never stored: they hold every character.
const PASSWORDS: [&str; 2] = ["password", "current_password"];

/// PostgreSQL's text holds every character but this one.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(object) => object.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
