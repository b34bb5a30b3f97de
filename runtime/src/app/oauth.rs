//! The OAuth clients of an app that is being set up.

use super::secret_check::check_secret;
use crate::backend::{Backend, BackendName};
use crate::manager::oauth::new_user;
use crate::manager::{AuthApp, StoreOf};
use crate::oauth::{Declared, OAuth, OAuthConfig, OAuthCredentials, ProviderName, Source};
use crate::settings::{Settings, StartError};
use crate::store::Finding;
use crate::user::Email;

/// The OAuth clients so far, and their configuration if it is not part of the configuration of the app.
#[derive(Default)]
pub(super) struct OAuthSetup {
    clients: Vec<Declared>,
    config: Option<OAuthConfig>,
}

impl OAuthSetup {
    pub(super) fn add(&mut self, name: ProviderName, source: Source, backends: Vec<BackendName>) {
        self.clients.push(Declared { name, source, keys: None, backends });
    }

    pub(super) fn set_config(&mut self, config: OAuthConfig) {
        self.config = Some(config);
    }

    /// Where browsers find the app, as far as the configuration says it.
    pub(super) fn base_url<'a>(&'a self, config: Option<&'a OAuthConfig>) -> Option<&'a str> {
        self.config.as_ref().or(config).map(OAuthConfig::base_url)
    }

    pub(super) fn finish<A: AuthApp>(
        mut self,
        config: Option<OAuthConfig>,
        keys: Vec<(ProviderName, OAuthCredentials)>,
        backends: &[Backend<StoreOf<A>>],
        settings: &Settings,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<OAuth>, StartError> {
        if self.clients.is_empty() {
            return Ok(None);
        }
        let setting = |why: String| Err(StartError::Setting(why));
        for (name, keys) in keys {
            self.clients.iter_mut().filter(|client| client.name == name).for_each(|client| {
                client.keys = Some(keys.clone());
            });
        }
        for (index, Declared { name, backends: own, .. }) in self.clients.iter().enumerate() {
            if self.clients[..index].iter().any(|client| client.name == *name)
                || backends.iter().any(|backend| backend.name.as_str() == name.as_str())
            {
                return setting(format!(
                    "two OAuth clients or backends are called `{name}`: give one of them another name"
                ));
            }
            if own.is_empty() {
                return setting(format!("the OAuth client `{name}` signs in at no backend: name one"));
            }
            if let Some(missing) = own.iter().find(|own| backends.iter().all(|backend| backend.name != **own))
            {
                return setting(format!(
                    "the OAuth client `{name}` signs in at `{missing}`, which is no backend: name one of the app's"
                ));
            }
        }
        let Some(config) = self.config.or(config) else {
            return setting(
                "an app with OAuth clients needs its address and a secret: `builder().oauth(OAuthConfig::new(base_url, secret))`".to_owned(),
            );
        };
        findings.extend(check_secret("oauth", config.secret(), settings.compat)?);
        // What is missing in a new user is better found now than at the first sign-in.
        let email =
            Email::parse("arthur@camelot.bt").map_err(|error| StartError::Setting(error.to_string()))?;
        if let Err(error) = new_user::<A::User>(&email, false) {
            return setting(error.to_string());
        }
        OAuth::new(&config, self.clients, settings).map(Some)
    }
}
