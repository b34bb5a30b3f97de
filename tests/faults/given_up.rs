//! A request that is given up in the middle of a statement, by a client that hangs up say: what the database answers to
//! it reaches nobody, and least of all the next request on that connection.

use std::pin::pin;

use axum_users::manager::{Credentials, Manager, SignIn, SignedIn};
use axum_users::user::Email;
use axum_users_tests::{Camelot, Server, on_each_server};

use crate::common::{ARTHUR, Idle, MERLIN, PASSWORD, server_set, server_with, until};

/// Polls `request` until its statement waits for `table`, and gives it up there.
async fn give_up(server: &Server, table: &str, request: impl Future) {
    let lock = server.database.lock(table).await;
    let mut request = pin!(request);
    tokio::select! {
        biased;
        _ = &mut request => panic!("nothing waits for {table}"),
        () = until("a statement waits", async || server.database.waiting() == 1) => {}
    }
    drop(lock);
}

fn address(text: &str) -> Email {
    text.parse().expect("an address")
}

fn credentials(username: &str) -> Credentials {
    Credentials::new(username, PASSWORD)
}

/// Everybody gets what is theirs, again and again.
async fn all_is_well(manager: &Manager<Camelot>) {
    for _ in 0..3 {
        for email in [ARTHUR, MERLIN] {
            let user = manager.user_by_email(&address(email)).await.expect("an answer");
            assert_eq!(user.expect("a user").email, email);
            let signed_in = manager.sign_in(Camelot::DB, &credentials(email), false).await;
            let SignIn::SignedIn(SignedIn { user, .. }) = signed_in.expect("an answer") else {
                panic!("not signed in")
            };
            assert_eq!(user.email, email);
        }
        let nobody = manager.user_by_email(&address("nobody@camelot.bt")).await.expect("an answer");
        assert!(nobody.is_none());
    }
}

#[on_each_server]
async fn a_read_answers_nobody_else() {
    let server = server_with(1).await;
    for email in [ARTHUR, MERLIN] {
        server.user(email, PASSWORD, |_| {}).await;
    }
    let manager = Manager::for_code(server.camelot.clone());
    give_up(&server, "user", manager.user_by_email(&address(ARTHUR))).await;
    let merlin = manager.user_by_email(&address(MERLIN)).await.expect("an answer");
    assert_eq!(merlin.expect("a user").email, MERLIN);
    all_is_well(&manager).await;
}

/// Where a login is a transaction.
#[on_each_server]
async fn a_write_is_undone() {
    let server = server_set(1, |setup| setup.transaction_hooks(Idle)).await;
    for email in [ARTHUR, MERLIN] {
        server.user(email, PASSWORD, |_| {}).await;
    }
    let manager = Manager::for_code(server.camelot.clone());
    let arthur = credentials(ARTHUR);
    give_up(&server, "session", manager.sign_in(Camelot::DB, &arthur, false)).await;
    let sessions = || server.database.number("SELECT count(*) AS value FROM session");
    assert_eq!(sessions(), 0);
    all_is_well(&manager).await;
    assert_eq!(sessions(), 6);
}

/// A statement that is a transaction by itself is done or not done. A session of which nobody has the token is no harm.
#[on_each_server]
async fn a_write_of_one_statement_answers_nobody_else() {
    let server = server_with(1).await;
    for email in [ARTHUR, MERLIN] {
        server.user(email, PASSWORD, |_| {}).await;
    }
    let manager = Manager::for_code(server.camelot.clone());
    let arthur = credentials(ARTHUR);
    give_up(&server, "session", manager.sign_in(Camelot::DB, &arthur, false)).await;
    all_is_well(&manager).await;
    let sessions = server.database.number("SELECT count(*) AS value FROM session");
    assert!([6, 7].contains(&sessions), "{sessions}");
}
