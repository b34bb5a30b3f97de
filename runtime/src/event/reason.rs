//! Why something was refused: words of a log, which tells more than an answer may.

/// Declares the reasons, each with its word.
macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $reason:ident = $word:literal;)+) => {
        /// Why something was refused, or came to nothing. The log tells it; the answer may not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[doc = $doc])+ $reason,)+
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$reason),+];

            /// The word, which stays as it is.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$reason => $word,)+
                }
            }
        }
    };
}

reasons! {
    /// No user has the address.
    UnknownUser = "unknown_user";
    /// What was typed is no address at all.
    NoAddress = "no_address";
    /// The password is another one.
    WrongPassword = "wrong_password";
    /// The password is longer than any may be.
    PasswordTooLong = "password_too_long";
    /// The user may not sign in.
    Inactive = "inactive";
    /// The user has not proven the address.
    NotVerified = "not_verified";
    /// The user is no superuser.
    NotSuperuser = "not_superuser";
    /// The user signed in too long ago.
    ReauthenticationRequired = "reauthentication_required";
    /// Without the user there would be no active superuser.
    LastSuperuser = "last_superuser";
    /// The user changed meanwhile.
    UserChanged = "user_changed";
    /// The user is there no more.
    NoSuchUser = "no_such_user";
    /// The address is another user's.
    EmailTaken = "email_taken";
    /// A new password breaks a rule.
    InvalidPassword = "invalid_password";
    /// The current password is missing or wrong.
    BadCurrentPassword = "bad_current_password";
    /// The policy does not admit whoever registers.
    NotAdmitted = "not_admitted";
    /// The user is verified already.
    AlreadyVerified = "already_verified";
    /// A row of the app's own refers to the user.
    InUse = "in_use";
    /// A hook said no, or failed.
    Hook = "hook";
    /// A token is none that is known, or can be read.
    UnknownToken = "unknown_token";
    /// None of the keys signed a token.
    BadSignature = "bad_signature";
    /// A token was made for something else.
    WrongPurpose = "wrong_purpose";
    /// A token has expired.
    Expired = "expired";
    /// A token is from the future.
    Immature = "immature";
    /// A token of FastAPI Users expires later than `foreign_lifetime` allows.
    LivesTooLong = "lives_too_long";
    /// A token was used up or ended, or its user is gone.
    Ended = "ended";
    /// The password or the address has changed since a token was made.
    Outdated = "outdated";
    /// The state of a sign-in by way of another service can't be read.
    StateUnreadable = "state_unreadable";
    /// The state has expired.
    StateExpired = "state_expired";
    /// The state is another browser's, for something else, or was used.
    StateForeign = "state_foreign";
    /// There is no such OAuth client.
    ProviderNotFound = "no_such_client";
    /// The other service, or the user there, said no.
    ProviderRefused = "provider_refused";
    /// The ID token is not what the sign-in asked for.
    BadIdToken = "bad_id_token";
    /// The other service failed, or can't be reached.
    ProviderFailed = "provider_failed";
    /// The other service tells no address.
    NoEmail = "no_email";
    /// A user has the other service's address already.
    UserAlreadyExists = "user_already_exists";
    /// The account is another user's.
    AccountTaken = "account_taken";
    /// The user has no such account.
    NoSuchAccount = "no_such_account";
    /// The account is the user's last way to sign in.
    LastLoginMethod = "last_login_method";
}
