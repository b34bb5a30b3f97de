//! A4, A5, B22 to B24: what is hashed at a sign-in, and against what, whoever it is and whatever is stored.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum_users::password::{Argon2, HashError, PasswordHasher, Verdict};
use axum_users::prelude::*;
use axum_users_tests::{Backend, CHEAP, Options, Server, on_each_store};
use serde_json::json;

use crate::common::{ARTHUR, LAYOUTS, PASSWORD, camelot, layout, reset_token, stored_hash};

const NOBODY: &str = "mordred@camelot.bt";

/// `guinevere`, by bcrypt.
const BCRYPT: &str = "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C";
/// 72 times `x`, by bcrypt, which reads no more than that.
const BCRYPT_OF_72: &str = "$2b$04$yjuR9MTSID0Yx7FZcAt95.dlN8.m7Y9SPjv6WSfWFagFYXtd1Uc4u";

/// A4: a rule on the length that comes before the check must come before it for everybody (CVE-2025-22234).
#[on_each_store]
async fn a_long_password_takes_the_same_path_for_known_and_unknown() {
    for each in LAYOUTS {
        let server = camelot(layout(each)).await;
        let argon2 = stored_hash(&server, ARTHUR);
        for stored in [&*argon2, BCRYPT, BCRYPT_OF_72] {
            server.database.set_hash(None, stored);
            for (bytes, status, runs) in [
                (71, 400, 1),
                (73, 400, 1),
                (1024, 400, 1),
                (1025, 400, 0),
                (60_000, 400, 0),
                (1024 * 1024, 413, 0),
            ] {
                let password = "y".repeat(bytes);
                let mut seen = Vec::new();
                for email in [ARTHUR, NOBODY, "no address"] {
                    let before = server.hashing.runs();
                    let answer = server.client().login(Backend::Jwt, email, &password).await;
                    assert_eq!(server.hashing.runs() - before, runs, "{bytes} bytes, {email}, {stored}");
                    seen.push((answer.status.as_u16(), answer.text));
                }
                assert_eq!(seen[0].0, status);
                assert!(seen.iter().all(|answer| *answer == seen[0]), "{bytes} bytes: {seen:?}");
            }
        }
    }
}

/// A hasher of some cost, which remembers what it was last asked to check against.
#[derive(Clone)]
struct Watched {
    hasher: Argon2,
    checked: Arc<Mutex<String>>,
}

impl PasswordHasher for Watched {
    fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
        self.hasher.hash(password)
    }

    fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
        hash.expose().clone_into(&mut self.checked.lock().expect("no panic while locked"));
        self.hasher.verify(password, hash)
    }
}

/// All of a hash but its salt and what came out.
fn cost(hash: &str) -> &str {
    hash.rsplitn(3, '$').nth(2).expect("three parts")
}

/// A5: an unknown user's password is checked at the cost that is configured, and after each change of the configuration.
#[on_each_store]
async fn the_decoy_costs_what_a_new_password_does() {
    let first = camelot(Options::default()).await;
    for (n, (memory, passes, lanes)) in
        [(64, 1, 1), (128, 3, 1), (64, 2, 2), (96, 1, 1)].into_iter().enumerate()
    {
        let watched = Watched { hasher: Argon2 { memory, passes, lanes }, checked: Arc::default() };
        // The same users under another configuration.
        let (database, hasher) = (first.database.config(), watched.clone());
        let server =
            Server::of(Options::default(), |config| config.database = database, |setup| setup.hasher(hasher));
        let server = server.await.expect("it starts");
        let checked = || watched.checked.lock().expect("no panic while locked").clone();
        let login = server.client().login(Backend::Jwt, NOBODY, PASSWORD).await;
        login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        let decoy = checked();
        assert_eq!(cost(&decoy), format!("$argon2id$v=19$m={memory},t={passes},p={lanes}"));
        let email = format!("knight{n}@camelot.bt");
        assert_eq!(server.client().register(&email, PASSWORD).await.status, 201);
        assert_eq!(server.client().login(Backend::Jwt, &email, PASSWORD).await.status, 200);
        assert_eq!(cost(&checked()), cost(&decoy), "a new user's");
    }
}

/// B22: bcrypt reads 72 bytes, and a NUL for the end (CVE-2025-22228): what goes beyond is wrong, and takes as long.
#[on_each_store]
async fn what_bcrypt_would_not_read_is_wrong() {
    let of_72 = "x".repeat(72);
    let longer = |end: &str| format!("{of_72}{end}");
    for (stored, right, wrong) in [
        (
            BCRYPT_OF_72,
            &*of_72,
            vec![longer("a"), longer("b"), longer("x"), longer("\0"), longer(&of_72), "x".repeat(71)],
        ),
        (
            BCRYPT,
            PASSWORD,
            ["guinevere\0", "guinevere\0guinevere", "guinevere\0anything", "\0guinevere"]
                .map(str::to_owned)
                .to_vec(),
        ),
    ] {
        let server = camelot(Options::default()).await;
        server.database.set_hash(None, stored);
        for wrong in &wrong {
            let before = server.hashing.runs();
            let login = server.client().login(Backend::Jwt, ARTHUR, wrong).await;
            login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            assert_eq!(server.hashing.runs() - before, 1, "{wrong:?}");
            assert_eq!(stored_hash(&server, ARTHUR), stored);
        }
        assert_eq!(server.client().login(Backend::Jwt, ARTHUR, right).await.status, 200);
        assert!(stored_hash(&server, ARTHUR).starts_with("$argon2id$"));
        for wrong in wrong {
            let login = server.client().login(Backend::Jwt, ARTHUR, &wrong).await;
            login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        assert_eq!(server.client().login(Backend::Jwt, ARTHUR, right).await.status, 200);
    }
}

/// What a row may hold that nobody here has written.
const HOSTILE: [&str; 14] = [
    "",
    " ",
    "guinevere",
    "$",
    "$2b$",
    "$2b$é",
    "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15é",
    "$2b$04$KTWRXAh/B0bFPEIIUhsEqu",
    "$2b$31$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C",
    "$argon2id$v=19$m=64,t=1,p=1$",
    "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
    "$argon2id$v=19$m=64,t=4294967295,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
    "$argon2id$v=19$m=64,t=1,p=1$ünïcödé$aGFzaGhhc2hoYXNo",
    "$argon2id$v=19$m=64,t=1,p=4294967295$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
];

/// B23: the user can't sign in, nobody else notices, and a new password makes all well (RUSTSEC-2026-0199).
#[on_each_store]
async fn a_hostile_hash_harms_nobody() {
    for each in LAYOUTS {
        let server = camelot(layout(each)).await;
        server.user("kay@camelot.bt", PASSWORD, |_| {}).await;
        for hostile in HOSTILE {
            server.database.set_hash(Some(ARTHUR), hostile);
            for password in [PASSWORD, hostile, "", "x"] {
                let login = server.client().login(Backend::Jwt, ARTHUR, password).await;
                assert!([400, 422].contains(&login.status.as_u16()), "{hostile}: {}", login.text);
            }
            assert_eq!(stored_hash(&server, ARTHUR), hostile);
            assert_eq!(server.client().login(Backend::Jwt, "kay@camelot.bt", PASSWORD).await.status, 200);
            let body = json!({ "token": reset_token(&server, ARTHUR).await, "password": PASSWORD });
            let reset = server.client().post_json("/auth/reset-password", body).await;
            assert_eq!(reset.status, 200, "{hostile}: {}", reset.text);
            assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200, "{hostile}");
        }
    }
}

/// B24: a sign-in puts nothing weaker in the place of what is stored. That the password's change wins against an upgrade
/// is `no_login_slips_past_a_change_of_the_password`.
#[on_each_store]
async fn a_sign_in_wears_no_hash_down() {
    for each in LAYOUTS {
        let server = camelot(layout(each)).await;
        for (dearer, is_kept) in [
            (Argon2 { memory: 128, ..CHEAP }, true),
            (Argon2 { passes: 3, ..CHEAP }, true),
            (Argon2 { memory: 256, passes: 1, lanes: 2 }, true),
            (CHEAP, true),
            (Argon2 { memory: 32, ..CHEAP }, false),
            (Argon2 { memory: 32, passes: 8, ..CHEAP }, false),
        ] {
            let stored = dearer.hash(&PASSWORD.into()).expect("a hash");
            server.database.set_hash(None, stored.expose());
            let before = server.hashing.hashes.load(Ordering::SeqCst);
            assert_eq!(server.client().login(Backend::Db, ARTHUR, PASSWORD).await.status, 200);
            assert_eq!(stored_hash(&server, ARTHUR) == stored.expose(), is_kept, "{dearer:?}");
            let hashes = server.hashing.hashes.load(Ordering::SeqCst) - before;
            assert_eq!(hashes, usize::from(!is_kept), "{dearer:?}");
        }
    }
}
