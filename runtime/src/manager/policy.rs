//! The rules for accounts.

use std::time::Duration;

use crate::setters::settings;
use crate::settings::StartError;
use crate::user::{Email, InvalidEmail};

settings! {
    /// The rules for accounts: passwords, emails, registration. There are three presets:
    ///
    /// | preset | |
    /// | --- | --- |
    /// | [`Policy::strict`] | for new apps: what OWASP ASVS 5 requires |
    /// | [`Policy::default`] | the responses of FastAPI Users, with rules for passwords, and a last superuser who stays |
    /// | [`Policy::fastapi_users`] | exactly FastAPI Users; the default under `compat` |
    ///
    /// ```
    /// # use axum_users::prelude::*;
    /// let policy = Policy::strict().min_password_length(12);
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Policy {
        /// The lifetime of a token that resets a password.
        pub reset_password_token_lifetime: Duration = Duration::from_secs(3600),
        /// The lifetime of a token that verifies an email.
        pub verification_token_lifetime: Duration = Duration::from_secs(3600),
        /// Requires the current password to change the email or the password, and a login within the last ten minutes to
        /// link or unlink a provider account.
        pub require_current_password: bool = false,
        /// Sends a token to a new email, which replaces the former one only when the token comes back.
        pub confirm_email_change: bool = false,
        /// Requires a session or the password of the user to verify an email or to confirm a new one. Without it, an attacker
        /// who registers another person's email gets a verified account as soon as that person opens the link.
        pub require_password_to_verify: bool = false,
        /// When a user's email must be verified.
        pub verify_email: VerifyEmail = VerifyEmail::Never,
        /// Returns the same response to a registration of a known and of an unknown email (user enumeration). Both cost a
        /// hash and a commit; `TransactionHooks::on_register` runs for unknown emails only, so it should be quick.
        pub prevent_enumeration: bool = false,
        /// Unlinks the user's provider accounts on a password reset, because an attacker with a stolen session may have
        /// linked their own. An account whose email the provider reports as verified is linked again at the next login, if
        /// its provider [links by verified email](crate::oauth::AccountLinking).
        pub unlink_accounts_on_reset: bool = false,
        /// Rejects routes' requests to deactivate, demote or delete the last active superuser. The app's own code may.
        pub keep_last_superuser: bool = true,
        /// Which emails may register, by themselves or by a social login. The app's own code may create any user.
        pub registration: Registration = Registration::Open,
        /// Accepts new emails at domains that are reserved (RFC 6761), such as `arthur@corp.local` or `admin@localhost`, for
        /// internal networks and tests.
        ///
        /// Users who have such an email already can log in and reset their password under every policy.
        pub allow_reserved_domains: bool = false,
        /// How a social login without an email is handled.
        pub on_missing_email: MissingEmail = MissingEmail::Reject,
        /// The minimum length of a password in characters, beside the rules of `validate_password`. The maximum is always
        /// [`Password::MAX_BYTES`](crate::secret::Password::MAX_BYTES) bytes.
        pub min_password_length: usize = 8,
        /// Rejects the most used passwords (OWASP ASVS 6.2.4): 46,000 of eight characters and more, without regard to case.
        /// They come with the feature `common-passwords`; without it, the default is `false`, and an app that sets it to
        /// `true` does not start.
        pub reject_common_passwords: bool = cfg!(feature = "common-passwords"),
        /// Rejects a password that is mostly the user's email, the app's name or one of
        /// [`context_words`](field@Self::context_words) (OWASP ASVS 6.2.11): half of its letters and digits or more, with
        /// fewer than eight others. The part before the `@` and its parts count too, from three letters and digits on.
        pub reject_context_words: bool = true,
        /// Other words that an attacker would guess first, such as the names of the product and the company.
        pub context_words: &'static [&'static str] = &[],
    }
}

impl Policy {
    /// Exactly what FastAPI Users does.
    #[must_use]
    pub const fn fastapi_users() -> Self {
        Self {
            reset_password_token_lifetime: Duration::from_secs(3600),
            verification_token_lifetime: Duration::from_secs(3600),
            require_current_password: false,
            confirm_email_change: false,
            require_password_to_verify: false,
            verify_email: VerifyEmail::Never,
            prevent_enumeration: false,
            unlink_accounts_on_reset: false,
            keep_last_superuser: false,
            registration: Registration::Open,
            allow_reserved_domains: false,
            on_missing_email: MissingEmail::Reject,
            min_password_length: 1,
            reject_common_passwords: false,
            reject_context_words: false,
            context_words: &[],
        }
    }

    /// What OWASP ASVS 5 requires, for clients that can follow.
    #[must_use]
    pub const fn strict() -> Self {
        Self {
            require_current_password: true,
            confirm_email_change: true,
            require_password_to_verify: true,
            verify_email: VerifyEmail::RequiredToLogin,
            prevent_enumeration: true,
            unlink_accounts_on_reset: true,
            keep_last_superuser: true,
            min_password_length: 8,
            reject_common_passwords: true,
            reject_context_words: true,
            ..Self::fastapi_users()
        }
    }

    /// Parses the email of a new user, or a new email of a user.
    ///
    /// # Errors
    ///
    /// Those of [`Email::parse`]; reserved domains are accepted where the policy
    /// [allows](Self::allow_reserved_domains) them.
    pub fn parse_email(&self, text: &str) -> Result<Email, InvalidEmail> {
        if self.allow_reserved_domains {
            Email::parse_with_reserved_domains(text)
        } else {
            Email::parse(text)
        }
    }

    /// Checks that the rules don't contradict each other, and that the program can apply them.
    pub(crate) fn check(&self, knows_common_passwords: bool) -> Result<(), StartError> {
        if self.reject_common_passwords && !knows_common_passwords {
            return Err(StartError::Setting(
                "the policy rejects common passwords, but the list is not in the program: enable the feature \
                 `common-passwords` of `axum-users`, or call `.reject_common_passwords(false)` on the policy"
                    .to_owned(),
            ));
        }
        if self.verify_email == VerifyEmail::RequiredToLogin
            && let MissingEmail::PlaceholderAt(domain) = self.on_missing_email
        {
            return Err(StartError::Setting(format!(
                "the policy requires a verified email to log in, and users with a placeholder at `{domain}` could never \
                 verify theirs: call `.on_missing_email(MissingEmail::Reject)` or `.verify_email(VerifyEmail::Never)` on the policy"
            )));
        }
        Ok(())
    }
}

/// When a user's email must be verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyEmail {
    /// Never, unless a router asks for it by [`Access::Verified`](crate::router::Access::Verified).
    #[default]
    Never,
    /// To log in, by a password or by a social login. Until then a login is rejected exactly like one with a wrong
    /// password: with the same response, work and limits, and without calling a hook. Nobody can find out whether an email
    /// has an account by registering with it and logging in. A social login without `email_verified` is
    /// rejected in the same way, whether or not a user has the email.
    ///
    /// Users whom the app's own code creates as verified can log in at once. Let
    /// [`Hooks::on_after_register`](crate::hooks::Hooks::on_after_register) request the mail that verifies the email.
    RequiredToLogin,
}

/// Which emails may register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Registration {
    /// All emails.
    #[default]
    Open,
    /// No email.
    Closed,
    /// Emails in these domains, for example `camelot.bt`. In a social login, the provider must report the email as verified.
    Domains(&'static [&'static str]),
}

impl Registration {
    /// Returns whether `email` may register.
    #[must_use]
    pub fn admits(&self, email: &Email) -> bool {
        let domain = email.as_str().rsplit('@').next().unwrap_or_default();
        match self {
            Self::Open => true,
            Self::Closed => false,
            Self::Domains(domains) => domains.iter().any(|own| own.eq_ignore_ascii_case(domain)),
        }
    }
}

/// How a social login without an email is handled, for example at Reddit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingEmail {
    /// It is rejected with `OAUTH_NOT_AVAILABLE_EMAIL`.
    #[default]
    Reject,
    /// The user gets an email in this domain, for example `users.camelot.bt`, which must be the app's own and receive no
    /// mail. It is never verified.
    PlaceholderAt(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_not_there_is_missed_at_the_start() {
        let strict = Policy::strict();
        assert!(strict.check(true).is_ok());
        let error = strict.check(false).expect_err("no list").to_string();
        assert!(error.contains("`common-passwords`"), "{error}");
        assert!(strict.reject_common_passwords(false).check(false).is_ok());
        assert!(Policy::fastapi_users().check(false).is_ok());
    }

    #[test]
    fn users_who_could_never_log_in_are_noticed_at_start() {
        let on_missing_email = MissingEmail::PlaceholderAt("users.camelot.bt");
        let error =
            Policy::strict().on_missing_email(on_missing_email).check(true).expect_err("a contradiction");
        assert!(error.to_string().contains("`users.camelot.bt`"), "{error}");
        assert!(Policy::fastapi_users().on_missing_email(on_missing_email).check(true).is_ok());
        let verify_email = VerifyEmail::Never;
        assert!(
            Policy::strict()
                .on_missing_email(on_missing_email)
                .verify_email(verify_email)
                .check(true)
                .is_ok()
        );
    }
}
