//! What a route is, so that none is mounted without a name for it.

use axum::routing::MethodFilter;

use crate::backend::BackendName;
#[cfg(feature = "oauth")]
use crate::oauth::ClientName;

/// What a route is. Each has one method.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "openapi"), expect(dead_code, reason = "its parts are for documents"))]
pub(crate) enum Endpoint {
    Login(BackendName),
    Logout(BackendName),
    Register,
    ForgotPassword,
    ResetPassword,
    RequestVerifyToken,
    Verify,
    ConfirmEmail,
    CurrentUser,
    PatchCurrentUser,
    /// `me`, taken for an id.
    DeleteMe,
    User,
    PatchUser,
    DeleteUser,
    #[cfg(feature = "oauth")]
    Authorize(ClientName, BackendName),
    #[cfg(feature = "oauth")]
    Callback(ClientName, BackendName),
    #[cfg(feature = "oauth")]
    PostedCallback(ClientName, BackendName),
    #[cfg(feature = "oauth")]
    AssociateAuthorize(ClientName),
    #[cfg(feature = "oauth")]
    AssociateCallback(ClientName),
    #[cfg(feature = "oauth")]
    PostedAssociateCallback(ClientName),
    #[cfg(feature = "oauth")]
    OAuthAccounts,
    #[cfg(feature = "oauth")]
    UnlinkOAuthAccount,
}

impl Endpoint {
    /// The method that it answers.
    pub(crate) fn method(self) -> MethodFilter {
        match self {
            Self::Login(_)
            | Self::Logout(_)
            | Self::Register
            | Self::ForgotPassword
            | Self::ResetPassword
            | Self::RequestVerifyToken
            | Self::Verify
            | Self::ConfirmEmail => MethodFilter::POST,
            Self::CurrentUser | Self::User => MethodFilter::GET,
            Self::PatchCurrentUser | Self::PatchUser => MethodFilter::PATCH,
            Self::DeleteMe | Self::DeleteUser => MethodFilter::DELETE,
            #[cfg(feature = "oauth")]
            Self::PostedCallback(..) | Self::PostedAssociateCallback(_) => MethodFilter::POST,
            #[cfg(feature = "oauth")]
            Self::UnlinkOAuthAccount => MethodFilter::DELETE,
            #[cfg(feature = "oauth")]
            Self::Authorize(..)
            | Self::Callback(..)
            | Self::AssociateAuthorize(_)
            | Self::AssociateCallback(_)
            | Self::OAuthAccounts => MethodFilter::GET,
        }
    }
}
