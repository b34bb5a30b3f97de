//! The same with servers that have real troubles: databases that take no writes or speak rubbish, a Redis that refuses.

use axum_users::prelude::*;
use axum_users_tests::redis_server::{RedisProcess, command};
use axum_users_tests::{Backend, Database, Options, PlaceConfig, Store, on_each_server};

use super::accounts::{ChangeAddress, Register, RequestVerify, Verify};
use super::passwords::{Change, Forgot, Reset};
use super::people::{Deactivate, Delete};
use super::providers::{self, Associate, Unlink, Who};
use super::sessions::{SignIn, SignOut};
use super::{Deed, Told, World, is_whole};
use crate::own_server::OwnServer;
use crate::way::{State, Way};

/// What a server has, and gets over.
trait Trouble {
    /// It begins, or ends.
    fn is(&self, there: bool);
}

/// Does it while there is trouble, which may keep it from being done; and once more when that is over.
async fn in_trouble<D: Deed>(world: &World, trouble: &impl Trouble, what: &str, deed: D) {
    // Read where a test fails.
    eprintln!("{what}");
    let ready = deed.ready(world).await;
    world.settled().await;
    trouble.is(true);
    let told = deed.ask(world, &ready).await;
    world.settled().await;
    trouble.is(false);
    let (answer, must_be) = match told {
        Told::Done(answer) => (answer, true),
        Told::Unavailable => (None, false),
        told => panic!("{told:?}"),
    };
    // A connection that broke may be found at the next request only.
    drop(world.server().client().get("/users/me").await);
    is_whole(world, &deed, &ready, answer.as_deref(), must_be).await;
}

/// Everything that somebody does.
async fn everything_in(world: &World, trouble: &impl Trouble) {
    let register = Register { is_hidden: false, is_known: false };
    in_trouble(world, trouble, "a registration", register).await;
    for backend in [Backend::Jwt, Backend::Db] {
        in_trouble(world, trouble, "a sign-in", SignIn { backend, is_outdated: false }).await;
        in_trouble(world, trouble, "the same with an outdated hash", SignIn { backend, is_outdated: true })
            .await;
        in_trouble(world, trouble, "a sign-out", SignOut(backend)).await;
    }
    in_trouble(world, trouble, "a forgotten password", Forgot).await;
    in_trouble(world, trouble, "a reset", Reset { is_verified: false }).await;
    in_trouble(world, trouble, "a change of the password", Change(Backend::Db)).await;
    in_trouble(world, trouble, "a new address", ChangeAddress).await;
    in_trouble(world, trouble, "a request for a proof", RequestVerify).await;
    in_trouble(world, trouble, "a proof", Verify).await;
    in_trouble(world, trouble, "a deactivation", Deactivate).await;
    in_trouble(world, trouble, "a deletion", Delete).await;
    for who in [Who::New, Who::Linked, Who::Verified, Who::Unverified] {
        let sign_in = providers::SignIn(who, axum_users_tests::scene::PLACE);
        in_trouble(world, trouble, "a sign-in by way of the provider", sign_in).await;
    }
    in_trouble(world, trouble, "an association", Associate).await;
    in_trouble(world, trouble, "an end of one", Unlink).await;
}

/// A server that takes no writes, as one that has become a replica.
struct ReadOnly<'a>(&'a Database);

impl Trouble for ReadOnly<'_> {
    fn is(&self, there: bool) {
        let word = if there { "on" } else { "off" };
        match self.0 {
            Database::Postgres(_) => {
                self.0.execute(&format!("ALTER SYSTEM SET default_transaction_read_only = {word}"));
                self.0.execute("SELECT pg_reload_conf()");
                // Sessions come to know of it between two statements.
                let is_so = format!(
                    "SELECT count(*) AS value FROM pg_settings WHERE name = 'default_transaction_read_only' AND setting = '{word}'"
                );
                while self.0.number(&is_so) == 0 {}
            }
            _ => self.0.execute(&format!("SET GLOBAL read_only = {word}")),
        }
    }
}

#[on_each_server]
async fn a_server_that_takes_no_writes() {
    let own = OwnServer::start();
    let (database, address) = (own.database(), own.database().address());
    let address = match Store::current() {
        Store::Mysql => {
            // Who administers a server may write to it all the same.
            database.execute("CREATE USER app@'%' IDENTIFIED BY 'app'; GRANT ALL ON tests.* TO app@'%'");
            address.replace("tester:tester@", "app:app@")
        }
        _ => address,
    };
    let world = World::at(own.database(), PlaceConfig::Address(address), Options::default()).await;
    everything_in(&world, &ReadOnly(&database)).await;
}

/// A server that speaks rubbish.
struct Rubbish<'a>(&'a Way);

impl Trouble for Rubbish<'_> {
    fn is(&self, there: bool) {
        self.0.is(if there { State::Babbles } else { State::Open });
    }
}

#[on_each_server]
async fn a_server_that_speaks_rubbish() {
    let database = Database::create(Store::current()).await;
    let way = Way::to(&database.address(), "127.0.0.1").await;
    let address = PlaceConfig::Address(way.address.clone());
    let world = World::at(database, address, Options::default()).await;
    everything_in(&world, &Rubbish(&way)).await;
}

/// A Redis that refuses: with what it is told, and what it is told when it is over.
struct Refusing<'a>(&'a RedisProcess, &'static [&'static str], &'static [&'static str]);

impl Trouble for Refusing<'_> {
    fn is(&self, there: bool) {
        let Self(redis, begin, end) = self;
        redis.run::<()>(&command(if there { begin } else { end }));
    }
}

/// What a Redis says then: `OOM`, `NOREPLICAS`, `NOPERM`, `READONLY` and `NOPERM` of a read.
const REFUSALS: [(&[&str], &[&str]); 5] = [
    (&["CONFIG", "SET", "maxmemory", "1"], &["CONFIG", "SET", "maxmemory", "0"]),
    (&["CONFIG", "SET", "min-replicas-to-write", "1"], &["CONFIG", "SET", "min-replicas-to-write", "0"]),
    (&["ACL", "SETUSER", "default", "-@write"], &["ACL", "SETUSER", "default", "+@all"]),
    (&["REPLICAOF", "127.0.0.1", "1"], &["REPLICAOF", "NO", "ONE"]),
    (&["ACL", "SETUSER", "default", "-@read"], &["ACL", "SETUSER", "default", "+@all"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_refuses() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let connection = RedisOptions::default().connect(redis.url()).await.expect("Redis answers");
    let world = World::on(Options { redis: Some(connection), ..Options::default() }).await;
    for (begin, end) in REFUSALS {
        let trouble = Refusing(&redis, begin, end);
        for backend in [Backend::Redis, Backend::RedisCookie] {
            let what = begin.join(" ");
            in_trouble(
                &world,
                &trouble,
                &format!("a sign-in, {what}"),
                SignIn { backend, is_outdated: false },
            )
            .await;
            in_trouble(&world, &trouble, &format!("a sign-out, {what}"), SignOut(backend)).await;
            in_trouble(&world, &trouble, &format!("a change, {what}"), Change(backend)).await;
            in_trouble(&world, &trouble, &format!("a reset, {what}"), Reset { is_verified: true }).await;
            in_trouble(&world, &trouble, &format!("a deactivation, {what}"), Deactivate).await;
            in_trouble(&world, &trouble, &format!("a deletion, {what}"), Delete).await;
        }
    }
}
