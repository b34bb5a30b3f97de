//! Transactions that a hook opens within ours, and leaves open.

use axum_users::prelude::*;
use axum_users_tests::{Options, PlaceTransaction, Server, User, on_each_database};
use diesel_async::{AsyncConnection, TransactionManager};

use crate::cast::{PASSWORD, arthur, rows};

/// Opens two transactions for each new user, ends neither, and fails for some.
struct Careless;

async fn begin_twice<C: AsyncConnection>(connection: &mut C) -> HookResult {
    C::TransactionManager::begin_transaction(connection).await?;
    Ok(C::TransactionManager::begin_transaction(connection).await?)
}

impl TransactionHooks<User, PlaceTransaction> for Careless {
    async fn on_register(
        &self,
        user: &User,
        _: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        if user.email.starts_with("arthur") {
            return Ok(());
        }
        let connection = transaction.any();
        if let Some(connection) = connection.sqlite() {
            begin_twice(connection).await?;
        } else if let Some(connection) = connection.postgres() {
            begin_twice(connection).await?;
        } else if let Some(connection) = connection.mysql() {
            begin_twice(connection).await?;
        }
        if user.email.starts_with("mordred") { Err("left in a hurry".into()) } else { Ok(()) }
    }
}

#[on_each_database]
async fn are_undone_with_it() {
    let server = Server::of(Options::default(), |_| {}, |setup| setup.transaction_hooks(Careless)).await;
    let server = server.expect("the app starts");
    for email in ["mordred@camelot.bt", "kay@camelot.bt"] {
        assert_eq!(server.client().register(email, PASSWORD).await.status, 500, "{email}");
        // Nothing keeps a lock, and no request has to come by for that.
        server.database.execute("DELETE FROM \"user\"");
        assert_eq!(rows(&server), [], "{email}");
    }
    arthur(&server).await;
    assert_eq!(rows(&server).len(), 1);
}
