//! Tokens that nobody has signed, or another one, or that have been changed since.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;

#[test]
fn no_other_algorithm_signs() {
    let signed_by = |algorithm: Value| {
        ["excalibur", "clarent", "rhongomyniad"].map(|id| {
            let header = json!({ "alg": algorithm, "kid": id }).to_string();
            (format!("{header} "), format!("{}.{}.", base64(header), base64(claims().to_string())))
        })
    };
    for name in ["none", "None", "nOnE", "NONE", "", "rs256", "RS384", "RS512", "PS256", "ES384", "ES256K"] {
        refused(signed_by(name.into()).map(|(what, token)| (what, token, ALGORITHM)));
    }
    for other in [Value::Null, json!(256), json!(["ES256"]), json!({ "ES256": true })] {
        refused(signed_by(other).map(|(what, token)| (what, token, ALGORITHM)));
    }
    refused([
        ("no algorithm", written("{}", claims().to_string()), ALGORITHM),
        ("ES256 without a signature", without_signature(&EC), UNSIGNED),
        ("RS256 without a signature", without_signature(&RSA), UNSIGNED),
        ("EdDSA without a signature", without_signature(&ED), UNSIGNED),
    ]);
}

fn without_signature(pair: &Pair) -> String {
    let token = pair.token(&pair.header(), &claims());
    let (message, _) = token.rsplit_once('.').expect("a signature");
    format!("{message}.")
}

/// CVE-2016-10555 and its like: what is public would sign, if it were taken for a secret.
#[test]
fn a_public_key_is_no_secret() {
    for pair in pairs() {
        let key = pair.published();
        let member = ["n", "x"].into_iter().find_map(|name| key[name].as_str()).expect("a key").to_owned();
        for secret in [key.to_string(), member] {
            for algorithm in ["HS256", pair.algorithm()] {
                let header = json!({ "alg": algorithm, "kid": pair.id });
                let message = format!("{}.{}", base64(header.to_string()), base64(claims().to_string()));
                let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
                let mac = mac.chain_update(&message).finalize().into_bytes();
                let why = if algorithm == "HS256" { ALGORITHM } else { UNSIGNED };
                refused([(algorithm, format!("{message}.{}", base64(mac)), why)]);
            }
        }
    }
}

#[test]
fn only_the_key_that_is_named_signs() {
    for pair in pairs() {
        for id in ["unknown", "", "../../dev/null", "' OR '1'='1", "excalibur\0", "EXCALIBUR", "clarent "] {
            refused([(id, headed(pair, "kid", id.into()), UNSIGNED)]);
        }
        for other in pairs().into_iter().filter(|other| other.id != pair.id) {
            refused([
                ("another's id", headed(pair, "kid", other.id.into()), UNSIGNED),
                ("another's algorithm", headed(pair, "alg", other.algorithm().into()), UNSIGNED),
            ]);
            let mut header = other.header();
            refused([("another's header", pair.token(&header, &claims()), UNSIGNED)]);
            header.as_object_mut().expect("an object").remove("kid");
            refused([("another's algorithm, no id", pair.token(&header, &claims()), UNSIGNED)]);
        }
        for id in [Value::Null, json!(7), json!(["clarent"])] {
            refused([("an id that is no text", headed(pair, "kid", id), UNREADABLE)]);
        }
    }
    for stranger in [Pair::rsa("excalibur"), Pair::ec("clarent"), Pair::ed("rhongomyniad")] {
        refused([("a stranger's key", stranger.token(&stranger.header(), &claims()), UNSIGNED)]);
        let mut header = stranger.header();
        header["jwk"] = stranger.published();
        refused([("a stranger's key in the header", stranger.token(&header, &claims()), UNSIGNED)]);
    }
}

/// Two keys of one id: the algorithm tells them apart, and where it does not, either may have signed.
#[test]
fn an_id_may_stand_for_two_keys() {
    let twins = [Pair::ec("twin"), Pair::ec("twin"), Pair::ed("twin")];
    let published = twins.iter().collect::<Vec<_>>();
    for twin in &twins {
        verdict(&published, &twin.token(&twin.header(), &claims())).expect("good");
    }
}

#[test]
fn signatures_are_of_the_whole() {
    for pair in pairs() {
        let token = pair.token(&pair.header(), &claims());
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        let (header, payload) = message.split_once('.').expect("a payload");
        let mut forged = claims();
        forged["sub"] = "mordred".into();
        let forged = base64(forged.to_string());
        let spaced = base64(format!("{} ", pair.header()));
        let zeros = base64([0; 64]);
        // Of an RSA signature's last character four bits mean nothing, of the others' too: they must be zero.
        let mut loose = signature.to_owned();
        let last = loose.pop().expect("a character");
        loose.push(char::from(last as u8 + 1));
        let half = &signature[..signature.len() / 2];
        refused([
            ("another payload", format!("{header}.{forged}.{signature}"), UNSIGNED),
            ("another header", format!("{spaced}.{payload}.{signature}"), UNSIGNED),
            ("zeros", format!("{message}.{zeros}"), UNSIGNED),
            ("half a signature", format!("{message}.{half}"), UNSIGNED),
            ("two signatures", format!("{message}.{signature}{signature}"), UNSIGNED),
            ("loose bits", format!("{message}.{loose}"), UNSIGNED),
            ("padding", format!("{token}=="), UNSIGNED),
            ("trailing bytes", format!("{token}AAAA"), UNSIGNED),
            ("a trailing space", format!("{token} "), UNSIGNED),
            ("a trailing line", format!("{token}\n"), UNSIGNED),
            ("a leading space", format!(" {token}"), UNREADABLE),
            ("padding of the header", format!("{header}=.{payload}.{signature}"), UNREADABLE),
            ("padding of the payload", format!("{header}.{payload}=.{signature}"), UNSIGNED),
            ("a fourth part", format!("{token}.{signature}"), UNSIGNED),
            ("a fourth part that is empty", format!("{token}."), UNSIGNED),
            ("a part before", format!(".{token}"), UNREADABLE),
            ("two parts", message.to_owned(), UNREADABLE),
            ("one part", header.to_owned(), UNREADABLE),
            ("nothing", String::new(), UNREADABLE),
            ("two dots", "..".to_owned(), UNREADABLE),
            ("an encrypted token", format!("{header}.{payload}.{payload}.{payload}.{signature}"), UNSIGNED),
        ]);
    }
}
