//! Rate limits can't be bypassed by spelling: all spellings of one email share its limits, whether a user has it or not.

use axum_users::prelude::*;
use axum_users_tests::{Backend, on_each_store};
use serde_json::json;

use super::{MINUTE, NOBODY, OFF, client_at, counters, is_too_many, limited};
use crate::common::{ARTHUR, PASSWORD};

/// Texts that parse to one email, or fold to one text that does not parse.
fn spellings(email: &str) -> Vec<String> {
    let (local, domain) = email.split_once('@').expect("an email");
    let wide = domain
        .chars()
        .map(|c| if c.is_ascii_lowercase() { char::from_u32(u32::from(c) + 0xfee0) } else { Some(c) });
    vec![
        format!("{local}@{}\u{ad}{}", &domain[..3], &domain[3..]),
        format!("{local}@{}", wide.map(|c| c.expect("a letter")).collect::<String>()),
        format!("{local}@{}", domain.replace('.', "\u{3002}")),
        format!("{local}@{}", domain.replace('.', "\u{ff61}")),
        format!("  {}\t", email.to_uppercase()),
        email.to_owned(),
    ]
}

/// Each group is one account: a known one, an unknown one, one at a domain that is not ASCII, and a text that is no email.
fn accounts() -> Vec<Vec<String>> {
    let mut accounts = [ARTHUR, NOBODY].map(spellings).to_vec();
    accounts.push(
        [
            "x@bücher.de",
            "X@BÜCHER.de",
            "x@xn--bcher-kva.de",
            "x@XN--BCHER-KVA.DE",
            "x@bu\u{308}cher.de",
            "x@bücher\u{3002}de",
        ]
        .map(str::to_owned)
        .to_vec(),
    );
    accounts.push(["admin@localhost", "ADMIN@localhost", " admin@LocalHost "].map(str::to_owned).to_vec());
    accounts.push(["jérôme", "JÉRÔME", "je\u{301}ro\u{302}me"].map(str::to_owned).to_vec());
    accounts
}

/// CWE-307: a fresh spelling is no fresh guess, for one client and for all clients together.
#[on_each_store]
async fn spellings_of_one_email_share_the_limits_of_passwords() {
    for counts in counters().await {
        let three = Some(Rate::new(3, 3 * MINUTE));
        for limits in [OFF.passwords(three), OFF.passwords_per_account(three)] {
            let is_per_client = limits.passwords.is_some();
            let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
            for account in accounts() {
                for (n, spelling) in account.iter().cycle().take(5).enumerate() {
                    let client = client_at(&server, if is_per_client { 1 } else { 100 + n });
                    let answer = client.login(Backend::nth(n), spelling, "lancelot").await;
                    if n < 3 {
                        answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
                    } else {
                        is_too_many(&answer, 60);
                    }
                }
            }
        }
    }
}

/// Mails to one email are counted under all its spellings, and each account counts by itself.
#[on_each_store]
async fn spellings_of_one_email_share_the_limit_of_mails() {
    for counts in counters().await {
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            let limits = OFF.emails_per_recipient(Rate::new(2, 2 * MINUTE));
            let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
            drop(server.events().await);
            for spelling in spellings(ARTHUR) {
                client_at(&server, 1).post_json(path, json!({ "email": spelling })).await;
            }
            assert_eq!(server.mails().await.len(), 2, "{path}");
        }
    }
}

/// A client that signs in under one spelling is known under all.
#[on_each_store]
async fn a_known_client_is_known_under_every_spelling() {
    for counts in counters().await {
        let limits = OFF.passwords_per_account(Rate::new(3, 3 * MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
        let home = client_at(&server, 1);
        assert_eq!(home.login(Backend::Jwt, &spellings(ARTHUR)[0], PASSWORD).await.status, 200);
        for n in 0..3 {
            client_at(&server, 100 + n).login(Backend::Jwt, ARTHUR, "lancelot").await;
        }
        is_too_many(&client_at(&server, 200).login(Backend::Jwt, ARTHUR, PASSWORD).await, 60);
        for spelling in spellings(ARTHUR) {
            assert_eq!(home.login(Backend::Jwt, &spelling, PASSWORD).await.status, 200, "{spelling:?}");
        }
    }
}
