//! Hooks within the transaction, each with its database's own connection: they write a row of the app's with the user.

use axum_users_tests::on_each_database;
use serde_json::json;

use crate::court::{ARTHUR, Court, knight};

#[on_each_database]
async fn a_row_of_the_apps_comes_with_the_user() {
    let court = Court::open().await;
    let answer =
        court.client().post_json("/auth/register", knight(ARTHUR, json!({ "handle": "king" }))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(court.count("horses JOIN knights ON rider = knight_id WHERE handle = 'king'"), 1);
}

#[on_each_database]
async fn an_error_leaves_neither() {
    let court = Court::open().await;
    let thief = knight(ARTHUR, json!({ "handle": "thief" }));
    court.client().post_json("/auth/register", thief).await.refuses(500, json!("Internal Server Error"));
    assert_eq!((court.count("knights"), court.count("horses")), (0, 0));
}

#[on_each_database]
async fn a_rejection_leaves_neither_and_is_the_answer() {
    let court = Court::open().await;
    let rebel = knight(ARTHUR, json!({ "handle": "rebel" }));
    let answer = court.client().post_json("/auth/register", rebel).await;
    answer.is_invalid(&[(json!(["body", "handle"]), "value_error")]);
    assert_eq!((court.count("knights"), court.count("horses")), (0, 0));
}
