//! A MariaDB whose `sql_mode` makes it read statements as other databases do.

use axum_users::manager::Manager;
use axum_users_tests::{Backend, Database, Options, Server, Store};

use crate::common::{ARTHUR, PASSWORD};
use crate::own_server::OwnServer;

#[test]
fn foreign_sql_modes_are_told_and_left_out() {
    Store::Mysql.run(async {
        let server = OwnServer::start();
        let address = server.database().address();
        let (host, _) = address.rsplit_once('/').expect("a path");
        for (n, modes) in
            ["ORACLE", "EMPTY_STRING_IS_NULL", "ORACLE,EMPTY_STRING_IS_NULL"].into_iter().enumerate()
        {
            let set =
                format!("CREATE DATABASE foreign_{n}; SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,{modes}'");
            server.database().execute(&set);
            let database = Database::Mysql(format!("{host}/foreign_{n}"));
            let app = Server::on(database, Options::default(), |_| {}, |setup| setup).await;
            let app = app.expect("the app starts");
            let report = Manager::new(app.camelot.clone()).check().await.expect("a report");
            let found = report.findings().iter().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(found.len(), modes.split(',').count(), "{modes}: {found:?}");
            for (mode, line) in modes.split(',').zip(&found) {
                let start = format!("worth knowing: the server's `sql_mode` has `{mode}`, ");
                assert!(line.starts_with(&start), "{modes}: {line}");
            }
            let client = app.client();
            assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201, "{modes}");
            let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
            let body = serde_json::json!({ "display_name": "" });
            assert_eq!(session.patch("/users/me", body).await.json["display_name"], "", "{modes}");
            assert_eq!(session.post("/auth/db/logout").await.status, 200, "{modes}");
        }
    });
}
