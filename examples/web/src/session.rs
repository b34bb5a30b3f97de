//! Who asks for a page.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum_users::manager::Authenticated;
use axum_users::prelude::*;

use crate::failure::Failure;
use crate::{Site, User};

/// Someone who is signed in. Who is not is led to where that can be done.
pub(crate) struct SignedIn(pub(crate) Authenticated<User>);

impl FromRequestParts<Site> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let signed_in = <Self as OptionalFromRequestParts<Site>>::from_request_parts(parts, site).await?;
        signed_in.ok_or(Failure::SignedOut)
    }
}

impl OptionalFromRequestParts<Site> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Option<Self>, Failure> {
        Ok(Manager::for_code(site.web.clone()).authenticate_request(parts).await?.map(Self))
    }
}
