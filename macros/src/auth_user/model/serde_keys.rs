//! `#[serde(…)]` on a field of the app's own. What is sent is read without a derive of serde's, so
//! what concerns reading is understood here; the rest is handed on to the schema that is written.

use proc_macro2::Ident;
use syn::{LitStr, Path, parse_quote};

use super::default::Default;
use super::values;
use crate::errors::Errors;
use crate::keys::{Key, Value};
use crate::suggestion::unknown_key;

/// What the schemas understand.
const KNOWN: [&str; 9] = [
    "rename",
    "alias",
    "default",
    "with",
    "deserialize_with",
    "serialize_with",
    "skip_serializing_if",
    "skip_serializing",
    "bound",
];

/// What they say of one field.
#[derive(Default)]
pub(in super::super) struct SerdeKeys {
    /// The name in answers.
    pub(in super::super) written_as: Option<LitStr>,
    /// The name in what is sent.
    pub(in super::super) read_as: Option<LitStr>,
    pub(in super::super) aliases: Vec<LitStr>,
    pub(super) default: Option<Default>,
    /// The function that reads the value.
    pub(in super::super) deserialize_with: Option<Path>,
    /// Whether serde's own way of writing the value is not to be used.
    pub(in super::super) is_written_by_hand: bool,
    /// Whether an answer may be without it.
    pub(in super::super) may_be_left_out: bool,
    /// Whether no answer has it, or none under its name.
    pub(in super::super) is_hidden: bool,
}

impl SerdeKeys {
    /// `is_set` says whether anything that is sent sets the field.
    pub(super) fn check(keys: &[Key], is_set: bool, errors: &mut Errors) -> Self {
        let mut serde = Self::default();
        for key in values::once(keys, &["alias", "bound"], errors) {
            serde.take(key, is_set, errors);
        }
        serde
    }

    fn take(&mut self, key: &Key, is_set: bool, errors: &mut Errors) {
        let name = key.name.to_string();
        match name.as_str() {
            "rename" => self.rename(key, errors),
            "alias" => self.aliases.extend(values::string(key, "name", errors).cloned()),
            "default" if matches!(key.value, Value::None) => self.default = Some(Default::OfType),
            "default" => {
                self.default = values::in_string(key, "path::to::function", errors).map(Default::Function)
            }
            "with" => {
                self.is_written_by_hand = true;
                self.read_with(
                    key,
                    values::in_string(key, "path::to::module", errors)
                        .map(|module: Path| parse_quote!(#module::deserialize)),
                    errors,
                );
            }
            "deserialize_with" => {
                self.read_with(key, values::in_string(key, "path::to::function", errors), errors)
            }
            "serialize_with" => self.is_written_by_hand = true,
            "skip_serializing" => (self.is_written_by_hand, self.is_hidden) = (true, true),
            "flatten" if is_set => {
                errors.at(key, "`flatten` can't be told apart from the other fields that are sent: give the field a name of its own");
            }
            "skip" | "skip_deserializing" if is_set => errors.at(
                key,
                format!("`{name}` says that nobody sends this field: take it away, or `create` and `update`"),
            ),
            // For the schema that is written, as they stand there.
            "skip_serializing_if" => self.may_be_left_out = true,
            "flatten" | "skip" => self.is_hidden = true,
            "bound" | "getter" | "skip_deserializing" => {}
            _ => errors.at(key, unknown_key(&name, &KNOWN)),
        }
    }

    fn read_with(&mut self, key: &Key, function: Option<Path>, errors: &mut Errors) {
        if self.deserialize_with.is_some() {
            errors.at(
                key,
                "`with` and `deserialize_with` both say how the field is read: take one of them away",
            );
        }
        self.deserialize_with = function.or_else(|| self.deserialize_with.take());
    }

    /// `rename = "…"` or `rename(serialize = "…", deserialize = "…")`.
    fn rename(&mut self, key: &Key, errors: &mut Errors) {
        let Value::List(inner) = &key.value else {
            let name = values::string(key, "name", errors).cloned();
            (self.written_as, self.read_as) = (name.clone(), name);
            return;
        };
        if inner.is_empty() {
            errors.at(
                key,
                "write `rename = \"name\"`, or `rename(serialize = \"name\", deserialize = \"name\")`",
            );
        }
        for key in values::once(inner, &[], errors) {
            if key.is("serialize") {
                self.written_as = values::string(key, "name", errors).cloned();
            } else if key.is("deserialize") {
                self.read_as = values::string(key, "name", errors).cloned();
            } else {
                errors.at(key, unknown_key(&key.name.to_string(), &["serialize", "deserialize"]));
            }
        }
    }

    /// The name of the field `ident` in answers.
    pub(in super::super) fn name_written(&self, ident: &Ident) -> String {
        name(self.written_as.as_ref(), ident)
    }

    /// The name of the field `ident` in what is sent.
    pub(in super::super) fn name_read(&self, ident: &Ident) -> String {
        name(self.read_as.as_ref(), ident)
    }
}

fn name(renamed: Option<&LitStr>, ident: &Ident) -> String {
    use syn::ext::IdentExt as _;

    renamed.map_or_else(|| ident.unraw().to_string(), LitStr::value)
}
