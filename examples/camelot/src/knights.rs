//! The hooks: each prints one line on standard output.

use axum::response::Response;
use axum_users::prelude::*;

use crate::{User, UserUpdate};

pub(crate) struct Knights {
    /// Whether passwords must satisfy the rules below. With `POLICY`, the policy alone decides.
    pub(crate) checks_passwords: bool,
}

impl Hooks<User> for Knights {
    async fn validate_password(
        &self,
        password: &Password,
        owner: PasswordOwner<'_, User>,
    ) -> Result<(), InvalidPassword> {
        if !self.checks_passwords {
            return Ok(());
        }
        if password.chars() < 3 {
            return Err(InvalidPassword::new("Password should be at least 3 characters"));
        }
        if password.expose().contains(owner.email()) {
            return Err(InvalidPassword::new("Password should not contain e-mail"));
        }
        Ok(())
    }

    async fn on_after_register(&self, user: &User, _: &RequestInfo) -> HookResult {
        println!("User {} has registered.", user.id);
        Ok(())
    }

    async fn on_after_forgot_password(&self, user: &User, token: &str, _: &RequestInfo) -> HookResult {
        println!("User {} has forgot their password. Reset token: {token}", user.id);
        Ok(())
    }

    async fn on_after_request_verify(&self, user: &User, token: &str, _: &RequestInfo) -> HookResult {
        println!("Verification requested for user {}. Verification token: {token}", user.id);
        Ok(())
    }

    async fn on_after_verify(&self, user: &User, _: &RequestInfo) -> HookResult {
        println!("User {} has been verified", user.id);
        Ok(())
    }

    async fn on_after_reset_password(&self, user: &User, _: &RequestInfo) -> HookResult {
        println!("User {} has reset their password.", user.id);
        Ok(())
    }

    async fn on_after_update(&self, user: &User, update: &UserUpdate, _: &RequestInfo) -> HookResult {
        println!("User {} has been updated with {}.", user.id, serde_json::to_string(update)?);
        Ok(())
    }

    async fn on_after_login(&self, user: &User, _: &RequestInfo, _: &mut Response) -> HookResult {
        println!("User {} logged in.", user.id);
        Ok(())
    }

    async fn on_after_request_email_change(
        &self,
        user: &User,
        email: &str,
        token: &str,
        _: &RequestInfo,
    ) -> HookResult {
        println!("User {} has requested a change of email to {email}. Confirmation token: {token}", user.id);
        Ok(())
    }

    async fn on_register_existing_email(&self, user: &User, _: &RequestInfo) -> HookResult {
        println!("User {} exists; a registration with the same email was ignored.", user.id);
        Ok(())
    }

    async fn on_before_delete(&self, user: &User, _: &RequestInfo) -> HookResult {
        println!("User {} is going to be deleted", user.id);
        Ok(())
    }

    async fn on_after_delete(&self, user: &User, _: &RequestInfo) -> HookResult {
        println!("User {} is successfully deleted", user.id);
        Ok(())
    }
}
