//! Apps whose users are numbered.

use axum_users::prelude::*;
use axum_users::store::diesel::AnyDatabase;
use axum_users_tests::{
    CHEAP, Client, Database as TestDatabase, RESET_SECRET, SECRET, Serving, Store, VERIFY_SECRET,
    on_each_database,
};
use serde_json::json;

use crate::cast::{ARTHUR, MERLIN, PASSWORD};

/// An app whose users have an id of `$id`, and the tests of it.
macro_rules! numbered {
    ($module:ident, $id:ty) => {
        mod $module {
            use super::*;

            #[derive(Clone, Debug, AuthUser)]
            struct User {
                id: $id,
                email: String,
                hashed_password: HashedPassword,
                is_active: bool,
                is_superuser: bool,
                is_verified: bool,
            }

            auth_app! {
                /// Users by number.
                struct Muster {
                    user: User,
                    database: AnyDatabase,
                    backends: {
                        jwt: Bearer + Jwt,
                        db: Bearer + DatabaseSession,
                    },
                    hasher: CHEAP,
                }
            }

            async fn start() -> (TestDatabase, Serving) {
                let database = TestDatabase::create(Store::current()).await;
                let muster = Muster::start(MusterConfig {
                    database: database.address().into(),
                    secret: SECRET.into(),
                    reset_password_token_secret: RESET_SECRET.into(),
                    verification_token_secret: VERIFY_SECRET.into(),
                })
                .await
                .expect("the app starts");
                let create = UserCreate {
                    email: MERLIN.parse().expect("an address"),
                    password: PASSWORD.into(),
                    is_active: None,
                    is_superuser: Some(true),
                    is_verified: None,
                };
                let merlin = Manager::for_code(muster.clone()).create(create).await.expect("a new user");
                assert_eq!(merlin.id, 1);
                (database, Serving::start(muster.routes()).await)
            }

            #[on_each_database]
            async fn are_numbers_on_the_wire() {
                let (_database, serving) = start().await;
                super::are_numbers_on_the_wire(&serving.client()).await;
            }

            #[on_each_database]
            async fn are_never_given_out_twice() {
                let (_database, serving) = start().await;
                super::are_never_given_out_twice(&serving.client()).await;
            }
        }
    };
}

numbered!(of_32_bits, i32);
numbered!(of_64_bits, i64);

async fn sign_in(client: &Client, backend: &str, email: &str) -> Client {
    let body = json!({ "username": email, "password": PASSWORD });
    let answer = client.post_json(&format!("/auth/{backend}/login"), body).await;
    let token = answer.json["access_token"].as_str().expect("a token");
    client.with("authorization", &format!("Bearer {token}"))
}

async fn are_numbers_on_the_wire(client: &Client) {
    let arthur = json!({
        "id": 2, "email": ARTHUR, "is_active": true, "is_superuser": false, "is_verified": false,
    });
    client.register(ARTHUR, PASSWORD).await.is(201, &arthur);
    for backend in ["jwt", "db"] {
        sign_in(client, backend, ARTHUR).await.get("/users/me").await.is(200, &arthur);
        let merlin = sign_in(client, backend, MERLIN).await;
        merlin.get("/users/2").await.is(200, &arthur);
        for id in ["text", "0", "-1", "3", "2.0", "2x", "0x2", "%20", "99999999999999999999999", "%FF"] {
            merlin.get(&format!("/users/{id}")).await.refuses(404, json!("Not Found"));
        }
    }
}

async fn are_never_given_out_twice(client: &Client) {
    let merlin = sign_in(client, "jwt", MERLIN).await;
    assert_eq!(client.register(ARTHUR, PASSWORD).await.json["id"], 2);
    let mut sessions = Vec::new();
    for backend in ["jwt", "db"] {
        sessions.push(sign_in(client, backend, ARTHUR).await);
    }
    assert_eq!(merlin.delete("/users/2").await.status, 204);
    assert_eq!(client.register("mordred@camelot.bt", PASSWORD).await.json["id"], 3);
    for session in sessions {
        session.get("/users/me").await.refuses(401, json!("Unauthorized"));
    }
}
