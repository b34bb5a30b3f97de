//! Hooks that write down what happened, and keep what would be mailed.

use axum::response::Response;
use axum_users::prelude::*;
use axum_users::user::Profile;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::known;
use crate::server::{User, UserCreate, UserUpdate};

/// Something that a hook was told.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// `on_after_register`.
    Registered(Uuid),
    /// `on_after_register` by way of another service, with its name.
    RegisteredBy(Uuid, String),
    /// `on_after_oauth_associate`, with the service's name and the account there.
    Associated(Uuid, String, String),
    /// `on_register_existing_email`.
    RegistrationOfKnown(Uuid),
    /// `on_after_update`, with what was sent.
    Updated(Uuid, Value),
    /// `on_after_request_verify`, `on_after_forgot_password` or `on_after_request_email_change`.
    Mailed(Mail),
    /// `on_after_verify`.
    Verified(Uuid),
    /// `on_after_reset_password`.
    PasswordReset(Uuid),
    /// `on_after_login`.
    LoggedIn(Uuid),
    /// `on_before_delete`.
    BeforeDelete(Uuid),
    /// `on_after_delete`.
    Deleted(Uuid),
}

/// What would be mailed.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// To which address.
    pub to: String,
    /// `verify`, `reset` or `change`.
    pub kind: &'static str,
    /// The token in it.
    pub token: String,
}

/// The hooks of the tests' app. Passwords follow `camelot`'s rules.
#[derive(Clone, Debug)]
pub struct Knights(pub mpsc::UnboundedSender<Event>);

impl Knights {
    fn note(&self, event: Event) -> HookResult {
        // A test that does not listen is content.
        drop(self.0.send(event));
        Ok(())
    }

    fn mail(&self, to: &str, kind: &'static str, token: &str) -> HookResult {
        known::secret(token);
        self.note(Event::Mailed(Mail { to: to.to_owned(), kind, token: token.to_owned() }))
    }
}

impl Hooks<User> for Knights {
    async fn validate_password(
        &self,
        password: &Password,
        owner: PasswordOwner<'_, User>,
    ) -> Result<(), InvalidPassword> {
        if password.chars() < 3 {
            return Err(InvalidPassword::new("Password should be at least 3 characters"));
        }
        if password.expose().contains(owner.email()) {
            return Err(InvalidPassword::new("Password should not contain e-mail"));
        }
        Ok(())
    }

    async fn on_before_oauth_register(
        &self,
        create: &mut UserCreate,
        profile: &Profile,
        _: &RequestInfo,
    ) -> HookResult {
        create.display_name.clone_from(&profile.name);
        Ok(())
    }

    async fn on_after_register(&self, user: &User, request: &RequestInfo) -> HookResult {
        self.note(match &request.oauth {
            Some(origin) => Event::RegisteredBy(user.id, origin.oauth_name.clone()),
            None => Event::Registered(user.id),
        })
    }

    async fn on_after_oauth_associate(&self, user: &User, request: &RequestInfo) -> HookResult {
        let origin = request.oauth.as_ref().ok_or("no service is told")?;
        let account_id = origin.profile.account_id.clone();
        self.note(Event::Associated(user.id, origin.oauth_name.clone(), account_id))
    }

    async fn on_register_existing_email(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.note(Event::RegistrationOfKnown(user.id))
    }

    async fn on_after_update(&self, user: &User, update: &UserUpdate, _: &RequestInfo) -> HookResult {
        self.note(Event::Updated(user.id, json!(update)))
    }

    async fn on_after_request_verify(&self, user: &User, token: &str, _: &RequestInfo) -> HookResult {
        self.mail(&user.email, "verify", token)
    }

    async fn on_after_request_email_change(
        &self,
        _: &User,
        email: &str,
        token: &str,
        _: &RequestInfo,
    ) -> HookResult {
        self.mail(email, "change", token)
    }

    async fn on_after_verify(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.note(Event::Verified(user.id))
    }

    async fn on_after_forgot_password(&self, user: &User, token: &str, _: &RequestInfo) -> HookResult {
        self.mail(&user.email, "reset", token)
    }

    async fn on_after_reset_password(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.note(Event::PasswordReset(user.id))
    }

    async fn on_after_login(
        &self,
        user: &User,
        request: &RequestInfo,
        response: &mut Response,
    ) -> HookResult {
        let way = request.oauth.as_ref().map_or("Camelot", |origin| &origin.oauth_name);
        response.headers_mut().insert("x-welcome", way.parse()?);
        self.note(Event::LoggedIn(user.id))
    }

    async fn on_before_delete(&self, user: &User, _: &RequestInfo) -> HookResult {
        if user.email.starts_with("undying") {
            return Err("this one stays".into());
        }
        self.note(Event::BeforeDelete(user.id))
    }

    async fn on_after_delete(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.note(Event::Deleted(user.id))
    }
}
