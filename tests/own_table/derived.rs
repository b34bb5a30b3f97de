//! A table that this crate makes, with a column that one database alone has.

use axum_users::prelude::*;
use axum_users::store::diesel::Postgres;
use axum_users_tests::{CHEAP, Database as TestDatabase, Serving, Store};
use serde_json::json;

use crate::arms::Arms;
use crate::court::{ARTHUR, config, knight};

#[derive(Clone, Debug, AuthUser)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Herald {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    #[auth_user(read, create, sql_type = diesel::sql_types::Jsonb, column = "JSONB NOT NULL")]
    arms: Arms,
}

auth_app! {
    struct College {
        user: Herald,
        database: Postgres,
        backends: { jwt: Bearer + Jwt },
        hasher: CHEAP,
    }
}

#[test]
fn is_for_that_database() {
    Store::Postgres.run(async {
        let database = TestDatabase::create(Store::Postgres).await;
        let college =
            College::start(config!(CollegeConfig, database.address())).await.expect("the app starts");
        let serving = Serving::start(college.routes()).await;
        let body = knight(ARTHUR, json!({ "arms": { "field": "azure" } }));
        assert_eq!(serving.client().post_json("/auth/register", body).await.status, 201);
        let fields = database.texts("SELECT arms ->> 'field' AS value FROM \"user\"");
        assert_eq!(fields, ["azure"]);
    });
}
