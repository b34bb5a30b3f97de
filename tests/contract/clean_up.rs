//! A clean-up of many rows, while others write.

use std::time::Duration;

use axum_users::prelude::{HOUR, Manager};
use axum_users_tests::Backend;
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{RunQueryDsl, dsl::sql};

use crate::cast::{ARTHUR, PASSWORD, arthur, each_layout};

/// More than one transaction of a clean-up takes.
const FILL: &str = "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
    INSERT INTO ended_token (token, ended_at, expires_at)
    SELECT 'token ' || i, '2001-01-01 00:00:00.000000', '2001-01-01 01:00:00.000000' FROM n";

#[tokio::test(flavor = "multi_thread")]
async fn takes_its_turns_among_the_writers() {
    for server in each_layout().await {
        arthur(&server).await;
        server.database().batch_execute(FILL).expect("many rows");
        let manager = Manager::new(server.camelot.clone());
        let purge = tokio::spawn(async move { manager.purge(HOUR).await });
        for _ in 0..8 {
            server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        }
        tokio::time::timeout(Duration::from_secs(60), purge)
            .await
            .expect("it ends")
            .expect("no panic")
            .expect("a clean-up");
        let left =
            sql::<BigInt>("SELECT count(*) FROM ended_token").get_result::<i64>(&mut server.database());
        assert_eq!(left.expect("a number"), 0);
    }
}
