//! Providers that keep to the rules, and others.

mod discovery;
mod id_tokens;
mod key_sets;
mod pair;
mod provider;

use self::pair::Pair;
use self::provider::{Answer, Provider};
use crate::clock::Timestamp;

const NOW: Timestamp = Timestamp::from_micros(1_714_564_800_000_000);
