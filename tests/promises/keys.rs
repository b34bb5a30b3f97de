//! Promise 5: the keys that a backend brings are as strong as the app's secrets.

use axum_users::app::{BackendName, StartError};
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::token::{Algorithm, JwtKeys, KeyError};
use axum_users_tests::{Server, on_each_store};

use crate::common::{COMPAT_MODES, compat};

#[on_each_store]
async fn weak_keys_do_not_start() {
    let long = "x".repeat(32);
    for (secrets, is_weak) in [
        (Secrets::new(&*long), false),
        (Secrets::new(&long[1..]), true),
        (Secrets::new(&*long).or("short"), true),
    ] {
        for each in COMPAT_MODES {
            let keys = JwtKeys::hmac(Algorithm::HS256, &secrets).expect("keys");
            assert_eq!(keys.is_weak(), is_weak);
            let backend = Jwt::default().keys(keys);
            let spare = BackendName::new("spare");
            let result =
                Server::of(compat(each), |_| {}, |setup| setup.backend(spare, Bearer, backend)).await;
            if is_weak && each == Compat::None {
                assert!(matches!(result, Err(StartError::WeakSecret("keys"))), "{result:?}");
            } else {
                assert!(result.is_ok(), "{each:?}: {result:?}");
            }
        }
    }
}

#[test]
fn an_empty_secret_makes_no_keys() {
    for secrets in [Secrets::new(""), Secrets::new("x".repeat(32)).or("")] {
        assert!(matches!(JwtKeys::hmac(Algorithm::HS256, &secrets), Err(KeyError::Empty)));
    }
}
