//! The app: its users, how they sign in, and what the pages know beside them.

use axum::Router;
use axum::extract::FromRef;
use axum_users::app::{Builder, Config, StartError};
use axum_users::prelude::*;

use crate::Service;
use crate::environment::is_over_tls;
use crate::mailbox::{Mailbox, Postman};
use crate::pages;

/// A user, who may have a name.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(oauth_accounts)]
pub struct User {
    /// The primary key.
    pub id: Uuid,
    /// The address.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the user may manage the others.
    pub is_superuser: bool,
    /// Whether the user has proven to own the address.
    pub is_verified: bool,
    /// What the user wants to be called.
    #[auth_user(read, create, update)]
    pub display_name: Option<String>,
}

auth_app! {
    /// Who may sign in, and how.
    pub struct Web {
        user: User,
        database: Sqlite,
        backends: {
            cookie: Cookie { secure: is_over_tls() } + DatabaseSession { lifetime: 14 * DAY },
        },
        policy: Policy::strict(),
    }
}

/// What the pages are made of.
#[derive(Clone, Debug)]
pub struct Site {
    pub(crate) web: Web,
    pub(crate) mailbox: Mailbox,
    pub(crate) service: Option<Service>,
}

impl Site {
    /// Starts the app. `setup` is [`Web::builder`], for example with a test's own clock.
    ///
    /// # Errors
    ///
    /// When `config` can't be used, or the database can't be opened.
    pub async fn start(
        setup: Builder<Web>,
        config: impl Into<Config<Web>>,
        service: Option<Service>,
    ) -> Result<Self, StartError> {
        let mailbox = Mailbox::default();
        let setup = setup.hooks(Postman(mailbox.clone()));
        let setup = match &service {
            Some(service) => service.add_to(setup),
            None => setup,
        };
        Ok(Self { web: setup.start(config).await?, mailbox, service })
    }

    /// The app, for what is done from code.
    #[must_use]
    pub fn web(&self) -> &Web {
        &self.web
    }

    /// All pages.
    pub fn routes(self) -> Router {
        pages::routes(self)
    }
}

impl FromRef<Site> for Web {
    fn from_ref(site: &Site) -> Self {
        site.web.clone()
    }
}
