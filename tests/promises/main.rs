//! The promises on security, each with its test.

mod addresses;
mod common;
mod cookies;
mod enumeration;
mod hashing;
mod jwt;
mod leaks;
mod once;
mod purposes;
mod revocation;
mod secrets;
