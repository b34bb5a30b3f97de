//! Who comes back to sign in.

use axum::http::request::Parts;

use super::super::{AuthApp, Manager, ManagerError, SignIn};
use super::authorize::Purpose;
use super::returned::Returned;
use crate::backend::BackendName;
use crate::oauth::{ClientName, StateRead};

impl<A: AuthApp> Manager<A> {
    pub(crate) async fn oauth_sign_in(
        &self,
        client: ClientName,
        backend: BackendName,
        state: &StateRead,
        returned: &Returned,
        requires_verification: bool,
        request: &Parts,
    ) -> Result<SignIn<A::User>, ManagerError> {
        let found = self.oauth_found(client, Purpose::SignIn(backend), state, returned, request).await?;
        let request = found.told(request);
        let (manager, head) = (self.clone(), request.clone());
        let user = self.to_the_end(async move { manager.resolve(&found, &head).await }).await?;
        self.sign_in_as(backend, user, requires_verification, &request).await
    }
}
