//! The list of a user's tokens, by which those that have ended are found.

use axum_users::prelude::*;
use axum_users_tests::redis_server::{AnyRedis, command};

use crate::common::{BOTH, LAYOUTS, arthur, camelot, id_of, index_key, is_in};

#[tokio::test(flavor = "multi_thread")]
async fn it_holds_what_is_good_and_no_more() {
    let Some(redis) = AnyRedis::find() else { return };
    for layout in LAYOUTS {
        let server = camelot(layout, redis.url()).await;
        let first = arthur(&server, BOTH[0]).await;
        let key = index_key(&id_of(&first).await);
        let length = || redis.run::<usize>(&command(&["ZCARD", &key]));
        for n in 2..6 {
            arthur(&server, BOTH[n % 2]).await;
            assert_eq!(length(), n, "{layout:?}");
        }
        first.post("/auth/redis/logout").await;
        assert_eq!(length(), 4, "{layout:?}");
        server.clock.advance(HOUR);
        arthur(&server, BOTH[0]).await;
        assert_eq!(length(), 1, "{layout:?}");
        let ttl: i64 = redis.run(&command(&["TTL", &key]));
        assert!((3500..=3600).contains(&ttl), "{layout:?}: {ttl}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_an_end() {
    let Some(redis) = AnyRedis::find() else { return };
    for layout in LAYOUTS {
        let server = camelot(layout, redis.url()).await;
        let first = arthur(&server, BOTH[0]).await;
        let key = index_key(&id_of(&first).await);
        let mut fill = redis::cmd("ZADD");
        fill.arg(&key);
        for n in 0..1500 {
            fill.arg(i64::MAX / 2).arg(format!("token-{n}"));
        }
        redis.run::<()>(&fill);
        arthur(&server, BOTH[0]).await;
        assert_eq!(redis.run::<usize>(&command(&["ZCARD", &key])), 1000, "{layout:?}");
        assert!(is_in(&first).await, "{layout:?}: one that it has lost is good all the same");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lives_as_long_as_the_longest() {
    let Some(redis) = AnyRedis::find() else { return };
    let connection = RedisServer.connect(redis.url()).await.expect("Redis is there");
    let setup = |setup: axum_users::app::Setup<axum_users_tests::Camelot>| {
        let long = Redis { lifetime: DAY, ..Redis };
        setup
            .backend(axum_users::app::BackendName::new("redis"), Bearer, long.on(connection.clone()))
            .backend(
                axum_users::app::BackendName::new("redis_cookie"),
                Cookie { name: Some("redis_session"), ..Cookie::default() },
                Redis.on(connection),
            )
    };
    let server = axum_users_tests::Server::of(Default::default(), |_| {}, setup).await.expect("it starts");
    server.user(crate::common::ARTHUR, crate::common::PASSWORD, |_| {}).await;
    let key = index_key(&id_of(&arthur(&server, BOTH[1]).await).await);
    let ttl = || redis.run::<i64>(&command(&["TTL", &key]));
    assert!((3500..=3600).contains(&ttl()));
    arthur(&server, BOTH[0]).await;
    assert!((86_300..=86_400).contains(&ttl()));
    arthur(&server, BOTH[1]).await;
    assert!((86_300..=86_400).contains(&ttl()));
}
