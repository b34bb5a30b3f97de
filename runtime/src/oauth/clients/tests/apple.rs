//! Apple: what it tells once, whom it hides, and the secret that is signed.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::visit::Visit;
use super::{ARTHUR, fixture};
use crate::clock::Timestamp;
use crate::oauth::clients::Apple;
use crate::oauth::{OAuthCredentials, OAuthError, OAuthProvider};
use crate::user::Profile;

#[tokio::test]
async fn the_first_sign_in_tells_a_name() {
    let visit = Visit {
        posted_user: Some(fixture!("apple/posted_user")),
        ..Visit::claiming(fixture!("apple/id_token"))
    };
    // The address is the ID token's: the posted one may be anybody's.
    assert_eq!(
        Apple::new("TEAM123456", "KEY1234567").profile(&visit.session()).await.expect("a profile"),
        Profile {
            issuer: "https://appleid.apple.com".to_owned(),
            account_id: "000319.b3fc6f62e18e457280555a647ba7da59.0719".to_owned(),
            email: Some(ARTHUR.to_owned()),
            email_verified: true,
            name: Some("King Arthur".to_owned()),
            picture: None,
        },
    );
}

#[tokio::test]
async fn addresses() {
    for (claims, email, verified) in [
        (fixture!("apple/id_token"), Some(ARTHUR), true),
        (fixture!("apple/relay"), Some("dpdcnf87nu@privaterelay.appleid.com"), true),
        (fixture!("apple/unverified"), Some(ARTHUR), false),
        (fixture!("apple/school"), None, false),
    ] {
        let visit = Visit::claiming(claims);
        let profile =
            Apple::new("TEAM123456", "KEY1234567").profile(&visit.session()).await.expect("a profile");
        assert_eq!((profile.email.as_deref(), profile.email_verified), (email, verified), "{claims}");
        assert_eq!(profile.name, None);
    }
}

#[tokio::test]
async fn a_posted_user_need_not_be_one() {
    for (posted, name) in [
        ("", None),
        ("null", None),
        ("<html>", None),
        (r#"{"email":"victim@camelot.example"}"#, None),
        (r#"{"name":"King Arthur"}"#, None),
        (r#"{"name":{}}"#, None),
        (r#"{"name":{"firstName":" ","lastName":null}}"#, None),
        (r#"{"name":{"firstName":7}}"#, None),
        (r#"{"name":{"lastName":"Pendragon"}}"#, Some("Pendragon")),
        (r#"{"name":{"firstName":"Arthur","lastName":""}}"#, Some("Arthur")),
    ] {
        let visit = Visit { posted_user: Some(posted), ..Visit::claiming(fixture!("apple/id_token")) };
        let profile =
            Apple::new("TEAM123456", "KEY1234567").profile(&visit.session()).await.expect("a profile");
        assert_eq!((profile.name.as_deref(), profile.email.as_deref()), (name, Some(ARTHUR)), "{posted}");
    }
}

#[test]
fn the_secret_is_signed_anew() {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let der = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(algorithm, der.as_ref()).expect("a key");
    let base64 = STANDARD.encode(der.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n");
    let apple = Apple::new("TEAM123456", "KEY1234567");
    let keys = OAuthCredentials::new("example.camelot.web", pem);
    let now = Timestamp::from_micros(1_769_000_000_000_000);
    let secret = apple.client_secret(&keys, now).expect("a secret");

    let (message, signature) = secret.rsplit_once('.').expect("a JWT");
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64");
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key());
    public.verify(message.as_bytes(), &decode(signature)).expect("a good signature");
    let (header, claims) = message.split_once('.').expect("two parts");
    let read = |part: &str| serde_json::from_slice::<Value>(&decode(part)).expect("JSON");
    assert_eq!(read(header), json!({ "alg": "ES256", "kid": "KEY1234567", "typ": "JWT" }));
    assert_eq!(
        read(claims),
        json!({
            "iss": "TEAM123456",
            "iat": 1_769_000_000,
            "exp": 1_769_000_300,
            "aud": "https://appleid.apple.com",
            "sub": "example.camelot.web",
        }),
    );

    for unusable in [Apple::new("", "KEY1234567"), Apple::new("TEAM123456", "")] {
        let error = unusable.client_secret(&keys, now).expect_err("no secret");
        assert!(matches!(error, OAuthError::Setting(_)), "{error:?}");
    }
}

#[test]
fn a_secret_that_is_no_key_is_not_shown() {
    let apple = Apple::new("TEAM123456", "KEY1234567");
    for secret in [
        "",
        "excalibur",
        "-----BEGIN PRIVATE KEY-----\nexcalibur\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nZXhjYWxpYnVy\n-----END PRIVATE KEY-----\n",
    ] {
        let keys = OAuthCredentials::new("example.camelot.web", secret);
        let error = apple.client_secret(&keys, Timestamp::default()).expect_err("no secret");
        let shown = format!("{error} {error:?}");
        assert!(matches!(error, OAuthError::Setting(_)), "{shown}");
        assert!(!shown.contains("excalibur") && !shown.contains("ZXhj"), "{shown}");
    }
}
