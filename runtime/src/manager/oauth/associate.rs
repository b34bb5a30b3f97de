//! Who comes back to have an account made a signed-in user's.

use super::super::authority::{Authority, Right};
use super::super::write::Write;
use super::super::{AuthApp, Authenticated, Manager, ManagerError};
use super::about_tokens;
use super::authorize::Purpose;
use super::resolve::ATTEMPTS;
use super::returned::Returned;
use crate::error::Refusal;
use crate::event::{Event, EventKind};
use crate::hooks::Change;
use crate::oauth::{ProviderName, StateRead};
use crate::store::Accounts as _;
use crate::user::AuthUser;

impl<A: AuthApp> Manager<A> {
    pub(crate) async fn oauth_associate(
        &self,
        client: ProviderName,
        session: &Authenticated<A::User>,
        state: &StateRead,
        returned: &Returned,
    ) -> Result<A::User, ManagerError> {
        let id = session.user.id();
        let refused = Event::from(EventKind::AccountLinkRefused).to(&id).oauth_provider(client.as_str());
        let associated = self.associate(client, session, state, returned).await;
        self.unlimited_refusal(refused, &associated);
        associated
    }

    async fn associate(
        &self,
        client: ProviderName,
        session: &Authenticated<A::User>,
        state: &StateRead,
        returned: &Returned,
    ) -> Result<A::User, ManagerError> {
        let user = &session.user;
        self.require_recent_login(session).await?;
        let found = self.oauth_found(client, Purpose::Associate(session), state, returned).await?;
        let manager = self.by_oauth(&found);
        let authority = Authority::new(session, Right::Own);
        let mut lost = Refusal::OauthAccountAlreadyLinked.into();
        for _ in 0..ATTEMPTS {
            let (name, account_id) = (&found.oauth_name, &found.profile.account_id);
            if let Some((owner, known)) = self.core().store.user_by_oauth_account(name, account_id).await? {
                if owner.id() != user.id() {
                    return Err(Refusal::OauthAccountAlreadyLinked.into());
                }
                // It is this user's already: its tokens are new.
                match self.renew(&known, &found, Some(&authority)).await {
                    Ok(true) => return Ok(owner),
                    Ok(false) => {}
                    Err(error) if error.is_conflict() => {
                        lost = error;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
            let account = self.account(user.id(), &found)?;
            let write = Write {
                account: Some(account.clone()),
                authority: Some(authority.clone()),
                ..Write::new(Change::Association, user.clone())
            };
            match manager.write(write).await.map_err(|error| about_tokens(error, &account)) {
                // Another request came first, perhaps of the same user: the next look tells whose it is.
                Err(ManagerError::Refused(Refusal::OauthAccountAlreadyLinked)) => {}
                Err(error) if error.is_conflict() => lost = error,
                written => return written?.ok_or(Refusal::NoSuchUser.into()),
            }
        }
        Err(lost)
    }
}
