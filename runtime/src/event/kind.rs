//! What can happen: names and levels, which stay as they are, since alarms hang on them.

use tracing::Level;

/// The target of every event, for filters of logs.
pub const TARGET: &str = "axum_users";

/// Passes all kinds, each with its name and its level, to another macro: `tracing` needs both as constants.
macro_rules! each_kind {
    ($callback:ident) => {
        $callback! {
            /// A user signed in.
            SignedIn = "signed_in", INFO;
            /// Someone was not let in.
            SignInRefused = "sign_in_refused", WARN;
            /// A user signed out.
            SignedOut = "signed_out", INFO;
            /// A request carried a session's token that no backend takes, or takes no more.
            TokenRefused = "token_refused", DEBUG;
            /// A user may not do what it asked for: a 403.
            AccessRefused = "access_refused", WARN;
            /// Another site made a browser send a request.
            CrossSiteRefused = "cross_site_refused", WARN;
            /// Someone tries too often.
            Limited = "limited", WARN;
            /// There is a new user.
            Registered = "registered", INFO;
            /// Someone did not become a user.
            RegistrationRefused = "registration_refused", INFO;
            /// A user's row was changed by itself, by a superuser or by code of the app's own.
            UserUpdated = "user_updated", INFO;
            /// A change of a user was refused.
            UpdateRefused = "update_refused", WARN;
            /// A user has a new password, which it or a superuser chose.
            PasswordChanged = "password_changed", INFO;
            /// A user has another address.
            EmailChanged = "email_changed", INFO;
            /// A user may sign in again.
            Activated = "activated", INFO;
            /// A user may sign in no more.
            Deactivated = "deactivated", INFO;
            /// A user manages the others from now on.
            SuperuserGranted = "superuser_granted", WARN;
            /// A user manages the others no more.
            SuperuserRevoked = "superuser_revoked", WARN;
            /// A user was deleted.
            Deleted = "deleted", INFO;
            /// A user was not deleted.
            DeletionRefused = "deletion_refused", INFO;
            /// Someone forgot a password. A reason says why nothing was sent.
            PasswordResetRequested = "password_reset_requested", INFO;
            /// A token set a new password.
            PasswordReset = "password_reset", INFO;
            /// A token set no new password.
            PasswordResetRefused = "password_reset_refused", WARN;
            /// Someone wants to prove an address. A reason says why nothing was sent.
            VerificationRequested = "verification_requested", INFO;
            /// A user's address is proven: by a token, by another service, or by a superuser's word.
            Verified = "verified", INFO;
            /// A token proved nothing.
            VerificationRefused = "verification_refused", INFO;
            /// A token goes to a user's new address.
            EmailChangeRequested = "email_change_requested", INFO;
            /// A token moved a user to no new address.
            EmailChangeRefused = "email_change_refused", INFO;
            /// A browser is sent to another service.
            OAuthStarted = "oauth_started", DEBUG;
            /// An account at another service has become a user's.
            AccountLinked = "account_linked", INFO;
            /// An account at another service did not become a user's.
            AccountLinkRefused = "account_link_refused", WARN;
            /// An account at another service is a user's no more.
            AccountUnlinked = "account_unlinked", INFO;
            /// An account at another service stays a user's.
            AccountUnlinkRefused = "account_unlink_refused", INFO;
            /// Too many passwords wait to be hashed: a 503.
            HashingPoolFull = "hashing_pool_full", WARN;
            /// Storage, or what a strategy keeps its tokens in, is away: a 503.
            StorageUnavailable = "storage_unavailable", ERROR;
        }
    };
}

pub(super) use each_kind;

/// Declares the kinds.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal, $level:ident;)+) => {
        /// What happened. The README's chapter "Logs and metrics" says which fields stand with each.
        ///
        /// `INFO` is what users do. `WARN` is what was refused and may be an attack, and a change of who may do what.
        /// `ERROR` asks for an operator. `DEBUG` is what happens to honest clients all day.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl EventKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The name: the line's message, the name of the `tracing` event, and the label `event` of the metric.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// The level of the line.
            #[must_use]
            pub const fn level(self) -> Level {
                match self {
                    $(Self::$kind => Level::$level,)+
                }
            }
        }
    };
}

each_kind!(kinds);
