//! The tests' app as a process of its own, which ends in the middle of what it does: at a chosen call of its store.
//!
//! `mortal ADDRESS ISSUER POLICY N BEFORE`: its database, its provider, `strict` or `compatible`, the number of the call, and
//! whether it ends before that is done.

use axum_users::prelude::*;
use axum_users_tests::scene::clients_of;
use axum_users_tests::{Database, Fault, Faults, Memory, Options, Place, PlaceConfig, Server};

#[tokio::main]
async fn main() {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let [address, issuer, policy, n, before] = &arguments[..] else { panic!("five arguments") };
    let policy =
        if policy == "strict" { axum_users_tests::strict_for_unverified() } else { Policy::fastapi_users() };
    let fault = if before == "true" { Fault::Kills } else { Fault::KillsAfterwards };
    let faults = Faults::default();
    let place = Place { faults: Some(faults.clone()), ..Place::default() };
    // The address comes in its place.
    let none = Database::Memory(Memory::default());
    let server = Server::on(
        none,
        Options { policy, ..Options::default() },
        |config| config.database = PlaceConfig::Address(address.clone()),
        |setup| clients_of(issuer, setup).database(place),
    );
    let server = server.await.expect("it starts");
    faults.strike(n.parse().expect("a number"), fault);
    eprintln!("listening on {}", server.url);
    std::future::pending::<()>().await;
}
