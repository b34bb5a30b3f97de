//! Why a request was refused: for each refusal its code, its status, the reason for the log, and its meaning.

use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;

use super::{InvalidPassword, Reauthentication};
use crate::event::Reason;

/// Declares the refusals. A line is `Name = "CODE", STATUS, Reason;`. Without a code, the response's detail is the status in
/// words. Without a reason, the refusal is logged where it is found, where more is known than a client may learn.
macro_rules! refusals {
    ($(#[$attribute:meta])* $vis:vis enum $refusal:ident {
        $(#[doc = $meaning:literal] $name:ident $(($payload:ty))? = $($code:literal,)? $status:ident $(, $reason:ident)?;)+
    }) => {
        $(#[$attribute])*
        $vis enum $refusal {
            $(#[doc = $meaning] $name $(($payload))?,)+
        }

        impl $refusal {
            /// Returns the code in the response's `detail`. The names are those of FastAPI Users, and this crate's own where
            /// it goes further.
            #[must_use]
            pub const fn code(&self) -> Option<&'static str> {
                match self {
                    $(Self::$name { .. } => optional!($($code)?),)+
                }
            }

            /// Returns the status of the response.
            #[must_use]
            pub const fn status(&self) -> StatusCode {
                match self {
                    $(Self::$name { .. } => StatusCode::$status,)+
                }
            }

            /// Returns the reason for the log.
            #[must_use]
            pub const fn reason(&self) -> Option<Reason> {
                match self {
                    $(Self::$name { .. } => optional!($(Reason::$reason)?),)+
                }
            }

            /// Returns what the refusal means, in a sentence.
            #[must_use]
            pub const fn meaning(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $meaning.trim_ascii(),)+
                }
            }
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

refusals! {
    /// Why a request was refused. Each variant has its code, its status, its reason for the log and its meaning on one line.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum Refusal {
        /// Unknown user, wrong password, or inactive user.
        LoginBadCredentials = "LOGIN_BAD_CREDENTIALS", BAD_REQUEST;
        /// The backend requires a verified user.
        LoginUserNotVerified = "LOGIN_USER_NOT_VERIFIED", BAD_REQUEST;
        /// The email belongs to another user.
        RegisterUserAlreadyExists = "REGISTER_USER_ALREADY_EXISTS", BAD_REQUEST, EmailTaken;
        /// The password breaks a rule.
        RegisterInvalidPassword(InvalidPassword) = "REGISTER_INVALID_PASSWORD", BAD_REQUEST, InvalidPassword;
        /// The policy does not allow this registration.
        RegisterNotAllowed = "REGISTER_NOT_ALLOWED", FORBIDDEN, NotAdmitted;
        /// The reset token is invalid, has expired or was used.
        ResetPasswordBadToken = "RESET_PASSWORD_BAD_TOKEN", BAD_REQUEST;
        /// The password breaks a rule.
        ResetPasswordInvalidPassword(InvalidPassword) = "RESET_PASSWORD_INVALID_PASSWORD", BAD_REQUEST, InvalidPassword;
        /// The verification token is invalid, has expired or was used.
        VerifyUserBadToken = "VERIFY_USER_BAD_TOKEN", BAD_REQUEST;
        /// The user is already verified.
        VerifyUserAlreadyVerified = "VERIFY_USER_ALREADY_VERIFIED", BAD_REQUEST, AlreadyVerified;
        /// `Policy::strict()`: the password is missing or wrong, and the request has no session of the user.
        VerifyUserBadPassword = "VERIFY_USER_BAD_PASSWORD", BAD_REQUEST;
        /// The email belongs to another user.
        UpdateUserEmailAlreadyExists = "UPDATE_USER_EMAIL_ALREADY_EXISTS", BAD_REQUEST, EmailTaken;
        /// The password breaks a rule.
        UpdateUserInvalidPassword(InvalidPassword) = "UPDATE_USER_INVALID_PASSWORD", BAD_REQUEST, InvalidPassword;
        /// `Policy::strict()`: the current password is missing or wrong.
        UpdateUserBadCurrentPassword = "UPDATE_USER_BAD_CURRENT_PASSWORD", BAD_REQUEST, BadCurrentPassword;
        /// The user is the last active superuser.
        UpdateUserLastSuperuser = "UPDATE_USER_LAST_SUPERUSER", BAD_REQUEST, LastSuperuser;
        /// The user is the last active superuser.
        DeleteUserLastSuperuser = "DELETE_USER_LAST_SUPERUSER", BAD_REQUEST, LastSuperuser;
        /// A row in one of the app's tables refers to the user.
        DeleteUserInUse = "DELETE_USER_IN_USE", BAD_REQUEST, InUse;
        /// The state belongs to another browser, client or purpose, or was used.
        OauthInvalidState = "OAUTH_INVALID_STATE", BAD_REQUEST, StateForeign;
        /// The state can't be read.
        AccessTokenDecodeError = "ACCESS_TOKEN_DECODE_ERROR", BAD_REQUEST, StateUnreadable;
        /// The state has expired.
        AccessTokenAlreadyExpired = "ACCESS_TOKEN_ALREADY_EXPIRED", BAD_REQUEST, StateExpired;
        /// The provider, or the user there, denied the login.
        OauthRefused = "OAUTH_REFUSED", BAD_REQUEST, ProviderRefused;
        /// The provider's ID token does not match the login.
        OauthInvalidIdToken = "OAUTH_INVALID_ID_TOKEN", BAD_REQUEST, BadIdToken;
        /// The provider failed or is unreachable.
        OauthProviderFailed = "OAUTH_PROVIDER_FAILED", BAD_GATEWAY, ProviderFailed;
        /// The OAuth account has no email.
        OauthNotAvailableEmail = "OAUTH_NOT_AVAILABLE_EMAIL", BAD_REQUEST, NoEmail;
        /// A user with the OAuth account's email already exists.
        OauthUserAlreadyExists = "OAUTH_USER_ALREADY_EXISTS", BAD_REQUEST, UserAlreadyExists;
        /// The OAuth account is linked to another user.
        OauthAccountAlreadyLinked = "OAUTH_ACCOUNT_ALREADY_LINKED", BAD_REQUEST, AccountTaken;
        /// Without this OAuth account the user could no longer log in.
        OauthLastLoginMethod = "OAUTH_LAST_LOGIN_METHOD", BAD_REQUEST, LastLoginMethod;
        /// The login is too old for this: the user must log in again.
        ReauthenticationRequired(Reauthentication) = "REAUTHENTICATION_REQUIRED", FORBIDDEN, ReauthenticationRequired;
        /// Another site made the browser send this request.
        CrossSiteRequest = "CROSS_SITE_REQUEST", FORBIDDEN;
        /// The session has been revoked, or its user is no longer active.
        SessionEnded = UNAUTHORIZED, Ended;
        /// The user is not verified.
        NotVerified = FORBIDDEN, NotVerified;
        /// The user is not a superuser.
        NotSuperuser = FORBIDDEN, NotSuperuser;
        /// The user does not exist, or no longer.
        NoSuchUser = NOT_FOUND, NoSuchUser;
        /// The user has no such OAuth account.
        NoSuchAccount = NOT_FOUND, NoSuchAccount;
        /// There is no such OAuth client, or none for this request.
        ProviderNotFound = NOT_FOUND, ProviderNotFound;
        /// The OAuth client does not ask for this scope.
        ForbiddenScope = UNPROCESSABLE_ENTITY;
        /// Too many attempts. The client may try again after this time.
        TooMany(Duration) = TOO_MANY_REQUESTS;
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning())
    }
}

impl std::error::Error for Refusal {}
