//! Users by the million, a few of whom have a password that is known.

use crate::http::{Answer, Request};
use crate::subject::{Backend, Subject};

/// The password of those few.
pub(super) const PASSWORD: &str = "guinevere-of-camelot";
/// Who registers first, and whose hash the few have.
pub(super) const FIRST: &str = "arthur@camelot.bt";
/// How many they are.
const CHOSEN: u64 = 300;

/// So many users, numbered from one.
#[derive(Clone, Copy)]
pub(super) struct Crowd(pub(super) u64);

impl Crowd {
    /// Every user with a number that this divides has the known password.
    pub(super) fn step(self) -> u64 {
        self.0.div_ceil(CHOSEN)
    }

    /// How many tokens are marked as ended: one in ten users signed out or changed the password of late.
    pub(super) fn ended_tokens(self) -> u64 {
        (self.0 / 10).max(1000)
    }

    /// The addresses of those who have it, from among the first to the last.
    pub(super) fn chosen(self) -> impl Iterator<Item = String> {
        (1..=self.0 / self.step()).map(move |n| email(&(n * self.step()).to_string()))
    }

    pub(super) fn sign_ins(self, backend: Backend) -> Vec<Request> {
        self.chosen().map(|email| Subject::Camelot.sign_in(backend, &email, PASSWORD)).collect()
    }
}

/// The address of the user with this number.
pub(super) fn email(number: &str) -> String {
    format!("knight-{number}@camelot.bt")
}

/// What those who were answered so when they signed in send to see themselves.
pub(super) fn looks(backend: Backend, signed_in: &[Answer]) -> anyhow::Result<Vec<Request>> {
    signed_in.iter().map(|answer| Subject::Camelot.me(backend, answer)).collect()
}

/// The hash of a password that nobody knows, as long as `known`.
pub(super) fn hash_of_strangers(known: &str) -> String {
    const DIGEST: usize = 43;
    let (parameters, _) = known.split_at(known.len() - DIGEST);
    format!("{parameters}{}", "A".repeat(DIGEST))
}
