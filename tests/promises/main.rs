//! The promises on security, each with its test.

mod addresses;
mod common;
mod cookies;
mod cross_site;
mod enumeration;
mod forge;
mod hang_up;
mod hashing;
mod jwt;
mod key_pair;
mod keys;
mod leaks;
mod metrics;
mod once;
mod purposes;
mod revocation;
mod secrets;
mod told;
