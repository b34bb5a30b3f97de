//! Where this example's mails land: in memory, for everybody to read. An app that others can reach sends them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum_users::prelude::*;
use axum_users::user::OAuthAccount;

use crate::User;

/// The last mails.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<VecDeque<Mail>>>);

/// How many of them are kept.
const KEPT: usize = 50;

/// A mail.
#[derive(Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    /// What its link says, and where it leads.
    pub(crate) link: (&'static str, String),
}

impl Mailbox {
    /// The mails, the newest first.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.lock().iter().cloned().collect()
    }

    fn put(&self, mail: Mail) {
        let mut mails = self.lock();
        mails.push_front(mail);
        mails.truncate(KEPT);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without the mails, which hold tokens.
impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

/// The hooks: they write the mails, and say which passwords may be.
pub(crate) struct Postman(pub(crate) Mailbox);

impl Hooks<User> for Postman {
    async fn validate_password(
        &self,
        password: &Password,
        owner: PasswordOwner<'_, User>,
    ) -> Result<(), InvalidPassword> {
        let (password, email) = (password.expose().to_lowercase(), owner.email().to_lowercase());
        if password.contains(&email) {
            return Err(InvalidPassword::new("Password should not contain your e-mail address"));
        }
        Ok(())
    }

    async fn on_register_existing_email(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.0.put(Mail {
            to: user.email.clone(),
            subject: "You have an account already",
            text: "Someone has tried to sign up with your address. If it was you: you can sign in, or set a new \
                   password. If it was not, there is nothing to do.",
            link: ("Set a new password", "/forgot".to_owned()),
        });
        Ok(())
    }

    async fn on_after_request_verify(&self, user: &User, token: &str, _: &RequestInfo) -> HookResult {
        self.0.put(Mail {
            to: user.email.clone(),
            subject: "Is this your address?",
            text: "Someone has signed up with it. If it was you, say so. The link is good for an hour, and once.",
            link: ("Verify the address", format!("/verify?token={token}")),
        });
        Ok(())
    }

    async fn on_after_request_email_change(
        &self,
        _: &User,
        email: &str,
        token: &str,
        _: &RequestInfo,
    ) -> HookResult {
        self.0.put(Mail {
            to: email.to_owned(),
            subject: "Is this your new address?",
            text: "You asked to have this address for your account. The link is good for an hour, and once.",
            link: ("Confirm the address", format!("/confirm-email?token={token}")),
        });
        Ok(())
    }

    async fn on_after_forgot_password(&self, user: &User, token: &str, _: &RequestInfo) -> HookResult {
        self.0.put(Mail {
            to: user.email.clone(),
            subject: "Set a new password",
            text: "Someone has asked for it, you perhaps. The link is good for an hour, and once. If it was not you, \
                   there is nothing to do.",
            link: ("Set a new password", format!("/reset?token={token}")),
        });
        Ok(())
    }

    async fn on_after_change_password(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.0.put(Mail {
            to: user.email.clone(),
            subject: "Your password is a new one",
            text: "It was changed on your account's page. If it was not you, set another one: that signs everybody else out.",
            link: ("Set a new password", "/forgot".to_owned()),
        });
        Ok(())
    }

    async fn on_after_change_email(&self, _: &User, old_email: &str, _: &RequestInfo) -> HookResult {
        self.0.put(Mail {
            to: old_email.to_owned(),
            subject: "Your account has another address",
            text: "You asked for it, and it was confirmed: nothing more comes here. If it was not you, write to us.",
            link: ("To your account", "/account".to_owned()),
        });
        Ok(())
    }

    async fn on_after_oauth_unlink(
        &self,
        user: &User,
        _: &OAuthAccount<Uuid>,
        _: &RequestInfo,
    ) -> HookResult {
        self.0.put(Mail {
            to: user.email.clone(),
            subject: "An account is linked no more",
            text: "It can't be signed in with any longer. If it was not you, set a new password: that signs everybody \
                   else out.",
            link: ("Set a new password", "/forgot".to_owned()),
        });
        Ok(())
    }

    async fn on_after_reset_password(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.0.put(Mail {
            to: user.email.clone(),
            subject: "Your password is a new one",
            text: "It was set by a link that we sent here. You are signed out everywhere else.",
            link: ("Sign in", "/sign-in".to_owned()),
        });
        Ok(())
    }
}
