//! A11: whoever registers with another's address has nothing of it once its owner comes. What was set up before the
//! mailbox was first proven dies then: password, sessions, tokens, changes under way, and accounts at other services.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{
    Backend, Client, Event, Options, change_token, is_in, on_each_server, on_each_store, reset_token,
    sessions, verify_token,
};
use serde_json::{Value, json};

use crate::common::{ARTHUR, ASSOCIATE, COMPAT_MODES, PASSWORD, Scene, Trip, accounts_of, arthur};

/// The attacker, at the provider.
fn mordred() -> Value {
    json!({ "sub": "mordred", "email": "mordred@camelot.bt", "email_verified": true })
}

/// All that an attacker may have of an account that is not verified.
struct Foothold {
    sessions: Vec<(Backend, Client)>,
    reset: String,
    verify: String,
    /// Moves the user to an address of the attacker's; only where the policy confirms new addresses.
    change: Option<String>,
    /// An association that is under way at the provider, and its code.
    association: (Trip, String),
}

impl Foothold {
    /// Registers with Arthur's address, and links an account.
    async fn of_an_attacker(scene: &Scene, options: &Options) -> Self {
        let server = &scene.server;
        let answer = server.client().register(ARTHUR, PASSWORD).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        let sessions = sessions(server, ARTHUR, PASSWORD).await;
        let session = &sessions[0].1;
        let linked = scene.trip(session, ASSOCIATE, &mordred()).await;
        assert_eq!(linked.json["email"], ARTHUR, "{}", linked.text);
        let trip = scene.start(session, ASSOCIATE).await;
        let code = scene.provider.sign_in(&trip.url, &json!({ "sub": "agravain" }));
        let change = match options.policy.confirm_email_change {
            true => Some(change_token(server, session, PASSWORD, "mordred@camelot.bt").await),
            false => None,
        };
        Self {
            reset: reset_token(server, ARTHUR).await,
            verify: verify_token(server, ARTHUR).await,
            association: (trip, code),
            sessions,
            change,
        }
    }

    /// Fails where anything of it is left.
    async fn is_gone(&self, scene: &Scene) {
        let client = scene.server.client();
        for (backend, session) in &self.sessions {
            assert!(!is_in(session).await, "A11: the session at {backend:?}");
            let login = client.login(*backend, ARTHUR, PASSWORD).await;
            login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        let post = |path: &'static str, token: &str| {
            let (client, body) = (client.clone(), json!({ "token": token, "password": "lancelot-du-lac" }));
            async move { client.post_json(path, body).await }
        };
        post("/auth/reset-password", &self.reset).await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        post("/auth/verify", &self.verify).await.refuses(400, json!("VERIFY_USER_ALREADY_VERIFIED"));
        if let Some(change) = &self.change {
            post("/auth/confirm-email", change).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
        }
        let (trip, code) = &self.association;
        trip.back(code).await.refuses(401, json!("Unauthorized"));
        // The account that was linked leads to a user of its own now.
        let again = scene.signed_in(&mordred()).await.get("/users/me").await;
        assert_eq!(again.json["email"], "mordred@camelot.bt", "A11: the linked account");
    }
}

fn each_policy() -> impl Iterator<Item = Options> {
    let policies = [Policy::fastapi_users(), axum_users_tests::strict_for_unverified()];
    let of = |policy: Policy| {
        move |compat: Compat| Options { compat, policy: policy.clone(), ..Options::default() }
    };
    policies.into_iter().flat_map(move |policy| COMPAT_MODES.map(of(policy)))
}

#[on_each_store]
async fn the_owner_comes_by_way_of_a_provider() {
    for options in each_policy() {
        let scene = Scene::with(options.clone()).await;
        let foothold = Foothold::of_an_attacker(&scene, &options).await;
        drop(scene.server.events().await);

        let owner = scene.signed_in(&arthur()).await;
        let me = owner.get("/users/me").await;
        assert_eq!((&me.json["email"], &me.json["is_verified"]), (&json!(ARTHUR), &json!(true)));
        assert_eq!(accounts_of(&owner).await, [("oidc".to_owned(), "arthur".to_owned())]);
        let id = me.json["id"].as_str().expect("an id").parse().expect("a UUID");
        let events = scene.server.events().await;
        for event in [Event::Verified(id), Event::Associated(id, "oidc".to_owned(), "arthur".to_owned())] {
            assert!(events.contains(&event), "{events:?}");
        }

        foothold.is_gone(&scene).await;
        assert!(is_in(&owner).await);
        // The owner sets a password when there is need of one.
        let reset = reset_token(&scene.server, ARTHUR).await;
        let body = json!({ "token": reset, "password": "excalibur rises" });
        assert_eq!(scene.server.client().post_json("/auth/reset-password", body).await.status, 200);
        let password = scene.server.client().signed_in(Backend::Db, ARTHUR, "excalibur rises").await;
        // Otherwise, what was linked after the proof stays.
        let kept = usize::from(!options.policy.unlink_accounts_on_reset);
        assert_eq!(accounts_of(&password).await.len(), kept, "{options:?}");
    }
}

/// All transactions lock rows in one order, so that no two wait for each other: sessions before provider accounts.
#[on_each_server]
async fn sessions_are_locked_before_provider_accounts() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let (server, database) = (&scene.server, &scene.server.database);
        assert!(server.client().register(ARTHUR, PASSWORD).await.status.is_success());
        let attacker = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        assert_eq!(scene.trip(&attacker, ASSOCIATE, &mordred()).await.status, 200);
        let browser = server.client();
        let trip = scene.start(&browser, "/auth/oidc").await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        let sessions = if compat == Compat::None { "session" } else { "accesstoken" };
        let lock = database.lock_rows(sessions).await;
        let owner = tokio::spawn(async move { trip.back(&code).await });
        for _ in 0..20 {
            // Fails at once if the transaction that waits has locked an account.
            database.execute("SELECT 1 FROM oauth_account FOR UPDATE NOWAIT");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(!owner.is_finished(), "{compat:?}: it waits for the sessions");
        drop(lock);
        assert_eq!(owner.await.expect("no panic").status, 200, "{compat:?}");
        assert!(!is_in(&attacker).await);
    }
}

/// A provider that vouches for nothing lets anybody have an account with Arthur's address.
#[on_each_store]
async fn the_attacker_came_by_way_of_another_provider() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let attacker = json!({ "sub": "mordred", "email": ARTHUR, "email_verified": false });
        let browser = scene.server.client();
        let come = || scene.trip(&browser, "/auth/avalon", &attacker);
        let first = come().await;
        let session = scene.server.client().holding(Backend::Jwt, &first);
        assert_eq!(session.get("/users/me").await.json["is_verified"], false);

        let owner = scene.signed_in(&arthur()).await;
        assert!(!is_in(&session).await, "{compat:?}: A11: the session");
        assert_eq!(accounts_of(&owner).await, [("oidc".to_owned(), "arthur".to_owned())]);
        come().await.refuses(400, json!("OAUTH_USER_ALREADY_EXISTS"));
    }
}

/// A mail that resets the password proves the mailbox, too.
#[on_each_store]
async fn the_owner_comes_by_mail() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let browser = scene.server.client();
        let attacker = json!({ "sub": "mordred", "email": ARTHUR, "email_verified": false });
        let first = scene.trip(&browser, "/auth/avalon", &attacker).await;
        let session = scene.server.client().holding(Backend::Jwt, &first);
        let token = reset_token(&scene.server, ARTHUR).await;
        let body = json!({ "token": token, "password": PASSWORD });
        assert_eq!(scene.server.client().post_json("/auth/reset-password", body).await.status, 200);
        assert!(!is_in(&session).await, "{compat:?}: A11: the session");
        let owner = scene.server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        assert_eq!(accounts_of(&owner).await, [], "{compat:?}: A11: the linked account");
        let again = scene.trip(&browser, "/auth/avalon", &attacker).await;
        again.refuses(400, json!("OAUTH_USER_ALREADY_EXISTS"));
    }
}

/// Who has proven to own the address keeps what there is: the account comes in addition.
#[on_each_store]
async fn a_verified_user_loses_nothing() {
    for options in each_policy() {
        let scene = Scene::with(options).await;
        scene.server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(true)).await;
        let sessions = sessions(&scene.server, ARTHUR, PASSWORD).await;
        let owner = scene.signed_in(&arthur()).await;
        for (backend, session) in &sessions {
            assert!(is_in(session).await, "{backend:?}");
            assert_eq!(scene.server.client().login(*backend, ARTHUR, PASSWORD).await.status, 200);
        }
        assert_eq!(accounts_of(&owner).await, accounts_of(&sessions[0].1).await);
    }
}

/// An address that is no longer the one that was verified is not verified, and its new owner may come.
#[on_each_store]
async fn the_attacker_moved_to_the_address() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let session = scene.signed_in(&mordred()).await;
        let moved = session.patch("/users/me", json!({ "email": ARTHUR })).await;
        assert_eq!((&moved.json["email"], &moved.json["is_verified"]), (&json!(ARTHUR), &json!(false)));
        let owner = scene.signed_in(&arthur()).await;
        assert!(!is_in(&session).await, "{compat:?}: A11: the session");
        assert_eq!(accounts_of(&owner).await, [("oidc".to_owned(), "arthur".to_owned())]);
        let again = scene.signed_in(&mordred()).await.get("/users/me").await;
        assert_ne!(again.json["id"], owner.get("/users/me").await.json["id"], "{compat:?}: A11: the account");
    }
}
