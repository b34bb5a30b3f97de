//! Providers that keep to the rules, and others.

mod discovery;
mod fetches;
mod id_tokens;
mod key_sets;
mod keys;
mod pair;
mod provider;

use self::pair::Pair;
use self::provider::{Answer, Provider};
use super::Place;
use crate::clock::Timestamp;

const NOW: Timestamp = Timestamp::from_micros(1_714_564_800_000_000);

/// A provider whose metadata is under its issuer.
fn at(issuer: &str) -> Place<'_> {
    Place { issuer, discovery_url: None }
}
