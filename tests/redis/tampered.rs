//! What somebody else has written to Redis.

use axum_users::compat::Compat::FastApiUsers;
use axum_users::store::Compat;
use axum_users_tests::redis_server::{AnyRedis, command};
use serde_json::{Value, json};

use crate::common::{
    ARTHUR, BOTH, COMPAT_MODES, PASSWORD, arthur, camelot, compat_key, id_of, index_key, is_in, record_key,
    token_of,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_can_not_be_read_is_no_token() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        server.user("mordred@camelot.bt", PASSWORD, |_| {}).await;
        let mordred = server.client().signed_in(BOTH[0], "mordred@camelot.bt", PASSWORD).await;
        let session = arthur(&server, BOTH[0]).await;
        let key = record_key(&token_of(&session));
        let record: String = redis.run(&command(&["GET", &key]));
        let record: Value = serde_json::from_str(&record).expect("JSON");
        let with = |name: &str, value: Value| {
            let mut other = record.clone();
            other[name] = value;
            other.to_string()
        };
        let others: String = redis.run(&command(&["GET", &record_key(&token_of(&mordred))]));
        let values = [
            String::new(),
            "guinevere".to_owned(),
            "{}".to_owned(),
            "[]".to_owned(),
            "\u{0}\u{ff}".to_owned(),
            with("sub", json!(id_of(&mordred).await)),
            with("sub", json!("arthur")),
            with("sub", json!(1)),
            with("exp", json!(0)),
            with("exp", json!("never")),
            with("iat", Value::Null),
            with("fgpt", json!("")),
            with("fgpt", serde_json::from_str::<Value>(&others).expect("JSON")["fgpt"].clone()),
            with("fgpt", json!("mordred")),
            with("gen", json!("0")),
        ];
        for value in values {
            redis.run::<()>(&command(&["SET", &key, &value]));
            assert!(!is_in(&session).await, "{compat:?}: {value}");
        }
        if compat == Compat::None {
            for stamp in ["fgpt", "gen"] {
                redis.run::<()>(&command(&["SET", &key, &with(stamp, Value::Null)]));
                assert!(!is_in(&session).await, "without `{stamp}`");
            }
            // Without `compat` it is the only key.
            redis.run::<()>(&command(&["DEL", &key]));
            redis.run::<()>(&command(&["RPUSH", &key, "a list"]));
            assert!(!is_in(&session).await, "a list");
        }
        redis.run::<()>(&command(&["DEL", &key]));
        redis.run::<()>(&command(&["SET", &key, &record.to_string()]));
        assert!(is_in(&session).await, "{compat:?}: it was good all the time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_where_a_user_must_be_is_no_token() {
    let Some(redis) = AnyRedis::find() else { return };
    let server = camelot(FastApiUsers, redis.url()).await;
    let session = arthur(&server, BOTH[0]).await;
    let key = compat_key(&token_of(&session));
    redis.run::<()>(&command(&["DEL", &key]));
    redis.run::<()>(&command(&["RPUSH", &key, "a list"]));
    assert!(!is_in(&session).await);
    redis.run::<()>(&command(&["DEL", &key]));
    redis.run::<()>(&command(&["SET", &key, "\u{0}"]));
    assert!(!is_in(&session).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_a_users_tokens_decides_nothing() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        server.user("mordred@camelot.bt", PASSWORD, |_| {}).await;
        let mordred = server.client().signed_in(BOTH[0], "mordred@camelot.bt", PASSWORD).await;
        let session = arthur(&server, BOTH[0]).await;
        let key = index_key(&id_of(&session).await);
        // Names that are none of the user's, and odd ones.
        redis.run::<()>(&command(&["ZADD", &key, "1", "", "2", "*", "3", "user:*", "4", "a b"]));
        assert_eq!(session.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
        assert!(is_in(&session).await && is_in(&mordred).await, "{compat:?}");
        let old = server.client().login(BOTH[0], ARTHUR, PASSWORD).await;
        old.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_is_not_looked_up() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, redis.url()).await;
        let session = arthur(&server, BOTH[0]).await;
        let token = token_of(&session);
        let id = id_of(&session).await;
        for odd in ["", "x", &token[1..], &format!("{token}x"), &token.replace(&token[..1], "*"), "a:b", &id]
        {
            for key in [compat_key(odd), record_key(odd)] {
                let record: String = redis.run(&command(&["GET", &record_key(&token)]));
                let value = if key == compat_key(odd) { &id } else { &record };
                redis.run::<()>(&command(&["SET", &key, value, "EX", "600"]));
            }
            for client in [
                server.client().with("authorization", &format!("Bearer {odd}")),
                server.client().with("cookie", &format!("redis_session={odd}")),
            ] {
                assert!(!is_in(&client).await, "{compat:?}: {odd}");
            }
        }
        assert!(is_in(&session).await);
    }
}
