//! Where it is done: an app whose store goes wrong at will, with a provider, and people who do something.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum_users::compat::Compat;
use axum_users::prelude::*;
use axum_users::user::OAuthAccount;
use axum_users_tests::provider::Provider;
use axum_users_tests::scene::{Scene, Trip, clients};
use axum_users_tests::{
    Backend, Client, Database, Faults, Options, Place, PlaceConfig, Server, Store, User, is_in,
};
use serde_json::{Value, json};

use crate::common::PASSWORD;

/// The password that takes the place of everybody's.
pub(crate) const NEW: &str = "lancelot";

/// An app, and what it may be asked by.
pub(crate) struct World {
    pub(crate) scene: Scene,
    /// What goes wrong with its store.
    pub(crate) faults: Faults,
    /// Another process of the same app, which is asked in its place.
    pub(crate) other: Option<String>,
    /// The layout of its database.
    pub(crate) compat: Compat,
    people: AtomicUsize,
    /// When its clock was last set.
    seen: Mutex<Instant>,
}

/// Somebody who has registered.
pub(crate) struct Someone {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    /// Signed in at backends of each kind.
    pub(crate) sessions: Vec<Client>,
}

/// A backend for each kind of token.
pub(crate) fn kinds() -> impl Iterator<Item = Backend> {
    Backend::all().filter(|backend| !backend.is_cookie())
}

impl World {
    pub(crate) async fn new(compat: Compat, policy: Policy) -> Self {
        Self::on(Options { compat, policy, ..Options::default() }).await
    }

    pub(crate) async fn on(options: Options) -> Self {
        let database = Database::create(Store::current()).await;
        let address = database.config();
        Self::at(database, address, options).await
    }

    /// One whose app comes to its database by this address.
    pub(crate) async fn at(database: Database, address: PlaceConfig, options: Options) -> Self {
        let (compat, faults) = (options.compat, Faults::default());
        let place = Place { faults: Some(faults.clone()), ..Place::default() };
        let provider = Provider::start().await;
        let setup = |setup| clients(&provider, setup).database(place);
        let server = Server::on(database, options, |config| config.database = address, setup).await;
        let scene = Scene { server: server.expect("the app starts"), provider };
        Self {
            scene,
            faults,
            other: None,
            compat,
            people: AtomicUsize::new(0),
            seen: Mutex::new(Instant::now()),
        }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.scene.server
    }

    pub(crate) fn manager(&self) -> Manager<axum_users_tests::Camelot> {
        Manager::for_code(self.server().camelot.clone())
    }

    /// A client of the app that is asked.
    pub(crate) fn client(&self) -> Client {
        self.asking(&self.server().client())
    }

    /// The same client, of the app that is asked.
    pub(crate) fn asking(&self, client: &Client) -> Client {
        self.other.as_ref().map_or_else(|| client.clone(), |url| client.at(url))
    }

    /// Waits for all that goes on apart from requests. The app's clock goes along with the machine's, which is the
    /// provider's and another process's.
    pub(crate) async fn settled(&self) {
        self.server().camelot.drain().await;
        let before =
            std::mem::replace(&mut *self.seen.lock().expect("no panic while locked"), Instant::now());
        self.server().clock.advance(before.elapsed());
    }

    /// A name that nobody has.
    pub(crate) fn name(&self) -> String {
        format!("knight-{}", self.people.fetch_add(1, Ordering::SeqCst))
    }

    /// Somebody new, who is verified and signed in nowhere.
    pub(crate) async fn someone(&self) -> Someone {
        self.someone_who(|create| create.is_verified = Some(true)).await
    }

    /// Somebody new with these flags, who is signed in nowhere.
    pub(crate) async fn someone_who(&self, flags: impl FnOnce(&mut axum_users_tests::UserCreate)) -> Someone {
        let email = format!("{}@camelot.bt", self.name());
        let user = self.server().user(&email, PASSWORD, flags).await;
        Someone { id: user.id, email, sessions: Vec::new() }
    }

    /// The same, signed in with each kind of token.
    pub(crate) async fn signed_in(&self, someone: Someone) -> Someone {
        let mut sessions = Vec::new();
        for backend in kinds() {
            sessions.push(self.server().client().signed_in(backend, &someone.email, PASSWORD).await);
        }
        Someone { sessions, ..someone }
    }

    /// A superuser, signed in.
    pub(crate) async fn merlin(&self) -> Client {
        let merlin = self.someone_who(|create| create.is_superuser = Some(true)).await;
        self.server().client().signed_in(Backend::Db, &merlin.email, PASSWORD).await
    }

    /// The row of a user, if there is one.
    pub(crate) async fn user(&self, id: Uuid) -> Option<User> {
        self.manager().user_by_id(id).await.expect("storage answers")
    }

    /// The user with this address, if there is one.
    pub(crate) async fn user_at(&self, email: &str) -> Option<User> {
        let email = email.parse().expect("an address");
        self.manager().user_by_email(&email).await.expect("storage answers")
    }

    /// The accounts of a user, as they lie in storage.
    pub(crate) async fn accounts(&self, id: Uuid) -> Vec<OAuthAccount<Uuid>> {
        let Some(user) = self.user(id).await else { return Vec::new() };
        self.manager().oauth_accounts(&user).await.expect("storage answers")
    }

    /// Whether the new password has taken the place of the old one: one of them is right, and one only.
    pub(crate) async fn has_new_password(&self, email: &str) -> bool {
        let [old, new] = [PASSWORD, NEW].map(|password| self.opens(email, password));
        let (old, new) = (old.await, new.await);
        assert_ne!(old, new, "one password is right");
        new
    }

    /// Whether somebody signs in with a password.
    pub(crate) async fn opens(&self, email: &str, password: &str) -> bool {
        let answer = self.server().client().login(Backend::Jwt, email, password).await;
        assert!([200, 400].contains(&answer.status.as_u16()), "{}", answer.text);
        answer.status == 200
    }

    /// Somebody's way to the provider and back, with a code that is good.
    pub(crate) async fn trip(&self, client: &Client, place: &str, who: &Value) -> (Trip, String) {
        let trip = self.scene.start(client, place).await;
        let code = self.scene.provider.sign_in(&trip.url, who);
        (Trip { client: self.asking(&trip.client), ..trip }, code)
    }

    /// No row hangs on nothing, and nobody has no way in who was made without a password.
    pub(crate) fn is_sound(&self) {
        let database = &self.server().database;
        if let Database::Memory(_) = database {
            return;
        }
        let tokens = if self.compat == Compat::None { "session" } else { "accesstoken" };
        let unsound = database.number(&format!(
            "SELECT (SELECT count(*) FROM {tokens} WHERE user_id NOT IN (SELECT id FROM \"user\")) \
             + (SELECT count(*) FROM oauth_account WHERE user_id NOT IN (SELECT id FROM \"user\")) \
             + (SELECT count(*) FROM \"user\" WHERE hashed_password LIKE '%${NO_PASSWORD}$%' \
                AND id NOT IN (SELECT user_id FROM oauth_account)) AS value"
        ));
        assert_eq!(unsound, 0, "a token or an account without a user, or a user without a way in");
    }
}

/// What stands in the hash of whoever has no password.
const NO_PASSWORD: &str = "bm8gcGFzc3dvcmQgc2V0IQ";

/// Whether sessions are alive: all of them or none.
pub(crate) async fn are_in(sessions: &[Client]) -> bool {
    let mut seen = Vec::new();
    for session in sessions {
        seen.push(is_in(session).await);
    }
    assert!(seen.iter().all(|is_in| *is_in == seen[0]), "some sessions are alive and some are not: {seen:?}");
    seen[0]
}

/// Somebody at the provider, whose address the provider vouches for.
pub(crate) fn at_provider(email: &str) -> Value {
    json!({ "sub": email, "email": email, "email_verified": true })
}
