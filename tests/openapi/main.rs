//! The document of the routes: what stands in it, and that it is true.

mod common;
mod extractors;
mod mounted;
mod places;
mod policies;
mod schemas;
