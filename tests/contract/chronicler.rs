//! Transaction hooks that write into a table of the app's own.

use axum_users::error::{Refusal, Rejection};
use axum_users::hooks::Change;
use axum_users::prelude::*;
use axum_users_tests::{PlaceTransaction, User};
use diesel::ExpressionMethods;
use diesel_async::RunQueryDsl;

diesel::table! {
    /// A table of the app's own.
    chronicle (id) {
        id -> Integer,
        event -> Text,
        email -> Text,
    }
}

/// Writes down what happens to whom, and will hear nothing of traitors.
pub(crate) struct Chronicler;

async fn write(event: &str, user: &User, transaction: &mut PlaceTransaction) -> HookResult {
    let row = (chronicle::event.eq(event), chronicle::email.eq(&user.email));
    let insert = diesel::insert_into(chronicle::table).values(row);
    let connection = transaction.any();
    if let Some(connection) = connection.sqlite() {
        insert.execute(connection).await?;
    } else if let Some(connection) = connection.postgres() {
        insert.execute(connection).await?;
    } else if let Some(connection) = connection.mysql() {
        insert.execute(connection).await?;
    }
    // It has written its row by now.
    if user.email.starts_with("traitor") { Err("not in this chronicle".into()) } else { Ok(()) }
}

/// Writes down who comes and goes, and lets no traitors in.
pub(crate) struct Gatekeeper;

impl TransactionHooks<User, PlaceTransaction> for Gatekeeper {
    async fn on_login(&self, user: &User, _: &RequestInfo, transaction: &mut PlaceTransaction) -> HookResult {
        write("logged in", user, transaction).await
    }

    async fn on_logout(
        &self,
        user: &User,
        request: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        if request.headers.contains_key("x-stay") {
            return Err("the gate is shut".into());
        }
        write("logged out", user, transaction).await
    }

    async fn on_update(
        &self,
        _: &User,
        after: &User,
        change: Change,
        _: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        write(&format!("{change:?}"), after, transaction).await
    }
}

/// Writes into the user's row when the user logs in or out.
pub(crate) struct Greeter;

async fn greet(user: &User, transaction: &mut PlaceTransaction) -> HookResult {
    let set =
        |table: &str| format!("UPDATE {table} SET display_name = 'seen' WHERE email = '{}'", user.email);
    let connection = transaction.any();
    if let Some(connection) = connection.sqlite() {
        diesel::sql_query(set("\"user\"")).execute(connection).await?;
    } else if let Some(connection) = connection.postgres() {
        diesel::sql_query(set("\"user\"")).execute(connection).await?;
    } else if let Some(connection) = connection.mysql() {
        diesel::sql_query(set("`user`")).execute(connection).await?;
    }
    Ok(())
}

impl TransactionHooks<User, PlaceTransaction> for Greeter {
    async fn on_login(&self, user: &User, _: &RequestInfo, transaction: &mut PlaceTransaction) -> HookResult {
        greet(user, transaction).await
    }

    async fn on_logout(
        &self,
        user: &User,
        _: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        greet(user, transaction).await
    }
}

impl TransactionHooks<User, PlaceTransaction> for Chronicler {
    async fn on_register(
        &self,
        user: &User,
        _: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        write("registered", user, transaction).await
    }

    async fn on_update(
        &self,
        before: &User,
        after: &User,
        change: Change,
        request: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        if after.email.starts_with("rebel") {
            return Err(Rejection::Refused(Refusal::UpdateUserEmailAlreadyExists).into());
        }
        let event = format!("{change:?} of {} at {}", before.email, request.uri.path());
        write(&event, after, transaction).await
    }

    async fn on_delete(
        &self,
        user: &User,
        _: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        write("deleted", user, transaction).await
    }
}
