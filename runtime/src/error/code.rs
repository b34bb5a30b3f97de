//! The codes that stand in an answer's `detail`.

use serde::Serialize;

/// A code that a client can act on. The names are those of FastAPI Users, and of this crate where it goes beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum ErrorCode {
    /// No such user, a wrong password, or an inactive user.
    LoginBadCredentials,
    /// The backend asks for a verified user.
    LoginUserNotVerified,
    /// The address is another user's.
    RegisterUserAlreadyExists,
    /// The password breaks a rule.
    RegisterInvalidPassword,
    /// The token is no reset token, has expired or was used.
    ResetPasswordBadToken,
    /// The password breaks a rule.
    ResetPasswordInvalidPassword,
    /// The token is no verify token, has expired or was used.
    VerifyUserBadToken,
    /// The user is verified already.
    VerifyUserAlreadyVerified,
    /// The address is another user's.
    UpdateUserEmailAlreadyExists,
    /// The password breaks a rule.
    UpdateUserInvalidPassword,
    /// `Policy::strict()`: the current password is missing or wrong.
    UpdateUserBadCurrentPassword,
    /// The account at another service is another user's.
    OauthAccountAlreadyLinked,
    /// A row of the app's own refers to the user, and stays.
    DeleteUserInUse,
    /// A write that another site made this browser send.
    CrossSiteRequest,
}
