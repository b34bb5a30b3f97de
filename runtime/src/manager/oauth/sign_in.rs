//! Who comes back to sign in.

use futures_util::FutureExt;

use super::super::{AuthApp, Manager, ManagerError, SignIn};
use super::authorize::Purpose;
use super::resolve::Resolved;
use super::returned::Returned;
use crate::backend::BackendName;
use crate::event::{Event, EventKind, Method, Reason};
use crate::oauth::{ProviderName, StateRead};

impl<A: AuthApp> Manager<A> {
    pub(crate) async fn oauth_sign_in(
        &self,
        client: ProviderName,
        backend: BackendName,
        state: &StateRead,
        returned: &Returned,
        requires_verification: bool,
    ) -> Result<SignIn<A::User>, ManagerError> {
        let method = Method::OAuth(client.as_str());
        let identified = async {
            let found = self.oauth_found(client, Purpose::SignIn(backend), state, returned).await?;
            let manager = self.by_oauth(&found);
            let resolving = manager.clone();
            let user =
                self.to_the_end(async move { resolving.resolve(client, &found).await }.boxed()).await?;
            Ok((user, manager))
        };
        let identified = identified.await;
        let refused = Event::from(EventKind::SignInRefused).at(backend.as_str()).with(method);
        self.refusal(refused, &identified);
        let (resolved, manager) = identified?;
        let user = match resolved {
            Resolved::User(user) => user,
            Resolved::Hidden => {
                self.tell(refused.because(Reason::EmailTaken));
                return Ok(SignIn::BadCredentials);
            }
        };
        manager.sign_in_by(Some(method), backend, user, requires_verification).await
    }
}
