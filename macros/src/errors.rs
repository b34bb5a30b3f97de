//! Collects mistakes, so that all of them are reported at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds a mistake that another parser found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds a mistake on the user's `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// The value, or the mistake that it was parsed with.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Checks one part of the input. Returns the result, and whether the part has no mistakes: a mistake costs the
    /// expansion of its own part only.
    pub(crate) fn part<T>(&mut self, check: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let mut found = Self::default();
        let value = check(&mut found);
        let is_right = found.0.is_none();
        if let Some(error) = found.0 {
            self.push(error);
        }
        (value, is_right)
    }

    /// `value`, unless there were mistakes.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, syn::Error> {
        self.0.map_or(Ok(value), Err)
    }
}

impl ToTokens for Errors {
    /// A `compile_error!` for each mistake.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.as_ref().map(syn::Error::to_compile_error));
    }
}
