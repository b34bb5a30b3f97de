//! Signing in with other services, over real HTTP: a browser, the app, and a provider that is told how to behave.
//!
//! What is named by a letter and a number is an attack that this crate withstands: each has its test here.

mod accounts;
mod addresses;
mod browser;
mod common;
mod forged_lines;
mod intent;
mod issuer;
mod leaks;
mod limits;
mod linked;
mod network;
mod once;
mod own_client;
mod pkce;
mod policy;
mod prehijacking;
mod provider_faults;
mod recent_login;
mod renewals;
mod renewals_at_once;
mod rights;
mod shown;
mod sign_in;
mod start;
mod state;
mod state_keys;
mod stored_tokens;
mod tenants;
mod testing;
mod vouching;
