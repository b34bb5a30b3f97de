//! A user whose struct names its databases, in a build with more: `AnyDatabase` takes it, and refuses the others when the
//! app starts.

use std::marker::PhantomData;

use axum_users::app::StartError;
use axum_users::prelude::*;
use axum_users::store::diesel::{DatabaseUrl, TableIn};
use axum_users::testing;
use axum_users_tests::{Database as TestDatabase, Store, on_each_database};

use crate::cast::ARTHUR;
use crate::check::on;

/// Other crates of this build enable more databases than these.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(table = "paladin")]
#[diesel(check_for_backend(diesel::pg::Pg, diesel::mysql::Mysql))]
struct Paladin {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
}

/// The same, for SQLite alone.
mod hermit {
    use axum_users::prelude::*;

    #[derive(Clone, Debug, AuthUser)]
    #[auth_user(table = "hermit")]
    #[diesel(check_for_backend(diesel::sqlite::Sqlite))]
    pub(super) struct Hermit {
        id: i64,
        email: String,
        hashed_password: HashedPassword,
        is_active: bool,
        is_superuser: bool,
        is_verified: bool,
    }
}

auth_app! {
    struct Order {
        user: Paladin,
        database: AnyDatabase,
        backends: { db: Bearer + DatabaseSession },
        hasher: testing::CHEAP,
    }
}

auth_app! {
    struct Cave {
        user: hermit::Hermit,
        database: AnyDatabase,
        backends: { db: Bearer + DatabaseSession },
        hasher: testing::CHEAP,
    }
}

/// Why the app did not start.
fn refusal<A>(started: Result<A, StartError>) -> Option<String> {
    match started {
        Ok(_) => None,
        Err(StartError::Store(error)) => {
            Some(std::error::Error::source(&error).expect("a reason").to_string())
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[on_each_database]
async fn any_database_takes_those_that_the_user_names() {
    let database = TestDatabase::create(Store::current()).await;
    let url = || DatabaseUrl::from(database.address());
    let not_there = |user: &str, database: &str| {
        Some(format!(
            "`{user}` has no table in the database of the URL\nhelp: add `{database}` to its `check_for_backend`"
        ))
    };
    let two = AnyDatabase::default().postgres(Postgres::default().connections(2));
    let order = Order::builder().database(two).start(testing::config(url())).await;
    if let Ok(order) = &order {
        let create = PaladinCreate {
            email: ARTHUR.parse().expect("an email"),
            password: "guinevere".into(),
            is_active: None,
            is_superuser: None,
            is_verified: None,
        };
        let arthur = Manager::for_code(order.clone()).create(create).await.expect("a new user");
        let found = Manager::for_code(order.clone()).user_by_id(arthur.id).await.expect("an answer");
        assert_eq!(found.expect("Arthur").email, ARTHUR);
    }
    let sqlite = not_there("Paladin", "diesel::sqlite::Sqlite");
    assert_eq!(refusal(order), on(sqlite, None, None));
    let cave = Cave::builder().start(testing::config(url())).await;
    let (pg, mysql) = (not_there("Hermit", "diesel::pg::Pg"), not_there("Hermit", "diesel::mysql::Mysql"));
    assert_eq!(refusal(cave), on(None, pg, mysql));
}

/// Whether `database: Sqlite` takes the user `U`, as the compiler sees it.
struct LiesInSqlite<U>(PhantomData<U>);

trait No {
    const ANSWER: bool = false;
}

impl<U> No for LiesInSqlite<U> {}

impl<U: TableIn<diesel::sqlite::Sqlite>> LiesInSqlite<U> {
    const ANSWER: bool = true;
}

/// A database that the app names and the user does not stays a mistake of the build.
#[test]
fn one_database_takes_only_users_that_name_it() {
    const { assert!(!LiesInSqlite::<Paladin>::ANSWER && LiesInSqlite::<hermit::Hermit>::ANSWER) };
}
