//! A MariaDB whose `sql_mode` makes it read statements as other databases do, or cut what is too long.

use axum_users::manager::Manager;
use axum_users_tests::{Backend, Database, Options, Server, Store};
use serde_json::json;

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
            let report = Manager::for_code(app.camelot.clone()).check().await.expect("a report");
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

/// Without a strict mode, MariaDB and MySQL cut a value that is too long and say nothing.
#[test]
fn a_lax_server_cuts_no_value() {
    Store::Mysql.run(async {
        let server = OwnServer::start();
        let address = server.database().address();
        let (host, _) = address.rsplit_once('/').expect("a path");
        for (n, modes) in ["", "NO_ENGINE_SUBSTITUTION"].into_iter().enumerate() {
            server.database().execute(&format!("CREATE DATABASE lax_{n}; SET GLOBAL sql_mode = '{modes}'"));
            let database = Database::Mysql(format!("{host}/lax_{n}"));
            let app = Server::on(database, Options::default(), |_| {}, |setup| setup).await;
            let app = app.expect("the app starts");
            app.database
                .execute("ALTER TABLE \"user\" MODIFY email VARCHAR(20) CHARACTER SET utf8mb4 NOT NULL");
            app.database.execute("ALTER TABLE \"user\" MODIFY display_name VARCHAR(20)");

            let client = app.client();
            assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201, "{modes}");
            let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
            let fits = json!({ "display_name": "twenty characters ab" });
            assert_eq!(
                session.patch("/users/me", fits.clone()).await.json["display_name"],
                fits["display_name"]
            );
            let before = app.database.rows();
            for long in [
                json!({ "display_name": "twenty characters abc" }),
                json!({ "email": "arthur.of.camelot@camelot.bt" }),
                json!({ "email": "arthur@camelot.bt.example.org" }),
            ] {
                let answer = session.patch("/users/me", long.clone()).await;
                assert_eq!(answer.status, 422, "{modes}: {long}: {}", answer.text);
            }
            assert_eq!(client.register("lancelot.du.lac@camelot.bt", PASSWORD).await.status, 422, "{modes}");
            assert_eq!(app.database.rows(), before, "{modes}");
            assert_eq!(session.get("/users/me").await.status, 200, "{modes}");
            assert_eq!(session.post("/auth/db/logout").await.status, 200, "{modes}");
        }
    });
}
