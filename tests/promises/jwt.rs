//! Promise 5: JWTs have one algorithm; `exp`, `aud` and purpose are required; everything else is read strictly.

use std::time::Duration;

use axum_users::app::StartError;
use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::secret::KeyPurpose;
use axum_users::store::Compat;
use axum_users_tests::{Backend, Options, RESET_SECRET, SECRET, Server, VERIFY_SECRET, key, on_each_store};
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::common::{
    ARTHUR, COMPAT_MODES, PASSWORD, camelot, compat, is_in, merlin, reset_token, sessions, token_of,
    verify_token,
};
use crate::forge::{HS256, and, claims, hs256, hs384, is_taken, issued, message, signed, with};

/// The last second before the year 0, and the first one of the year 10000: no database holds them.
const BEFORE_ALL_DATES: i64 = -62_167_219_201;
const AFTER_ALL_DATES: i64 = 253_402_300_800;

#[on_each_store]
async fn headers() {
    let (server, _, real) = issued(Compat::None).await;
    let key = server.session_key();
    let real = real.to_string();
    for (what, header, taken) in [
        ("our own", HS256, true),
        ("no type", r#"{"alg":"HS256"}"#, true),
        ("a key's id", r#"{"alg":"HS256","kid":"../../dev/null"}"#, true),
        ("a key's address", r#"{"alg":"HS256","jku":"https://evil.bt/keys","x5u":"https://evil.bt"}"#, true),
        ("a key", r#"{"alg":"HS256","jwk":{"kty":"oct","k":"ZXZpbA"}}"#, true),
        ("no algorithm", r#"{"typ":"JWT"}"#, false),
        ("none", r#"{"alg":"none"}"#, false),
        ("nOnE", r#"{"alg":"nOnE"}"#, false),
        ("another case", r#"{"alg":"hs256"}"#, false),
        ("another HMAC", r#"{"alg":"HS384"}"#, false),
        ("a key pair", r#"{"alg":"RS256"}"#, false),
        ("another key pair", r#"{"alg":"ES256"}"#, false),
        ("no text", r#"{"alg":256}"#, false),
        ("two algorithms", r#"{"alg":"HS256","alg":"HS256"}"#, false),
        ("critical, unknown", r#"{"alg":"HS256","crit":["exp"],"exp":1}"#, false),
        ("critical, b64", r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, false),
        ("critical, empty", r#"{"alg":"HS256","crit":[]}"#, false),
        ("critical, no list", r#"{"alg":"HS256","crit":"exp"}"#, false),
        ("critical, null", r#"{"alg":"HS256","crit":null}"#, false),
        ("a list", r#"["HS256"]"#, false),
        ("no JSON", "HS256", false),
        ("nothing", "", false),
    ] {
        assert_eq!(is_taken(&server, &signed(header, &real, &key)).await, taken, "{what}");
    }
}

#[on_each_store]
async fn signatures() {
    let (server, _, real) = issued(Compat::None).await;
    let ours = server.session_key();
    let real = real.to_string();
    let message = message(HS256, &real);
    let right = hs256(&message, &ours);
    let of_clients = key(SECRET, KeyPurpose::KnownClient, Compat::None);
    let none = self::message(r#"{"alg":"none"}"#, &real);
    let other = self::message(r#"{"alg":"HS384"}"#, &real);
    // The last of 43 characters holds two bits that stand for nothing.
    let (start, last) = right.split_at(42);
    let sibling = char::from(last.as_bytes()[0] + 1);
    for (what, token, taken) in [
        ("ours", format!("{message}.{right}"), true),
        ("none", format!("{none}."), false),
        ("none, and no dot", none.clone(), false),
        ("none, but signed", format!("{none}.{}", hs256(&none, &ours)), false),
        ("the configured secret itself", format!("{message}.{}", hs256(&message, SECRET)), false),
        ("the key of resets", format!("{message}.{}", hs256(&message, server.reset_key())), false),
        ("the key of verifications", format!("{message}.{}", hs256(&message, server.verify_key())), false),
        ("another key of the same secret", format!("{message}.{}", hs256(&message, &of_clients)), false),
        ("HS384 with our key", format!("{other}.{}", hs384(&other, &ours)), false),
        ("HS384 under the name of HS256", format!("{message}.{}", hs384(&message, &ours)), false),
        (
            "another secret",
            format!("{message}.{}", hs256(&message, "mordred-mordred-mordred-mordred-")),
            false,
        ),
        ("the secret of resets", format!("{message}.{}", hs256(&message, RESET_SECRET)), false),
        ("the secret of verifications", format!("{message}.{}", hs256(&message, VERIFY_SECRET)), false),
        ("no secret", format!("{message}.{}", hs256(&message, "")), false),
        ("cut", format!("{message}.{start}"), false),
        ("longer", format!("{message}.{right}AAAA"), false),
        ("padded", format!("{message}.{right}="), false),
        ("two of one value", format!("{message}.{start}{sibling}"), false),
        ("quoted", format!("{message}.\"{right}\""), false),
    ] {
        assert_eq!(is_taken(&server, &token).await, taken, "{what}");
    }
}

#[on_each_store]
async fn forms() {
    let (server, _, real) = issued(Compat::None).await;
    let key = server.session_key();
    let real = real.to_string();
    let good = signed(HS256, &real, &key);
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let sign = |message: String| format!("{message}.{}", hs256(&message, &key));
    // A header of one byte more than threes has bits that stand for nothing, and room for padding.
    let odd = r#"{"alg":"HS256" }"#;
    let encoded = URL_SAFE_NO_PAD.encode(odd);
    let sibling = format!("{}{}", &encoded[..encoded.len() - 1], "R");
    assert_ne!(encoded, sibling);
    let long = and(&real, &format!(r#""x":"{}""#, "x".repeat(9 * 1024)));
    for (what, token, taken) in [
        ("ours", good.clone(), true),
        ("another spelling of the header", sign(format!("{encoded}.{payload}")), true),
        ("bits that stand for nothing", sign(format!("{sibling}.{payload}")), false),
        ("a padded header", sign(format!("{}.{payload}", URL_SAFE.encode(odd))), false),
        ("not URL-safe", sign(format!("{header}+/.{payload}")), false),
        ("two parts", sign(payload.to_owned()), false),
        ("four parts", format!("{good}.{signature}"), false),
        ("four parts, all signed", sign(good.clone()), false),
        ("a dot before", format!(".{good}"), false),
        ("a dot behind", format!("{good}."), false),
        ("two dots and nothing", "..".to_owned(), false),
        ("no header", sign(format!(".{payload}")), false),
        ("no claims", sign(format!("{header}.")), false),
        ("no signature", format!("{header}.{payload}."), false),
        ("no parts", "excalibur".to_owned(), false),
        ("more behind the claims", signed(HS256, &format!("{real}{{}}"), &key), false),
        ("longer than any token", signed(HS256, &long, &key), false),
    ] {
        assert_eq!(is_taken(&server, &token).await, taken, "{what}");
    }
}

#[on_each_store]
async fn claims_of_a_session() {
    let (server, now, real) = issued(Compat::None).await;
    let key = server.session_key();
    let aud = "axum-users:auth";
    let without_exp = with(&real, json!({ "exp": null }));
    let in_order =
        ["sub", "aud", "exp", "nbf", "iat", "jti", "fgpt", "user_gen"].map(|name| real[name].clone());
    let in_order = Value::from(in_order.to_vec());
    for (what, claims, taken) in [
        ("ours", real.to_string(), true),
        ("exp with a fraction", with(&real, json!({ "exp": now as f64 + 9.5 })), true),
        ("no exp", without_exp.clone(), false),
        ("exp null", and(&without_exp, r#""exp":null"#), false),
        ("exp a text", with(&real, json!({ "exp": (now + 9).to_string() })), false),
        ("exp never", with(&real, json!({ "exp": "never" })), false),
        ("exp a list", with(&real, json!({ "exp": [now + 9] })), false),
        ("exp an object", with(&real, json!({ "exp": { "at": now + 9 } })), false),
        ("exp true", with(&real, json!({ "exp": true })), false),
        ("exp nought", with(&real, json!({ "exp": 0 })), false),
        ("exp negative", with(&real, json!({ "exp": -now })), false),
        ("exp past", with(&real, json!({ "exp": now - 1 })), false),
        ("exp past with a fraction", with(&real, json!({ "exp": now as f64 - 0.5 })), false),
        ("exp now", with(&real, json!({ "exp": now })), false),
        ("exp beyond all numbers", and(&without_exp, r#""exp":1e400"#), false),
        ("exp no number", and(&without_exp, r#""exp":NaN"#), false),
        ("exp twice", and(&real.to_string(), &format!(r#""exp":{}"#, now + 9)), false),
        ("exp after all dates", with(&real, json!({ "exp": AFTER_ALL_DATES })), false),
        ("nbf past", with(&real, json!({ "nbf": now - 1 })), true),
        ("nbf future", with(&real, json!({ "nbf": now + 9 })), false),
        ("nbf a text", with(&real, json!({ "nbf": "0" })), false),
        ("nbf twice", and(&with(&real, json!({ "nbf": 0 })), r#""nbf":0"#), false),
        ("no iat", with(&real, json!({ "iat": null })), true),
        ("iat future", with(&real, json!({ "iat": now + 9 })), false),
        ("iat a text", with(&real, json!({ "iat": "0" })), false),
        ("iat before all dates", with(&real, json!({ "iat": BEFORE_ALL_DATES })), false),
        ("nbf before all dates", with(&real, json!({ "nbf": BEFORE_ALL_DATES })), false),
        ("aud a text", with(&real, json!({ "aud": aud })), true),
        ("aud among others", with(&real, json!({ "aud": ["x", aud] })), true),
        ("no aud", with(&real, json!({ "aud": null })), false),
        ("aud an empty list", with(&real, json!({ "aud": [] })), false),
        ("aud empty", with(&real, json!({ "aud": "" })), false),
        ("aud another", with(&real, json!({ "aud": "axum-users:reset" })), false),
        ("aud others", with(&real, json!({ "aud": ["axum-users:reset", "axum-users:verify"] })), false),
        ("aud of the original", with(&real, json!({ "aud": ["fastapi-users:auth"] })), false),
        ("aud the start of ours", with(&real, json!({ "aud": "axum-users" })), false),
        ("aud in another case", with(&real, json!({ "aud": "AXUM-USERS:AUTH" })), false),
        ("aud a number", with(&real, json!({ "aud": 1 })), false),
        ("aud an object", with(&real, json!({ "aud": { "0": aud } })), false),
        ("aud lists of lists", with(&real, json!({ "aud": [[aud]] })), false),
        ("aud twice", and(&real.to_string(), &format!(r#""aud":"{aud}""#)), false),
        ("no sub", with(&real, json!({ "sub": null })), false),
        ("sub empty", with(&real, json!({ "sub": "" })), false),
        ("sub a number", with(&real, json!({ "sub": 1 })), false),
        ("sub a list", with(&real, json!({ "sub": [real["sub"]] })), false),
        ("sub no id", with(&real, json!({ "sub": "arthur" })), false),
        ("sub of nobody", with(&real, json!({ "sub": Uuid::new_v4() })), false),
        ("sub twice", and(&real.to_string(), &format!(r#""sub":{}"#, real["sub"])), false),
        ("no jti", with(&real, json!({ "jti": null })), true),
        ("no fgpt", with(&real, json!({ "fgpt": null })), false),
        ("fgpt empty", with(&real, json!({ "fgpt": "" })), false),
        ("fgpt of another password", with(&real, json!({ "fgpt": URL_SAFE_NO_PAD.encode([7; 32]) })), false),
        ("fgpt a number", with(&real, json!({ "fgpt": 1 })), false),
        ("fgpt twice", and(&real.to_string(), &format!(r#""fgpt":{}"#, real["fgpt"])), false),
        ("a list", format!("[{real}]"), false),
        ("a list of our own", in_order.to_string(), false),
        ("nothing", String::new(), false),
    ] {
        assert_eq!(is_taken(&server, &signed(HS256, &claims, &key)).await, taken, "{what}");
    }
}

#[on_each_store]
async fn claims_without_a_look_at_the_database() {
    let (server, now, real) = issued(Compat::None).await;
    let key = server.session_key();
    for (what, claims, status) in [
        ("ours", real.to_string(), 200),
        ("exp past", with(&real, json!({ "exp": now })), 401),
        ("aud another", with(&real, json!({ "aud": "axum-users:verify" })), 401),
        ("nbf future", with(&real, json!({ "nbf": now + 9 })), 401),
    ] {
        let bearer = format!("Bearer {}", signed(HS256, &claims, &key));
        assert_eq!(
            server.client().with("authorization", &bearer).get("/claims").await.status,
            status,
            "{what}"
        );
    }
}

#[on_each_store]
async fn a_token_of_the_original() {
    let (server, now, ours) = issued(FastApiUsers).await;
    let original = json!({ "sub": ours["sub"], "aud": ["fastapi-users:auth"], "exp": now + 3600 });
    let token = signed(HS256, &original.to_string(), SECRET);
    assert!(is_taken(&server, &token).await);
    for (what, claims) in [
        ("aud of our own compat", with(&original, json!({ "aud": ["axum-users:auth"] }))),
        ("no exp", with(&original, json!({ "exp": null }))),
        ("no aud", with(&original, json!({ "aud": null }))),
        ("a wrong fgpt", with(&original, json!({ "fgpt": "x" }))),
    ] {
        assert!(!is_taken(&server, &signed(HS256, &claims, SECRET)).await, "{what}");
    }
    // It says neither when it was made nor for which password, and ends all the same.
    let merlin = merlin(&server).await;
    let path = format!("/users/{}", ours["sub"].as_str().expect("an id"));
    for is_active in [false, true] {
        assert_eq!(merlin.patch(&path, json!({ "is_active": is_active })).await.status, 200);
    }
    server.clock.advance(MINUTE);
    assert!(!is_taken(&server, &token).await);
}

#[on_each_store]
async fn claims_of_a_one_time_token() {
    let (server, now, _) = issued(Compat::None).await;
    let merlin = merlin(&server).await;
    let verify = claims(&verify_token(&server, ARTHUR).await);
    let reset = claims(&reset_token(&server, ARTHUR).await);
    let path = format!("/users/{}", verify["sub"].as_str().expect("an id"));
    for (door, (key, secret), real, code) in [
        ("/auth/verify", (server.verify_key(), VERIFY_SECRET), &verify, "VERIFY_USER_BAD_TOKEN"),
        ("/auth/reset-password", (server.reset_key(), RESET_SECRET), &reset, "RESET_PASSWORD_BAD_TOKEN"),
    ] {
        let post = |token: String| {
            let (client, body) = (server.client(), json!({ "token": token, "password": "lancelot" }));
            async move { client.post_json(door, body).await }
        };
        let without_exp = with(real, json!({ "exp": null }));
        for (what, token) in [
            ("none", format!("{}.", message(r#"{"alg":"none"}"#, &real.to_string()))),
            ("the key of sessions", signed(HS256, &real.to_string(), server.session_key())),
            ("the configured secret itself", signed(HS256, &real.to_string(), secret)),
            ("HS384", signed(r#"{"alg":"HS384"}"#, &real.to_string(), &key)),
            ("crit", signed(r#"{"alg":"HS256","crit":["exp"]}"#, &real.to_string(), &key)),
            ("no exp", signed(HS256, &without_exp, &key)),
            ("exp beyond all numbers", signed(HS256, &and(&without_exp, r#""exp":1e400"#), &key)),
            ("exp a text", signed(HS256, &with(real, json!({ "exp": "never" })), &key)),
            ("exp past", signed(HS256, &with(real, json!({ "exp": now })), &key)),
            ("exp twice", signed(HS256, &and(&real.to_string(), r#""exp":1"#), &key)),
            ("exp after all dates", signed(HS256, &with(real, json!({ "exp": AFTER_ALL_DATES })), &key)),
            ("iat before all dates", signed(HS256, &with(real, json!({ "iat": BEFORE_ALL_DATES })), &key)),
            ("no aud", signed(HS256, &with(real, json!({ "aud": null })), &key)),
            ("aud of sessions", signed(HS256, &with(real, json!({ "aud": "axum-users:auth" })), &key)),
            ("no sub", signed(HS256, &with(real, json!({ "sub": null })), &key)),
            ("sub a number", signed(HS256, &with(real, json!({ "sub": 1 })), &key)),
            ("sub twice", signed(HS256, &and(&real.to_string(), &format!(r#""sub":{}"#, real["sub"])), &key)),
            ("sub of nobody", signed(HS256, &with(real, json!({ "sub": Uuid::new_v4() })), &key)),
            (
                "another address",
                signed(HS256, &with(real, json!({ "email": "x@y.bt", "password_fgpt": "x" })), &key),
            ),
            ("empty", String::new()),
            ("longer than any token", "x".repeat(9 * 1024)),
        ] {
            let answer = post(token).await;
            assert_eq!((answer.status.as_u16(), answer.detail()), (400, &json!(code)), "{door}: {what}");
        }
        assert_eq!(post(signed(HS256, &real.to_string(), &key)).await.status, 200, "{door}");
        assert_eq!(merlin.get(&path).await.status, 200);
    }
}

#[on_each_store]
async fn every_token_ends_with_its_time() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let sessions = sessions(&server, ARTHUR, PASSWORD).await;
        let (reset, verify) = (reset_token(&server, ARTHUR).await, verify_token(&server, ARTHUR).await);
        server.clock.advance(HOUR - Duration::from_secs(2));
        for (backend, session) in &sessions {
            assert!(is_in(session).await, "{each:?}: {backend:?}");
        }
        server.clock.advance(Duration::from_secs(2));
        for (backend, session) in &sessions {
            assert!(!is_in(session).await, "{each:?}: {backend:?}");
        }
        let client = server.client();
        let body = json!({ "token": reset, "password": "lancelot" });
        client.post_json("/auth/reset-password", body).await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        let answer = client.post_json("/auth/verify", json!({ "token": verify })).await;
        answer.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    }
}

#[on_each_store]
async fn a_token_that_was_signed_out_is_ended_everywhere() {
    for each in COMPAT_MODES {
        for backend in [Backend::Jwt, Backend::Cookie] {
            let server = camelot(compat(each)).await;
            let session = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            let token = token_of(&session);
            assert!(is_taken(&server, &token).await, "{each:?}: {backend:?}");
            assert_eq!(session.post(&format!("{}/logout", backend.path())).await.status, 200);
            assert!(!is_taken(&server, &token).await, "{each:?}: {backend:?}");
        }
    }
}

#[on_each_store]
async fn no_lifetime_no_start() {
    let spare = BackendName::new("spare");
    for lifetime in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(999)] {
        let results = [
            Server::of(
                Options::default(),
                |_| {},
                |setup| setup.backend(spare, Bearer, Jwt::default().lifetime(lifetime)),
            )
            .await,
            Server::of(
                Options::default(),
                |_| {},
                |setup| setup.policy(Policy::default().reset_password_token_lifetime(lifetime)),
            )
            .await,
            Server::of(
                Options::default(),
                |_| {},
                |setup| setup.policy(Policy::default().verification_token_lifetime(lifetime)),
            )
            .await,
        ];
        for result in results {
            assert!(matches!(result, Err(StartError::NoLifetime)), "{lifetime:?}: {result:?}");
        }
    }
    let result = Server::of(
        Options::default(),
        |_| {},
        |setup| setup.backend(spare, Bearer, DatabaseSession::default().lifetime(Duration::ZERO)),
    );
    assert!(matches!(result.await, Err(StartError::NoLifetime)));
}

/// A token of FastAPI Users has no fingerprint; under `compat` it ends by its time.
#[on_each_store]
async fn a_token_of_the_original_ends_with_the_password() {
    let (server, now, real) = issued(FastApiUsers).await;
    let original = with(
        &real,
        json!({ "fgpt": null, "iat": null, "jti": null, "user_gen": null, "exp": now + 3600 - 1 }),
    );
    let original = signed(HS256, &original, SECRET);
    assert!(is_taken(&server, &original).await);
    let client = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    assert_eq!(client.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
    assert!(!is_in(&server.client().with("authorization", &format!("Bearer {original}"))).await);

    // One that the original makes afterwards is good.
    server.clock.advance(HOUR / 2);
    let later = with(
        &real,
        json!({ "fgpt": null, "iat": null, "jti": null, "user_gen": null, "exp": now + 1800 + 3600 }),
    );
    let later = signed(HS256, &later, SECRET);
    assert!(is_in(&server.client().with("authorization", &format!("Bearer {later}"))).await);
}
