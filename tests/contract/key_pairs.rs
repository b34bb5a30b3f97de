//! Keys that do not fit are found when they are read, and not at the first sign-in.

use axum_users::token::{Algorithm, JwtKeys, KeyError};

const ES256: [&str; 2] = [include_str!("keys/es256.pem"), include_str!("keys/es256.pub.pem")];
const EDDSA: [&str; 2] = [include_str!("keys/eddsa.pem"), include_str!("keys/eddsa.pub.pem")];
const P384: [&str; 2] = [include_str!("keys/p384.pem"), include_str!("keys/p384.pub.pem")];
const OTHER_ES256: &str = include_str!("keys/es256.other.pub.pem");
const OTHER_EDDSA: &str = include_str!("keys/eddsa.other.pub.pem");

#[test]
fn a_pair_is_one() {
    for (what, algorithm, [private, public]) in [
        ("another's public key", Algorithm::ES256, [ES256[0], OTHER_ES256]),
        ("another's public key", Algorithm::EdDSA, [EDDSA[0], OTHER_EDDSA]),
        ("another curve", Algorithm::ES256, P384),
        ("a public key of another curve", Algorithm::ES256, [ES256[0], P384[1]]),
    ] {
        let error = JwtKeys::pair(algorithm, private, public).err();
        assert!(
            matches!(error, Some(KeyError::Mismatched(_) | KeyError::Pem(_))),
            "{algorithm:?}: {what}: {error:?}"
        );
    }
    for (algorithm, [private, public], former) in
        [(Algorithm::ES256, ES256, OTHER_ES256), (Algorithm::EdDSA, EDDSA, OTHER_EDDSA)]
    {
        let keys = JwtKeys::pair(algorithm, private, public).expect("a pair");
        assert!(keys.or(former).is_ok(), "{algorithm:?}: a former public key is of another pair");
    }
}

#[test]
fn a_secret_is_no_pair_and_a_pair_no_secret() {
    let secrets = "excalibur-excalibur-excalibur-excalibur".into();
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
        assert!(matches!(JwtKeys::hmac(algorithm, &secrets), Err(KeyError::WrongKind(_))));
    }
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        assert!(matches!(JwtKeys::pair(algorithm, ES256[0], ES256[1]), Err(KeyError::WrongKind(_))));
        let keys = JwtKeys::hmac(algorithm, &secrets).expect("keys");
        assert!(matches!(keys.or(ES256[1]), Err(KeyError::WrongKind(_))));
    }
}
