//! Stores without a database: one in memory, which tests use, is one database for all requests; a store of an app's own has the
//! capabilities that its app needs.

use axum_users::app::StartError;
use axum_users::clock::Timestamp;
use axum_users::oauth::OAuthConfig;
use axum_users::prelude::*;
use axum_users::secret::HashedPassword;
use axum_users::store::{
    Accounts, Compat, IdOf, Issuance, Revocations, Sessions, Storage, Store, StoreError, StoredSession,
    Tables, Users,
};
use axum_users::testing;
use axum_users::token::Generation;
use axum_users::user::TypedEmail;
use axum_users_tests::{CHEAP, Memory, MemoryTransaction, Serving, User};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD};

auth_app! {
    /// Lasts as long as the process.
    struct Mirage {
        user: User,
        database: Sqlite,
        backends: {
            db: Bearer + DatabaseSession,
        },
        hasher: CHEAP,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_sees_a_database_in_memory() {
    let mirage =
        Mirage::builder().start(testing::config(testing::in_memory())).await.expect("the app starts");
    let serving = Serving::start(mirage.routes()).await;
    let client = serving.client();
    assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201);
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        requests.spawn(async move {
            let body = json!({ "username": ARTHUR, "password": PASSWORD });
            let login = client.post_json("/auth/db/login", body).await;
            let token = login.json["access_token"].as_str().expect("a token");
            client.with("authorization", &format!("Bearer {token}")).get("/users/me").await.status
        });
    }
    while let Some(status) = requests.join_next().await {
        assert_eq!(status.expect("an answer"), 200);
    }
}

/// A store that keeps no OAuth accounts.
#[derive(Clone, Debug)]
struct Plain(Memory<User>);

impl Storage for Plain {
    type User = User;
}

macro_rules! reads {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl $capability for Plain {
            $(async fn $method(&self, $($argument: $type),*) -> Result<$returned, StoreError> {
                self.0.$method($($argument),*).await
            })*
        }
    };
}

axum_users::__each_of_users! { reads () }
axum_users::__each_of_sessions! { reads () }
axum_users::__each_of_revocations! { reads () }

impl Accounts for Plain {}

impl Store for Plain {
    type Transaction = MemoryTransaction<User>;

    async fn begin(&self) -> Result<MemoryTransaction<User>, StoreError> {
        self.0.begin().await
    }

    fn keeps(&self) -> Tables {
        Tables::USERS
    }

    async fn purge(&self, expired: Timestamp, sessions_since: Timestamp) -> Result<(), StoreError> {
        self.0.purge(expired, sessions_since).await
    }
}

/// Opens it: it is there already.
#[derive(Default)]
struct PlainDatabase;

impl axum_users::store::Database<User> for PlainDatabase {
    type Config = Memory<User>;
    type Store = Plain;

    async fn open(self, config: Memory<User>, _: Compat, _: Tables) -> Result<Plain, StoreError> {
        Ok(Plain(config))
    }
}

auth_app! {
    /// Without OAuth.
    struct Hut {
        user: User,
        database: PlainDatabase,
        backends: {
            db: Bearer + DatabaseSession,
        },
        hasher: CHEAP,
    }
}

auth_app! {
    /// With OAuth, which its store can't keep.
    struct Folly {
        user: User,
        database: PlainDatabase,
        backends: {
            db: Bearer + DatabaseSession,
        },
        oauth: { github: GitHub => db },
        hasher: CHEAP,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_needs_no_capability_that_its_app_does_not_use() {
    let hut = Hut::builder().start(testing::config(Memory::default())).await.expect("the app starts");
    let client = Serving::start(hut.routes()).await;
    assert_eq!(client.client().register(ARTHUR, PASSWORD).await.status, 201);
    let unsupported = Plain(Memory::default()).user_by_oauth_account("github", "7").await;
    assert!(matches!(unsupported, Err(StoreError::Unsupported("user_by_oauth_account"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_does_not_start_on_a_store_that_lacks_what_it_needs() {
    let config = testing::config::<Folly>(Memory::default())
        .with_oauth(OAuthConfig::new("https://camelot.bt", "excalibur-excalibur-excalibur-excalibur"))
        .with_credentials(Folly::GITHUB, OAuthCredentials::new("camelot", "of stone"));
    let error = Folly::builder().start(config).await.err();
    let Some(StartError::Setting(why)) = error else { panic!("{error:?}") };
    assert_eq!(why, "this store keeps no OAuth accounts: take another store, or leave `oauth` out");
}
