//! Signing out.

use axum::response::Response;
use axum_users::prelude::*;

use super::Notice;
use crate::Web;
use crate::answer::lead_on;
use crate::failure::Failure;
use crate::session::SignedIn;

pub(crate) async fn submit(manager: Manager<Web>, SignedIn(session): SignedIn) -> Result<Response, Failure> {
    manager.sign_out(&session).await?;
    let response = manager.logout_response(session.backend)?;
    Ok(lead_on(&Notice::SignedOut.at("/sign-in"), &response))
}
