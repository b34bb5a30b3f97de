//! A stored hash may be anything: an imported one, a broken one, one that somebody planted.

use axum_users::password::{Argon2, HashError, PasswordHasher, Verdict};
use axum_users::prelude::*;
use proptest::prelude::*;

use crate::cases::{almost, check, text};

/// Of the password `guinevere`, or of another.
const RIGHT: [&str; 6] = [
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
    "$argon2i$v=16$m=8,t=3,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
    "$argon2d$m=64,t=1,p=2$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
    "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C",
    "$2y$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C",
    "$argon2id$v=19$m=64,t=1,p=1,keyid=AAAA,data=AAAA$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
];

/// A cost: small, or beyond all that is computed. What lies between is allowed to take its time.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..70_u64,
        Just(262_145),
        Just(u64::from(u32::MAX)),
        Just(u64::from(u32::MAX) + 1),
        any::<u64>().prop_map(|n| n | 1 << 40)
    ]
}

fn passes() -> impl Strategy<Value = u64> {
    prop_oneof![0..4_u64, Just(17), Just(u64::from(u32::MAX)), any::<u64>().prop_map(|n| n | 1 << 40)]
}

fn phc() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        3 => Just("argon2id"),
        1 => prop::sample::select(vec!["argon2i", "argon2d", "argon2", "scrypt", ""]),
    ];
    let version = prop_oneof![6 => Just(19_u64), 1 => Just(16), 1 => any::<u64>()];
    let salt = prop_oneof![6 => "[A-Za-z0-9]{21}A", 1 => "[A-Za-z0-9+/]{0,90}"];
    let hash = prop_oneof![6 => "[A-Za-z0-9]{42}A", 1 => "[A-Za-z0-9+/]{0,90}"];
    let order = prop_oneof![6 => Just(vec![0, 1, 2]), 1 => prop::sample::subsequence(vec![2, 1, 0], 0..=3)];
    let lanes = prop_oneof![6 => 1..5_u64, 1 => number()];
    (kind, version, number(), passes(), lanes, order, salt, hash).prop_map(
        |(kind, version, memory, passes, lanes, order, salt, hash)| {
            let costs = [format!("m={memory}"), format!("t={passes}"), format!("p={lanes}")];
            let costs = order.into_iter().map(|at: usize| costs[at].clone()).collect::<Vec<_>>().join(",");
            format!("${kind}$v={version}${costs}${salt}${hash}")
        },
    )
}

fn bcrypt() -> impl Strategy<Value = String> {
    let cost = prop_oneof![0..6_u32, Just(32), Just(99)];
    let rest = prop_oneof!["[./A-Za-z0-9]{53}", "[./A-Za-z0-9]{0,60}", almost(&["é", "\u{1f451}"])];
    let kind = prop::sample::select(vec!["2", "2a", "2b", "2x", "2y", "2z", ""]);
    (kind, cost, rest).prop_map(|(kind, cost, rest)| format!("${kind}${cost:02}${rest}"))
}

/// The most memory that this process ever held, in KiB, where the system tells.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or_default()
}

/// B23: no panic, no password that is right by chance, and no more memory than the dearest hash that is computed.
#[test]
fn no_hash_does_harm() {
    let before = peak();
    let hasher = Argon2::new(64, 1, 1);
    let hashes = prop_oneof![2 => almost(&RIGHT), 2 => phc(), 1 => bcrypt(), 1 => text()];
    check(2_000, &(hashes, almost(&["lancelot", "", "\0"])), |(hash, password)| {
        match hasher.verify(&Password::new(password.clone()), &HashedPassword::new(hash.clone())) {
            Ok(Verdict::Wrong) | Err(HashError::Malformed | HashError::Failed(_)) => {}
            Ok(_) => panic!("{password:?} is right for {hash:?}"),
            Err(error) => panic!("{hash:?}: {error}"),
        }
    });
    assert!(peak() - before < 384 * 1024, "{} KiB, from {before}", peak());
}

/// What is made is read, whatever the password.
#[test]
fn a_password_is_right_for_its_own_hash_alone() {
    let hasher = Argon2::new(64, 1, 1);
    check(2_000, &(text(), text()), |(one, other)| {
        let hash = hasher.hash(&Password::new(one.clone())).expect("it hashes");
        assert_eq!(hasher.verify(&Password::new(one.clone()), &hash).expect("it verifies"), Verdict::Right);
        let verdict = hasher.verify(&Password::new(other.clone()), &hash).expect("it verifies");
        assert_eq!(verdict == Verdict::Right, one == other, "{one:?}, {other:?}");
    });
}
