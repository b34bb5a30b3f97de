//! Linking and unlinking need a recent login, where the policy asks for the current password: a stolen session must not
//! become another way to sign in.

use std::time::Duration;

use super::super::{AuthApp, Authenticated, Failure, Manager, ManagerError};
use crate::error::{Reauthentication, Refusal};

/// How old a login may be.
const FRESH_FOR: Duration = Duration::from_secs(600);

impl<A: AuthApp> Manager<A> {
    /// Checks that the user of `session` logged in at most ten minutes ago, if the policy requires the current
    /// password for changes of the email or the password.
    ///
    /// # Errors
    ///
    /// [`Refusal::ReauthenticationRequired`], or any underlying error.
    pub(super) async fn require_recent_login(
        &self,
        session: &Authenticated<A::User>,
    ) -> Result<(), ManagerError> {
        let core = self.core();
        let since = core.settings.now().before(FRESH_FOR);
        if !core.policy.require_current_password || session.authenticated_at.is_some_and(|at| at >= since) {
            return Ok(());
        }
        let backend = core.backend(session.backend).ok_or(Failure::NoSuchBackend)?;
        let needed = Reauthentication {
            max_age: FRESH_FOR,
            methods: self.methods(&session.user).await?,
            challenge: backend.transport.challenge(),
        };
        Err(Refusal::ReauthenticationRequired(needed).into())
    }

    /// How the user can sign in: by password, and by the app's clients whose accounts the user has.
    async fn methods(&self, user: &A::User) -> Result<Vec<String>, ManagerError> {
        let mut methods = Vec::new();
        if self.has_password(user) {
            methods.push("password".to_owned());
        }
        for account in self.oauth_accounts(user).await? {
            let method = format!("provider:{}", account.oauth_name);
            if !methods.contains(&method) && self.client_of(&account)?.is_some() {
                methods.push(method);
            }
        }
        Ok(methods)
    }
}
