//! The promises on security, each with its test.

mod addresses;
mod common;
mod cookies;
mod enumeration;
mod hang_up;
mod hashing;
mod jwt;
mod keys;
mod leaks;
mod once;
mod purposes;
mod revocation;
mod secrets;
