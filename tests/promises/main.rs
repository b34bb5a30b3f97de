//! The promises on security, each with its test.

mod addresses;
mod breached;
mod common;
mod cookies;
mod cross_site;
mod enumeration;
mod forge;
mod generations;
mod hang_up;
mod hashing;
mod jwt;
mod key_pair;
mod keys;
mod leaks;
mod limits;
mod log_floods;
mod metrics;
mod once;
mod purposes;
mod revocation;
mod rights;
mod secrets;
mod store_calls;
mod stored_hashes;
mod told;
mod unverified;
