//! How tokens lie in Redis, and when they expire.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::redis_server::{AnyRedis, RedisProcess, command};
use serde_json::Value;

use crate::common::{
    BOTH, COMPAT_MODES, arthur, camelot, compat_key, holding, id_of, index_key, is_in, record_key, token_of,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_redis_opens_no_session() {
    // Every key of the server is looked at, so it must be the test's own.
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let server = camelot(Compat::None, &redis.url()).await;
    let session = arthur(&server, BOTH[0]).await;
    let token = token_of(&session);
    let mut keys: Vec<String> = redis.run(&command(&["KEYS", "*"]));
    keys.sort();
    assert_eq!(keys, [record_key(&token), index_key(&id_of(&session).await)]);
    let record: String = redis.run(&command(&["GET", &record_key(&token)]));
    let listed: Vec<String> = redis.run(&command(&["ZRANGE", &keys[1], "0", "-1"]));
    for text in keys.iter().chain([&record]).chain(&listed) {
        assert!(!text.contains(&token), "{text}");
        assert!(!is_in(&holding(&server, text.rsplit(':').next().expect("a word"))).await);
    }
    // Nor is a token that FastAPI Users would take one here.
    redis.run::<()>(&command(&["SET", &compat_key(&token), &id_of(&session).await]));
    redis.run::<()>(&command(&["DEL", &record_key(&token)]));
    assert!(!is_in(&session).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn fastapi_users_finds_ours() {
    let Some(redis) = AnyRedis::find() else { return };
    let server = camelot(FastApiUsers, redis.url()).await;
    for backend in BOTH {
        let session = arthur(&server, backend).await;
        let key = compat_key(&token_of(&session));
        // What `redis.get(f"{key_prefix}{token}")` is there: the id as `str(user.id)` writes it.
        assert_eq!(redis.run::<String>(&command(&["GET", &key])), id_of(&session).await);
        let ttl: i64 = redis.run(&command(&["TTL", &key]));
        assert!((3500..=3600).contains(&ttl), "{ttl}");
        // It signs out by deleting the key.
        redis.run::<()>(&command(&["DEL", &key]));
        assert!(!is_in(&session).await, "{backend:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_expires() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        for backend in BOTH {
            let server = camelot(compat, redis.url()).await;
            let session = arthur(&server, backend).await;
            let ttl: i64 = redis.run(&command(&["TTL", &record_key(&token_of(&session))]));
            assert!((3500..=3600).contains(&ttl), "{compat:?}: {ttl}");
            server.clock.advance(HOUR - std::time::Duration::from_micros(1));
            assert!(is_in(&session).await, "{compat:?}: {backend:?}");
            server.clock.advance(std::time::Duration::from_micros(1));
            assert!(!is_in(&session).await, "{compat:?}: {backend:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_what_it_must() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let session = arthur(&server, BOTH[0]).await;
        let record: String = redis.run(&command(&["GET", &record_key(&token_of(&session))]));
        let record: Value = serde_json::from_str(&record).expect("JSON");
        let mut names = record.as_object().expect("an object").keys().collect::<Vec<_>>();
        names.sort();
        assert_eq!(names, ["exp", "fgpt", "gen", "iat", "sub"]);
        assert_eq!(record["sub"], id_of(&session).await);
        let lifetime = record["exp"].as_i64().zip(record["iat"].as_i64()).map(|(exp, iat)| exp - iat);
        assert_eq!(lifetime, Some(3_600_000_000), "in microseconds");
    }
}
