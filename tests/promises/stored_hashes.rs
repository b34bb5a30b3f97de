//! A4, A5, B22 to B24: what is hashed at a sign-in, and against what, whoever it is and whatever is stored.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum_users::compat::Compat;
use axum_users::password::{Argon2, HashError, PasswordHasher, Verdict};
use axum_users::prelude::*;
use axum_users_tests::{Backend, CHEAP, Options, Server, on_each_store};
use serde_json::json;

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD, camelot, compat, reset_token, stored_hash};

const NOBODY: &str = "mordred@camelot.bt";

/// `guinevere`, by bcrypt.
const BCRYPT: &str = "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C";
/// 72 times `x`, by bcrypt, which reads no more than that.
const BCRYPT_OF_72: &str = "$2b$04$yjuR9MTSID0Yx7FZcAt95.dlN8.m7Y9SPjv6WSfWFagFYXtd1Uc4u";

/// A4: a rule on the length that comes before the check must come before it for everybody (CVE-2025-22234).
#[on_each_store]
async fn a_long_password_takes_the_same_path_for_known_and_unknown() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
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

/// What of a stored hash says how long a check takes.
fn kind(hash: &str) -> String {
    if hash.starts_with("$2") { hash[..7].to_owned() } else { cost(hash).to_owned() }
}

/// A node on the users of `first`, with a hasher that is watched.
async fn node(first: &Server, compat: Compat, hasher: Argon2) -> (Server, Arc<Mutex<String>>) {
    let watched = Watched { hasher, checked: Arc::default() };
    let (database, of_node) = (first.database.config(), watched.clone());
    let options = Options { compat, ..Options::default() };
    let server = Server::of(options, |config| config.database = database, |setup| setup.hasher(of_node));
    (server.await.expect("it starts"), watched.checked)
}

/// The kinds of hash that the passwords of unknown emails are checked against, each with its email.
async fn decoys(server: &Server, users: &Server, checked: &Mutex<String>, count: usize) -> Vec<String> {
    let mut kinds = Vec::new();
    for n in 0..count {
        let login = server.client().login(Backend::Jwt, &format!("nobody{n}@camelot.bt"), PASSWORD).await;
        login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        let hash = checked.lock().expect("no panic while locked").clone();
        assert!(users.database.rows().iter().all(|row| row.hashed_password != hash), "no user's own hash");
        kinds.push(kind(&hash));
    }
    kinds
}

/// A5: the password of an unknown email is checked at the costs that the stored hashes have, not at that of new ones: an
/// imported user would else be known by the time of the answer (CWE-208).
#[on_each_store]
async fn decoys_have_the_kinds_and_costs_of_the_table() {
    for each in COMPAT_MODES {
        let first = camelot(compat(each)).await;
        let dear = Argon2::new(128, 3, 2);
        let stored = [
            BCRYPT.to_owned(),
            CHEAP.hash(&PASSWORD.into()).expect("a hash").expose().to_owned(),
            dear.hash(&PASSWORD.into()).expect("a hash").expose().to_owned(),
        ];
        for n in 0..6 {
            let email = format!("knight{n}@camelot.bt");
            first.user(&email, PASSWORD, |_| {}).await;
            first.database.set_hash(Some(&email), &stored[n % 3]);
        }
        let configured = Argon2::new(96, 2, 1);
        let (one, checked) = node(&first, each, configured).await;
        let kinds = decoys(&one, &first, &checked, 40).await;
        let expected = stored.iter().map(|hash| kind(hash)).collect::<BTreeSet<_>>();
        assert_eq!(kinds.iter().cloned().collect::<BTreeSet<_>>(), expected, "{each:?}");
        // An email keeps its kind: after a restart, on another node, and in each of its spellings.
        let (other, checked) = node(&first, each, configured).await;
        assert_eq!(decoys(&other, &first, &checked, 40).await, kinds, "{each:?}");
        for (n, kind_of) in kinds.iter().enumerate().take(10) {
            let spelling = format!(" NOBODY{n}@cam\u{ad}elot.bt");
            other
                .client()
                .login(Backend::Jwt, &spelling, PASSWORD)
                .await
                .refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            assert_eq!(kind(&checked.lock().expect("no panic while locked")), *kind_of, "{spelling}");
        }
    }
}

/// A5: the table changes while the app runs, and its hashes are counted again every hour.
#[on_each_store]
async fn decoys_follow_the_table() {
    let first = camelot(Options::default()).await;
    let (server, checked) = node(&first, Compat::None, CHEAP).await;
    let cheap = "$argon2id$v=19$m=64,t=1,p=1";
    assert_eq!(decoys(&server, &first, &checked, 5).await, [cheap; 5]);
    first.database.set_hash(None, BCRYPT);
    server.clock.advance(HOUR - std::time::Duration::from_secs(1));
    assert_eq!(decoys(&server, &first, &checked, 5).await, [cheap; 5]);
    server.clock.advance(std::time::Duration::from_secs(1));
    decoys(&server, &first, &checked, 1).await;
    server.camelot.drain().await;
    assert_eq!(decoys(&server, &first, &checked, 5).await, ["$2b$04$"; 5]);
}

/// A5: without users there is nothing to look like, and a decoy costs what a new hash does.
#[on_each_store]
async fn decoys_of_an_empty_table_cost_what_a_new_password_does() {
    let first = Server::start().await;
    for (memory, passes, lanes) in [(64, 1, 1), (128, 3, 1), (64, 2, 2)] {
        let (server, checked) = node(&first, Compat::None, Argon2::new(memory, passes, lanes)).await;
        let kinds = decoys(&server, &first, &checked, 3).await;
        assert_eq!(kinds, [(); 3].map(|()| format!("$argon2id$v=19$m={memory},t={passes},p={lanes}")));
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
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
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
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        for (dearer, is_kept) in [
            (CHEAP.memory(128), true),
            (CHEAP.passes(3), true),
            (Argon2::new(256, 1, 2), true),
            (CHEAP, true),
            (CHEAP.memory(32), false),
            (CHEAP.memory(32).passes(8), false),
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
