//! F71: what each client makes of what its provider answers, by the documentation, and of what it should not answer.

mod apple;
mod github;
mod odd;
mod openid;
mod profiles;
mod providers;
mod revocation;
mod service;
mod tokens;
mod userinfo;
mod visit;

/// The address that most accounts have.
const ARTHUR: &str = "arthur@camelot.example";

/// A provider's answer, from a file of its own.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/", $name, ".json"))
    };
}

use fixture;
