//! What the contract leaves open, decided.

use std::time::Duration;

use crate::settings::StartError;
use crate::user::{Email, InvalidEmail};

/// What the contract leaves open, decided. Two presets, and each switch by itself:
///
/// ```
/// # use axum_users::prelude::*;
/// let policy = Policy { min_password_chars: 12, ..Policy::strict() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a token that resets a password lives.
    pub reset_password_token_lifetime: Duration,
    /// How long a token that verifies an address lives.
    pub verification_token_lifetime: Duration,
    /// Requires the current password to change the email or the password, and a login within the last ten minutes to
    /// link or unlink a provider account.
    pub asks_current_password: bool,
    /// Whether a new address counts only once its owner has confirmed it.
    pub confirms_new_email: bool,
    /// Whether who verifies an address, or confirms a new one, must also be its user: signed in, or knowing the password. Else
    /// someone who registers with another's address, or moves there, has a good account as soon as its owner opens the link.
    pub verification_asks_password: bool,
    /// When a user's email must be verified.
    pub verify_email: VerifyEmail,
    /// Whether a registration is answered alike for known and unknown addresses. Both cost a hash and a commit;
    /// `TransactionHooks::on_register` runs for unknown ones alone, so what it does should be quick.
    pub hides_registrations: bool,
    /// Unlinks the user's provider accounts on a password reset, because an attacker with a stolen session may have
    /// linked their own. An account whose email the provider reports as verified is linked again at the next login, if
    /// its provider [associates by verified email](crate::oauth::Associate).
    pub reset_unlinks_accounts: bool,
    /// Whether no route deactivates, demotes or deletes the last active superuser. Code of the app's own may.
    pub keeps_last_superuser: bool,
    /// Who may become a user by registering, or by a sign-in with another service. Code of the app's own makes whom it likes.
    pub registration: Registration,
    /// Whether users may register with, and change to, an email at a domain that the Internet reserves (RFC 6761), such as
    /// `arthur@corp.local` or `admin@localhost`: for a network of your own and for tests.
    ///
    /// Users who have such an email already can sign in and reset their password under every policy.
    pub allows_reserved_domains: bool,
    /// What becomes of someone who comes by way of another service and has no address there.
    pub oauth_without_email: NoEmail,
    /// The fewest characters of a password, beside what `validate_password` says. The most are always
    /// [`Password::MAX_BYTES`](crate::secret::Password::MAX_BYTES).
    pub min_password_chars: usize,
    /// Whether the most used passwords are refused (OWASP ASVS 6.2.4): some 46,000 of eight characters and more, in
    /// whatever case. They come with the feature `common-passwords`, without which an app that asks for it does not start.
    pub refuses_common_passwords: bool,
    /// Whether a password is refused that is mostly its owner's address, the app's name or
    /// [`context_words`](Self::context_words) (OWASP ASVS 6.2.11): half of its letters and digits or
    /// more, and with fewer than eight others. An address is also what is before its `@` and the parts of that, if they
    /// have three letters and digits at least.
    pub refuses_context_words: bool,
    /// What else stands for the app or for who runs it, and so is guessed first.
    pub context_words: &'static [&'static str],
}

impl Policy {
    /// Exactly what FastAPI Users does.
    #[must_use]
    pub const fn compatible() -> Self {
        Self {
            reset_password_token_lifetime: Duration::from_secs(3600),
            verification_token_lifetime: Duration::from_secs(3600),
            asks_current_password: false,
            confirms_new_email: false,
            verification_asks_password: false,
            verify_email: VerifyEmail::Never,
            hides_registrations: false,
            reset_unlinks_accounts: false,
            keeps_last_superuser: false,
            registration: Registration::Open,
            allows_reserved_domains: false,
            oauth_without_email: NoEmail::Refused,
            min_password_chars: 1,
            refuses_common_passwords: false,
            refuses_context_words: false,
            context_words: &[],
        }
    }

    /// What OWASP's ASVS asks for where clients can be made to follow.
    #[must_use]
    pub const fn strict() -> Self {
        Self {
            asks_current_password: true,
            confirms_new_email: true,
            verification_asks_password: true,
            verify_email: VerifyEmail::RequiredToLogin,
            hides_registrations: true,
            reset_unlinks_accounts: true,
            keeps_last_superuser: true,
            min_password_chars: 8,
            refuses_common_passwords: true,
            refuses_context_words: true,
            ..Self::compatible()
        }
    }

    /// Parses the email of a new user, or a new email of a user.
    ///
    /// # Errors
    ///
    /// Those of [`Email::parse`]; reserved domains are accepted where the policy
    /// [allows](Self::allows_reserved_domains) them.
    pub fn parse_email(&self, text: &str) -> Result<Email, InvalidEmail> {
        if self.allows_reserved_domains {
            Email::parse_with_reserved_domains(text)
        } else {
            Email::parse(text)
        }
    }

    /// Whether this program has what the policy asks for.
    pub(crate) fn check(&self, knows_common_passwords: bool) -> Result<(), StartError> {
        if self.refuses_common_passwords && !knows_common_passwords {
            return Err(StartError::Setting(
                "the policy refuses common passwords, and this program knows none: enable the feature \
                 `common-passwords` of `axum-users`, or say `refuses_common_passwords: false`"
                    .to_owned(),
            ));
        }
        if self.verify_email == VerifyEmail::RequiredToLogin
            && let NoEmail::PlaceholderAt(domain) = self.oauth_without_email
        {
            return Err(StartError::Setting(format!(
                "the policy requires a verified email to log in, and users with a placeholder at `{domain}` could never \
                 verify theirs: write `oauth_without_email: NoEmail::Refused` or `verify_email: VerifyEmail::Never`"
            )));
        }
        Ok(())
    }
}

impl Default for Policy {
    /// What FastAPI Users does, but for what only takes away the means to lock everybody out.
    fn default() -> Self {
        Self { keeps_last_superuser: true, ..Self::compatible() }
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

/// Who may become a user by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Registration {
    /// Everybody.
    #[default]
    Open,
    /// Nobody.
    Closed,
    /// Those with an address in one of these domains, as in `camelot.bt`. Another service must vouch for the address.
    Domains(&'static [&'static str]),
}

impl Registration {
    /// Whether the owner of `email` may become a user.
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

/// What becomes of someone who comes by way of another service and has no address there, as at Reddit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoEmail {
    /// The sign-in is refused: `OAUTH_NOT_AVAILABLE_EMAIL`.
    #[default]
    Refused,
    /// The user gets an address in this domain, which must be the app's own and take no mail: as in
    /// `users.camelot.bt`. It is never taken for verified.
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
        assert!(Policy { refuses_common_passwords: false, ..strict }.check(false).is_ok());
        assert!(Policy::compatible().check(false).is_ok());
    }

    #[test]
    fn users_who_could_never_log_in_are_noticed_at_start() {
        let oauth_without_email = NoEmail::PlaceholderAt("users.camelot.bt");
        let error =
            Policy { oauth_without_email, ..Policy::strict() }.check(true).expect_err("a contradiction");
        assert!(error.to_string().contains("`users.camelot.bt`"), "{error}");
        assert!(Policy { oauth_without_email, ..Policy::compatible() }.check(true).is_ok());
        let verify_email = VerifyEmail::Never;
        assert!(Policy { oauth_without_email, verify_email, ..Policy::strict() }.check(true).is_ok());
    }
}
