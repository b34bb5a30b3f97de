//! TLS to the database: an app comes over it to a server that demands it, and to no other than the one it asked for.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use axum_users::app::StartError;
use axum_users_tests::{Backend, Database, Options, PlaceConfig, Server, Store, left_out, on_each_server};
use tempfile::TempDir;

use crate::common::{ARTHUR, PASSWORD};
use crate::own_server::OwnServer;
use crate::way::Way;

/// A database of the test's own, the address of the user that must come to it over TLS, and the authority's file.
async fn guarded() -> Option<(Database, String, String)> {
    let variable = match Store::current() {
        Store::Postgres => "TEST_POSTGRES_TLS_URL",
        _ => "TEST_MYSQL_TLS_URL",
    };
    let (Ok(url), Ok(authority)) = (std::env::var(variable), std::env::var("TEST_CA")) else {
        left_out(variable);
        return None;
    };
    let database = Database::create(Store::current()).await;
    let address = if let Database::Postgres(own) = &database {
        let (_, schema) = own.rsplit_once("%3D").expect("a schema");
        database.execute(&format!("GRANT ALL ON SCHEMA {schema} TO tls_only"));
        format!("{url}?options=-csearch_path%3D{schema}&")
    } else {
        let name = database.address().rsplit_once('/').expect("a path").1.to_owned();
        database.execute(&format!("GRANT ALL ON {name}.* TO tls_only"));
        format!("{}/{name}?", url.rsplit_once('/').expect("a path").0)
    };
    Some((database, address, authority))
}

/// An app that goes by this address.
async fn start(database: Database, address: &str) -> Result<Server, StartError> {
    let address = PlaceConfig::Address(address.to_owned());
    Server::on(database, Options::default(), |config| config.database = address, |setup| setup).await
}

/// What keeps an app from starting with this address.
async fn refusal(database: &Database, address: &str) -> String {
    let database = match database {
        Database::Postgres(url) => Database::Postgres(url.clone()),
        database => Database::Mysql(database.address()),
    };
    let Err(error) = start(database, address).await else { panic!("it starts with {address}") };
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The file of an authority that has vouched for nobody here.
fn another_authority() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/certificates.sh");
    let made =
        Command::new(script).arg(folder.path()).stderr(Stdio::null()).status().expect("the script starts");
    assert!(made.success());
    let authority = folder.path().join("ca.pem");
    (folder, authority)
}

#[on_each_server]
async fn is_what_a_server_may_demand() {
    let Some((database, address, authority)) = guarded().await else { return };
    for in_clear in ["", "sslmode=disable"] {
        let refusal = refusal(&database, &format!("{address}{in_clear}")).await;
        let told = match Store::current() {
            Store::Postgres => "no encryption",
            _ => "Access denied",
        };
        assert!(refusal.contains(told), "{refusal}");
    }
    for mode in ["verify-full", "verify-ca", "require"] {
        let address = format!("{address}sslmode={mode}&sslrootcert={authority}");
        let own = match &database {
            Database::Postgres(url) => Database::Postgres(url.clone()),
            database => Database::Mysql(database.address()),
        };
        let app = start(own, &address).await.unwrap_or_else(|error| panic!("{mode}: {error:?}"));
        let email = format!("{mode}-{ARTHUR}");
        assert_eq!(app.client().register(&email, PASSWORD).await.status, 201);
        drop(app.client().signed_in(Backend::Db, &email, PASSWORD).await);
    }
    assert_eq!(database.rows().len(), 3);
}

#[on_each_server]
async fn goes_to_nobody_else() {
    let Some((database, address, authority)) = guarded().await else { return };
    let (_folder, another) = another_authority();
    let refused = |what: &'static str, refusal: String| {
        assert!(refusal.to_lowercase().contains("certificate"), "{what}: {refusal}");
    };
    // Nobody that browsers trust has vouched for it.
    refused(
        "the authorities of browsers",
        refusal(&database, &format!("{address}sslmode=verify-full")).await,
    );
    for mode in ["verify-full", "require"] {
        let address = format!("{address}sslmode={mode}&sslrootcert={}", another.display());
        refused("another authority", refusal(&database, &address).await);
    }
    // The certificate is for localhost and 127.0.0.1.
    let way = Way::to(&address, "127.0.0.2").await;
    for mode in ["verify-full", "require"] {
        let address = format!("{}sslmode={mode}&sslrootcert={authority}", way.address);
        refused("another host", refusal(&database, &address).await);
    }
    let nowhere =
        refusal(&database, &format!("{address}sslmode=verify-full&sslrootcert=/nowhere/ca.pem")).await;
    assert!(nowhere.contains("/nowhere/ca.pem"), "{nowhere}");
    let mode = refusal(&database, &format!("{address}sslmode=prefer")).await;
    assert!(mode.contains("`sslmode` is `disable` or `verify-full`"), "{mode}");
}

/// A server that knows no TLS gets neither a password nor a statement.
#[on_each_server]
async fn is_not_done_without() {
    let server = OwnServer::start();
    let address = format!("{}?sslmode=verify-full", server.database().address());
    let refusal = refusal(&server.database(), &address).await;
    let told = match Store::current() {
        Store::Postgres => "server does not support TLS",
        // Newer ones make a certificate by themselves.
        _ if refusal.contains("certificate") => "certificate",
        _ => "server does not have this capability",
    };
    assert!(refusal.contains(told), "{refusal}");
}
