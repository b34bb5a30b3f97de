//! Transactions that a hook opens within ours, and leaves open.

use axum_users::prelude::*;
use axum_users::store::diesel::SqliteConnection;
use axum_users_tests::{Options, Server, User};
use diesel::connection::SimpleConnection;
use diesel_async::{AsyncConnection, TransactionManager};

use crate::cast::{PASSWORD, arthur, rows};

type Transactions = <SqliteConnection as AsyncConnection>::TransactionManager;

/// Opens two transactions for each new user, ends neither, and fails for some.
struct Careless;

impl TransactionHooks<User, SqliteConnection> for Careless {
    async fn on_register(
        &self,
        user: &User,
        _: &RequestInfo,
        connection: &mut SqliteConnection,
    ) -> HookResult {
        if user.email.starts_with("arthur") {
            return Ok(());
        }
        Transactions::begin_transaction(connection).await?;
        Transactions::begin_transaction(connection).await?;
        if user.email.starts_with("mordred") { Err("left in a hurry".into()) } else { Ok(()) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn are_undone_with_it() {
    let server = Server::of(Options::default(), |_| {}, |setup| setup.transaction_hooks(Careless)).await;
    let server = server.expect("the app starts");
    for email in ["mordred@camelot.bt", "kay@camelot.bt"] {
        assert_eq!(server.client().register(email, PASSWORD).await.status, 500, "{email}");
        // Nothing keeps the file locked, and no request has to come by for that.
        server.database().batch_execute("BEGIN IMMEDIATE; ROLLBACK").expect("a turn to write");
        assert_eq!(rows(&server), [], "{email}");
    }
    arthur(&server).await;
    assert_eq!(rows(&server).len(), 1);
}
