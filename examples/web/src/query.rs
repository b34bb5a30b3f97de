//! What stands in an address behind its question mark.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query as Parsed};
use axum::http::request::Parts;
use serde::Deserialize;

/// What may stand in an address. What can't be read there does not.
#[derive(Default, Deserialize)]
pub(crate) struct Query {
    /// What has just been done, by the word for a [`Notice`](crate::pages::Notice).
    pub(crate) notice: Option<String>,
    /// Why a sign-in with another service failed, by its code.
    pub(crate) error: Option<String>,
    /// The token that was mailed.
    pub(crate) token: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Parsed::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Parsed(query)| query))
    }
}
