//! The contract of DESIGN's section "On the wire", row by row.

mod algorithms;
mod backends;
mod bodies;
mod cast;
mod chronicler;
mod claims;
mod cookies;
mod cross_site;
mod events;
mod expiry;
mod extractors;
mod from_code;
mod headers;
mod integer_ids;
mod login;
mod logout;
mod me;
mod migrations;
mod register;
mod reset_password;
mod strict;
mod tenants;
mod transaction_hooks;
mod users;
mod verify;
mod wire;
