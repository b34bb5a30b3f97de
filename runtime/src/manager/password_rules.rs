//! Which passwords may be: by the app's own rules, by the policy, and by what is known to be stolen.

use super::{AuthApp, Manager, ManagerError, Policy};
use crate::hooks::{InvalidPassword, PasswordOwner};
use crate::password::{is_mostly, words_of};
use crate::secret::Password;

impl<A: AuthApp> Manager<A> {
    /// Whether `password` may be its owner's from now on. It is asked before anything is hashed.
    ///
    /// The app's rules come before ours, for their reasons are those that its clients know; but they are not asked
    /// about what is too long for anyone.
    pub(super) async fn check_password(
        &self,
        password: &Password,
        owner: PasswordOwner<'_, A::User>,
    ) -> Result<(), ManagerError> {
        let core = self.core();
        if password.is_too_long() {
            let reason = format!("Password should be at most {} bytes", Password::MAX_BYTES);
            return Err(InvalidPassword::new(reason).into());
        }
        core.hooks.validate_password(password, owner).await?;
        core.policy.validate(password, owner.email(), A::NAME)?;
        match &core.breached {
            Some(breached) if breached.contains(password).await? => {
                Err(InvalidPassword::new("Password was stolen somewhere, and is known").into())
            }
            _ => Ok(()),
        }
    }
}

impl Policy {
    /// Its rules on passwords: of the owner of `email`, in the app that is called `app`.
    fn validate(&self, password: &Password, email: &str, app: &str) -> Result<(), InvalidPassword> {
        let min = self.min_password_length.max(1);
        if password.chars() < min {
            let noun = if min == 1 { "character" } else { "characters" };
            return Err(InvalidPassword::new(format!("Password should be at least {min} {noun}")));
        }
        let words = words_of(email, app).chain(self.context_words.iter().copied());
        if self.reject_context_words && is_mostly(password, words) {
            return Err(InvalidPassword::new(
                "Password should not be mostly your e-mail address or the name of this app",
            ));
        }
        #[cfg(feature = "common-passwords")]
        if self.reject_common_passwords && crate::password::is_common(password) {
            return Err(InvalidPassword::new("Password should not be one of the most used ones"));
        }
        Ok(())
    }
}
