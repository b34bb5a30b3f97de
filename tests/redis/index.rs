//! The list of a user's tokens, by which those that have ended are found.

use axum_users::app::BackendName;
use axum_users::prelude::*;
use axum_users_tests::redis_server::{AnyRedis, command};
use axum_users_tests::{Options, Server};

use crate::common::{ARTHUR, BOTH, COMPAT_MODES, PASSWORD, arthur, camelot, id_of, index_key, is_in};

#[tokio::test(flavor = "multi_thread")]
async fn it_holds_what_is_good_and_no_more() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let first = arthur(&server, BOTH[0]).await;
        let key = index_key(&id_of(&first).await);
        let length = || redis.run::<usize>(&command(&["ZCARD", &key]));
        for n in 2..6 {
            arthur(&server, BOTH[n % 2]).await;
            assert_eq!(length(), n, "{compat:?}");
        }
        first.post("/auth/redis/logout").await;
        assert_eq!(length(), 4, "{compat:?}");
        server.clock.advance(HOUR);
        arthur(&server, BOTH[0]).await;
        assert_eq!(length(), 1, "{compat:?}");
        let ttl: i64 = redis.run(&command(&["TTL", &key]));
        assert!((3500..=3600).contains(&ttl), "{compat:?}: {ttl}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_an_end() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let first = arthur(&server, BOTH[0]).await;
        let key = index_key(&id_of(&first).await);
        let mut fill = redis::cmd("ZADD");
        fill.arg(&key);
        for n in 0..1500 {
            fill.arg(i64::MAX / 2).arg(format!("token-{n}"));
        }
        redis.run::<()>(&fill);
        arthur(&server, BOTH[0]).await;
        assert_eq!(redis.run::<usize>(&command(&["ZCARD", &key])), 1000, "{compat:?}");
        assert!(is_in(&first).await, "{compat:?}: one that it has lost is good all the same");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lives_as_long_as_the_longest() {
    let Some(redis) = AnyRedis::find() else { return };
    let connection = RedisOptions::default().connect(redis.url()).await.expect("Redis is there");
    let long = RedisSession::default().lifetime(DAY).with_connection(connection.clone());
    let options = Options { redis: Some(connection), ..Options::default() };
    let server = Server::of(options, |_| {}, |setup| setup.backend(BackendName::new("long"), Bearer, long));
    let server = server.await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let key = index_key(&id_of(&arthur(&server, BOTH[1]).await).await);
    let ttl = || redis.run::<i64>(&command(&["TTL", &key]));
    assert!((3500..=3600).contains(&ttl()));
    let form = format!("username={ARTHUR}&password={PASSWORD}");
    let login = server.client().post_raw("/auth/long/login", "application/x-www-form-urlencoded", form).await;
    assert_eq!(login.status, 200, "{}", login.text);
    assert!((86_300..=86_400).contains(&ttl()));
    arthur(&server, BOTH[1]).await;
    assert!((86_300..=86_400).contains(&ttl()));
}
