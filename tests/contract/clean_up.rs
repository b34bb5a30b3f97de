//! A clean-up of many rows, while others write.

use std::time::Duration;

use axum_users::prelude::{HOUR, Manager};
use axum_users_tests::{Backend, on_each_database};

use crate::cast::{ARTHUR, PASSWORD, arthur, each_layout};

/// More than one transaction of a clean-up takes.
fn fill() -> String {
    let row = |n| format!("('token {n}', '2001-01-01 00:00:00.000000', '2001-01-01 01:00:00.000000')");
    let rows = (0..2500).map(row).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO ended_token (token, ended_at, expires_at) VALUES {rows}")
}

#[on_each_database]
async fn takes_its_turns_among_the_writers() {
    for server in each_layout().await {
        arthur(&server).await;
        server.database.execute(&fill());
        let manager = Manager::for_code(server.camelot.clone());
        let purge = tokio::spawn(async move { manager.purge(HOUR).await });
        for _ in 0..8 {
            server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        }
        tokio::time::timeout(Duration::from_secs(60), purge)
            .await
            .expect("it ends")
            .expect("no panic")
            .expect("a clean-up");
        assert_eq!(server.database.number("SELECT count(*) AS value FROM ended_token"), 0);
    }
}
