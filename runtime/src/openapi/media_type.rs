//! Media types of bodies.

/// The media type of JSON.
pub(super) const JSON: &str = "application/json";
