//! The codes that stand in an answer's `detail`.

use serde::Serialize;

/// The codes, and what each means in words: those of its comment.
macro_rules! codes {
    ($(#[$attribute:meta])* $vis:vis enum $name:ident { $(#[doc = $meaning:literal] $code:ident,)* }) => {
        $(#[$attribute])*
        $vis enum $name { $(#[doc = $meaning] $code,)* }

        impl $name {
            /// What it means, in words.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$code => $meaning.trim_ascii(),)*
                }
            }
        }
    };
}

codes! {
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
        /// `Policy::strict()`: the password is missing or wrong, and no session shows the user.
        VerifyUserBadPassword,
        /// The address is another user's.
        UpdateUserEmailAlreadyExists,
        /// The password breaks a rule.
        UpdateUserInvalidPassword,
        /// `Policy::strict()`: the current password is missing or wrong.
        UpdateUserBadCurrentPassword,
        /// The policy makes no user of whoever registers.
        RegisterNotAllowed,
        /// The state is another browser's, another client's or for something else, or it was used.
        OauthInvalidState,
        /// The state can't be read.
        AccessTokenDecodeError,
        /// The state has expired.
        AccessTokenAlreadyExpired,
        /// The provider, or the user there, said no.
        OauthRefused,
        /// The provider's ID token is not what the sign-in asked for.
        OauthInvalidIdToken,
        /// The provider did not answer, or not as it should.
        OauthProviderFailed,
        /// The account has no address.
        OauthNotAvailableEmail,
        /// A user with the account's address is there already.
        OauthUserAlreadyExists,
        /// The account is another user's.
        OauthAccountAlreadyLinked,
        /// Without the account the user could sign in no more.
        OauthLastLoginMethod,
        /// The user is the last active superuser.
        UpdateUserLastSuperuser,
        /// The user is the last active superuser.
        DeleteUserLastSuperuser,
        /// A row of the app's own refers to the user, and stays.
        DeleteUserInUse,
        /// The user signed in too long ago for this, and must sign in again.
        ReauthenticationRequired,
        /// A write that another site made this browser send.
        CrossSiteRequest,
    }
}
