//! Forms: what was typed, read into what can't be wrong, or what is wrong with it.

use axum::extract::{Form, FromRequest, Request};
use axum_users::prelude::*;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// The body of a form that was sent.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let Form(typed) = Form::from_request(request, state).await?;
        Ok(Self(typed))
    }
}

/// What is wrong with a form: each mistake by its field, in the order of the fields on the page.
#[derive(Default)]
pub(crate) struct Mistakes(Vec<(&'static str, String)>);

impl Mistakes {
    /// What is wrong with one field.
    pub(crate) fn one(field: &'static str, mistake: impl Into<String>) -> Self {
        Self(vec![(field, mistake.into())])
    }

    /// What was read from a field, or `None` and its mistake.
    pub(crate) fn read<T>(&mut self, field: &'static str, value: Result<T, &str>) -> Option<T> {
        value.map_err(|mistake| self.0.push((field, mistake.to_owned()))).ok()
    }

    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, mistake)| &**mistake)
    }

    /// Whether this is the field that a browser should go to.
    pub(crate) fn is_first(&self, field: &str) -> bool {
        self.0.first().is_some_and(|(name, _)| *name == field)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An address.
pub(crate) fn email(typed: &str) -> Result<Email, &'static str> {
    if typed.trim().is_empty() {
        return Err("Enter your e-mail address");
    }
    typed.parse().map_err(|_| "Enter an e-mail address, like arthur@camelot.bt")
}

/// A password that is there; which ones may be is the app's to say.
pub(crate) fn password(typed: Password, missing: &'static str) -> Result<Password, &'static str> {
    if typed.is_empty() { Err(missing) } else { Ok(typed) }
}

const NAME_CHARS: usize = 60;

/// A name, or none where nothing was typed.
pub(crate) fn name(typed: &str) -> Result<Option<String>, &'static str> {
    let name = typed.trim();
    if name.chars().count() > NAME_CHARS {
        return Err("A name has 60 characters at most");
    }
    if name.chars().any(char::is_control) {
        return Err("A name is a line of letters");
    }
    Ok(Some(name.to_owned()).filter(|name| !name.is_empty()))
}
