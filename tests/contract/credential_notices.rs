//! Hooks by which a user's owner hears that what is signed in with has changed (OWASP ASVS 6.3.7).

use std::sync::{Arc, Mutex};

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{Backend, Client, Options, Server, User, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, BCRYPT, PASSWORD, merlin_signed_in};

const NEW_EMAIL: &str = "king@camelot.bt";
const NEW_PASSWORD: &str = "excalibur rises";

/// What a hook would mail, and where to.
type Mail = (&'static str, String);

/// Hooks that mail the owner, as an app's would.
#[derive(Clone, Default)]
struct Notices(Arc<Mutex<Vec<Mail>>>);

impl Notices {
    fn mail(&self, what: &'static str, to: &str) -> HookResult {
        self.0.lock().map_err(|_| "poisoned")?.push((what, to.to_owned()));
        Ok(())
    }

    /// What has been mailed since this was asked last.
    async fn of(&self, server: &Server) -> Vec<Mail> {
        server.events().await;
        std::mem::take(&mut *self.0.lock().expect("no panic while locked"))
    }
}

impl Hooks<User> for Notices {
    async fn on_after_change_password(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.mail("a new password", &user.email)
    }

    async fn on_after_reset_password(&self, user: &User, _: &RequestInfo) -> HookResult {
        self.mail("a password by a link", &user.email)
    }

    async fn on_after_change_email(&self, user: &User, old_email: &str, _: &RequestInfo) -> HookResult {
        self.mail("your address is no more", old_email)?;
        self.mail("this is your address now", &user.email)
    }

    async fn on_after_forgot_password(&self, _: &User, token: &str, _: &RequestInfo) -> HookResult {
        self.mail("token", token)
    }

    async fn on_after_request_email_change(
        &self,
        user: &User,
        email: &str,
        token: &str,
        _: &RequestInfo,
    ) -> HookResult {
        self.mail("someone asks for another address", &user.email)?;
        self.mail("token", token)?;
        self.mail("is it yours", email)
    }
}

/// Arthur, signed in, and a superuser.
struct Scene {
    server: Server,
    notices: Notices,
    user: User,
    arthur: Client,
    merlin: Client,
    is_strict: bool,
}

impl Scene {
    async fn with(policy: Policy, compat: Compat) -> Self {
        let is_strict = policy == Policy::strict();
        let (notices, options) = (Notices::default(), Options { compat, policy, ..Options::default() });
        let hooks = notices.clone();
        let server = Server::of(options, |_| {}, |setup| setup.hooks(hooks)).await.expect("it starts");
        let user = server.user(ARTHUR, PASSWORD, |_| {}).await;
        let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        let (_, merlin) = merlin_signed_in(&server).await;
        Self { server, notices, user, arthur, merlin, is_strict }
    }

    async fn mails(&self) -> Vec<Mail> {
        self.notices.of(&self.server).await
    }

    fn path(&self) -> String {
        format!("/users/{}", self.user.id)
    }
}

fn to(what: &'static str, email: &str) -> Mail {
    (what, email.to_owned())
}

async fn each_scene() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for compat in [Compat::None, FastApiUsers] {
        for policy in [Policy::fastapi_users(), Policy::strict()] {
            scenes.push(Scene::with(policy, compat).await);
        }
    }
    scenes
}

#[on_each_store]
async fn of_a_new_password() {
    for scene in each_scene().await {
        let change = json!({ "password": NEW_PASSWORD, "current_password": PASSWORD });
        assert_eq!(scene.arthur.patch("/users/me", change).await.status, 200);
        assert_eq!(scene.mails().await, [to("a new password", ARTHUR)]);
        let change = json!({ "password": "lancelot rides" });
        assert_eq!(scene.merlin.patch(&scene.path(), change).await.status, 200);
        assert_eq!(scene.mails().await, [to("a new password", ARTHUR)], "a superuser's change");
    }
}

#[on_each_store]
async fn of_a_password_by_a_link() {
    for scene in each_scene().await {
        let (anyone, body) = (scene.server.client(), json!({ "email": ARTHUR }));
        assert_eq!(anyone.post_json("/auth/forgot-password", body).await.status, 202);
        let mails = scene.mails().await;
        let [("token", token)] = &mails[..] else { panic!("one token: {mails:?}") };
        let body = json!({ "token": token, "password": NEW_PASSWORD });
        assert_eq!(anyone.post_json("/auth/reset-password", body).await.status, 200);
        assert_eq!(scene.mails().await, [to("a password by a link", ARTHUR)]);
    }
}

/// To the address that the user had: whoever took the account reads the other one.
#[on_each_store]
async fn of_a_new_address_to_the_former_one() {
    let moved = || [to("your address is no more", ARTHUR), to("this is your address now", NEW_EMAIL)];
    for scene in each_scene().await {
        let is_confirmed = scene.is_strict;
        let change = json!({ "email": NEW_EMAIL, "current_password": PASSWORD });
        assert_eq!(scene.arthur.patch("/users/me", change).await.status, 200);
        let mails = scene.mails().await;
        if is_confirmed {
            let [asked, ("token", token), new] = &mails[..] else { panic!("three: {mails:?}") };
            assert_eq!(*asked, to("someone asks for another address", ARTHUR));
            assert_eq!(*new, to("is it yours", NEW_EMAIL));
            let body = json!({ "token": token, "password": PASSWORD });
            assert_eq!(scene.server.client().post_json("/auth/confirm-email", body).await.status, 200);
            assert_eq!(scene.mails().await, moved());
        } else {
            assert_eq!(mails, moved());
        }
        let change = json!({ "email": ARTHUR });
        assert_eq!(scene.merlin.patch(&scene.path(), change).await.status, 200);
        let back = [to("your address is no more", NEW_EMAIL), to("this is your address now", ARTHUR)];
        assert_eq!(scene.mails().await, back, "a superuser's change");
    }
}

/// What changes neither is no news; nor is a better hash of the same password, which a sign-in stores.
#[on_each_store]
async fn of_nothing_else() {
    for scene in each_scene().await {
        for change in [
            json!({ "display_name": "The King" }),
            json!({ "email": ARTHUR }),
            json!({ "password": null }),
            json!({ "password": "", "current_password": PASSWORD }),
            json!({ "password": NEW_PASSWORD, "current_password": "morgana" }),
        ] {
            let is_refused = change.get("password").is_some_and(|password| !password.is_null());
            // Where nobody asks for it, the last one is a good change.
            let is_asked_for = scene.is_strict;
            if is_refused && change["current_password"] == "morgana" && !is_asked_for {
                continue;
            }
            let answer = scene.arthur.patch("/users/me", change.clone()).await;
            assert_eq!(answer.status == 200, !is_refused, "{change}");
            assert_eq!(scene.mails().await, [], "{change}");
        }
        scene.server.database.set_hash(Some(ARTHUR), BCRYPT);
        assert_eq!(scene.server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        assert_eq!(scene.mails().await, []);
    }
}
