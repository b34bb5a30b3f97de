//! Kinds of events: their names and levels. They never change, because alarms depend on them.

use tracing::Level;

/// The target of every event, for filters of logs.
pub const TARGET: &str = "axum_users";

/// Passes all kinds, each with its name and its level, to another macro: `tracing` needs both as constants.
macro_rules! each_kind {
    ($callback:ident) => {
        $callback! {
            /// A user logged in.
            SignedIn = "signed_in", INFO;
            /// A login was refused.
            SignInRefused = "sign_in_refused", WARN;
            /// A user logged out.
            SignedOut = "signed_out", INFO;
            /// A request carried a session token that no backend accepts.
            TokenRefused = "token_refused", DEBUG;
            /// A user lacks the right for a request, which returns 403.
            AccessRefused = "access_refused", WARN;
            /// A browser sent a cross-site request, which was refused.
            CrossSiteRefused = "cross_site_refused", WARN;
            /// A rate limit was reached.
            Limited = "limited", WARN;
            /// A user was created.
            Registered = "registered", INFO;
            /// A registration was refused.
            RegistrationRefused = "registration_refused", INFO;
            /// A user was changed, by the user, by a superuser or by code of the app.
            UserUpdated = "user_updated", INFO;
            /// A change of a user was refused.
            UpdateRefused = "update_refused", WARN;
            /// A user has a new password, which the user or a superuser chose.
            PasswordChanged = "password_changed", INFO;
            /// The email of a user was changed.
            EmailChanged = "email_changed", INFO;
            /// A user was activated.
            Activated = "activated", INFO;
            /// A user was deactivated.
            Deactivated = "deactivated", INFO;
            /// A user became a superuser.
            SuperuserGranted = "superuser_granted", WARN;
            /// A user is no longer a superuser.
            SuperuserRevoked = "superuser_revoked", WARN;
            /// A user was deleted.
            Deleted = "deleted", INFO;
            /// A deletion of a user was refused.
            DeletionRefused = "deletion_refused", INFO;
            /// A password reset was requested. A reason says why no token was sent.
            PasswordResetRequested = "password_reset_requested", INFO;
            /// A password was reset with a token.
            PasswordReset = "password_reset", INFO;
            /// A token for a password reset was refused.
            PasswordResetRefused = "password_reset_refused", WARN;
            /// A verification of an email was requested. A reason says why no token was sent.
            VerificationRequested = "verification_requested", INFO;
            /// The email of a user was verified: by a token, a provider or a superuser.
            Verified = "verified", INFO;
            /// A token for a verification was refused.
            VerificationRefused = "verification_refused", INFO;
            /// A token was sent to the new email of a user.
            EmailChangeRequested = "email_change_requested", INFO;
            /// A token for a new email was refused.
            EmailChangeRefused = "email_change_refused", INFO;
            /// A browser is redirected to a provider.
            OAuthStarted = "oauth_started", DEBUG;
            /// A provider account was linked to a user.
            AccountLinked = "account_linked", INFO;
            /// A provider account was not linked to a user.
            AccountLinkRefused = "account_link_refused", WARN;
            /// A provider account was unlinked from a user.
            AccountUnlinked = "account_unlinked", INFO;
            /// A provider account was not unlinked from a user.
            AccountUnlinkRefused = "account_unlink_refused", INFO;
            /// Too many passwords wait to be hashed. The request returns 503.
            HashingPoolFull = "hashing_pool_full", WARN;
            /// Storage, or the token store of a strategy, is unreachable. The request returns 503.
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
