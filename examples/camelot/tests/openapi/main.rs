//! The example's document in OpenAPI: what it says, who reads it, and that it is true.

mod common;
mod document;
mod original;
mod page;
mod schemathesis;
mod typescript;
