//! The macros where names are scarce. That this crate compiles is the test.
#![deny(missing_docs, missing_debug_implementations, unused, unreachable_pub, clippy::all)]

pub mod created;
pub mod function_body;
pub mod generic;
pub mod no_prelude;
pub mod own_types;
pub mod shadowed;
