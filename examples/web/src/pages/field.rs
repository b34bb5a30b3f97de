//! A field of a form: its label, its hint, and what is wrong with it, tied together for those who can't see that.

use maud::{Markup, html};

use crate::form::Mistakes;

/// A field of a form. Its name is its id, and so the only one of a page.
pub(crate) struct Field<'a> {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: Option<&'a str>,
    hint: Option<&'static str>,
    is_required: bool,
}

impl<'a> Field<'a> {
    pub(crate) fn email(name: &'static str, label: &'static str, value: &'a str) -> Self {
        Self {
            name,
            label,
            kind: "email",
            autocomplete: "email",
            value: Some(value),
            hint: None,
            is_required: true,
        }
    }

    /// The address that goes with a password.
    pub(crate) fn username(name: &'static str, value: &'a str) -> Self {
        Self { autocomplete: "username", ..Self::email(name, "E-mail address", value) }
    }

    /// A field that may stay empty.
    pub(crate) fn name(name: &'static str, label: &'static str, value: &'a str) -> Self {
        Self { kind: "text", autocomplete: "name", is_required: false, ..Self::email(name, label, value) }
    }

    /// The password that the user has. What was typed is never sent back.
    pub(crate) fn current_password(name: &'static str, label: &'static str) -> Self {
        Self {
            kind: "password",
            autocomplete: "current-password",
            value: None,
            ..Self::email(name, label, "")
        }
    }

    /// One that the user is to have.
    pub(crate) fn new_password(name: &'static str, label: &'static str) -> Self {
        let hint = Some("At least 8 characters. A few words are easier to keep in mind.");
        Self { autocomplete: "new-password", hint, ..Self::current_password(name, label) }
    }

    pub(crate) fn show(&self, mistakes: &Mistakes) -> Markup {
        let mistake = mistakes.of(self.name);
        let [hint_id, mistake_id] = ["hint", "mistake"].map(|part| format!("{}-{part}", self.name));
        let described_by = match (self.hint, mistake) {
            (None, None) => None,
            (Some(_), None) => Some(hint_id.clone()),
            (None, Some(_)) => Some(mistake_id.clone()),
            (Some(_), Some(_)) => Some(format!("{mistake_id} {hint_id}")),
        };
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint {
                    p.hint id=(hint_id) { (hint) }
                }
                @if let Some(mistake) = mistake {
                    p.mistake id=(mistake_id) role="alert" { (mistake) }
                }
                input
                    id=(self.name)
                    name=(self.name)
                    type=(self.kind)
                    autocomplete=(self.autocomplete)
                    value=[self.value]
                    required[self.is_required]
                    aria-invalid=[mistake.map(|_| "true")]
                    aria-describedby=[described_by]
                    autofocus[mistakes.is_first(self.name)];
            }
        }
    }
}
