//! B23: what stands where a hash should, after a bad import say, or by the hand of whoever can write there. It is an error
//! and no panic, and takes neither the memory nor the time of more than a hash.

use super::{Argon2, HashError, PasswordHasher, Verdict};
use crate::secret::HashedPassword;

const HASHER: Argon2 = Argon2::new(64, 1, 1);
/// `guinevere`, by bcrypt.
const BCRYPT: &str = "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C";

fn verdict(stored: &str) -> Result<Verdict, HashError> {
    HASHER.verify(&"guinevere".into(), &HashedPassword::new(stored))
}

/// One good hash of each kind.
fn good() -> [String; 2] {
    let argon2 = HASHER.hash(&"guinevere".into()).expect("a hash");
    for hash in [argon2.expose(), BCRYPT] {
        assert_ne!(verdict(hash).expect("a verdict"), Verdict::Wrong);
    }
    [argon2.expose().to_owned(), BCRYPT.to_owned()]
}

#[test]
fn what_is_cut_off_is_no_hash() {
    for hash in good() {
        for length in 0..hash.len() {
            // Base64 may be shorter, and is then another hash.
            let verdict = verdict(&hash[..length]);
            assert!(
                matches!(verdict, Err(HashError::Malformed) | Ok(Verdict::Wrong)),
                "{length}: {verdict:?}"
            );
        }
    }
}

#[test]
fn what_is_no_ascii_is_no_hash() {
    for hash in good() {
        for at in 0..hash.len() {
            for odd in ["é", "\u{212a}", "\u{1f5e1}", "\0", "\u{202e}"] {
                for rest in [at, at + 1] {
                    let stored = format!("{}{odd}{}", &hash[..at], &hash[rest..]);
                    let verdict = verdict(&stored);
                    assert!(matches!(verdict, Err(HashError::Malformed)), "{stored:?}: {verdict:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_dear_beyond_measure_is_no_hash() {
    let rest = "c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
    for cost in [
        "m=262145,t=1,p=1",
        "m=4194304,t=1,p=1",
        "m=4294967295,t=1,p=1",
        "m=4294967296,t=1,p=1",
        "m=99999999999999999999,t=1,p=1",
        "m=64,t=17,p=1",
        "m=64,t=4294967295,p=1",
        "m=64,t=1,p=16777215",
        "m=64,t=1,p=4294967295",
        "m=64,t=1,p=0",
        "m=0,t=1,p=1",
        "m=64,t=0,p=1",
        "m=-1,t=1,p=1",
        "m=64",
        "",
    ] {
        for kind in ["argon2id", "argon2i", "argon2d"] {
            let stored = format!("${kind}$v=19${cost}${rest}");
            let verdict = verdict(&stored);
            // Without costs it has those that the format takes for granted.
            let is_refused = matches!(verdict, Err(HashError::Malformed | HashError::Failed(_)));
            assert!(
                is_refused || cost.len() < 6 && matches!(verdict, Ok(Verdict::Wrong)),
                "{stored}: {verdict:?}"
            );
        }
    }
    for cost in [17, 20, 31, 32, 99] {
        let stored = BCRYPT.replacen("04", &cost.to_string(), 1);
        assert!(matches!(verdict(&stored), Err(HashError::Malformed)), "{stored}");
    }
}
