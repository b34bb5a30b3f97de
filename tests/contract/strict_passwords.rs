//! `Policy::strict()`: which passwords may be (OWASP ASVS 6.2). Each rule is a switch, and none of them is on where
//! FastAPI Users has none.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{Backend, Client, Options, Server, on_each_store};
use serde_json::{Value, json};

use crate::cast::{ARTHUR, PASSWORD};

const SHORT: &str = "Password should be at least 8 characters";
const COMMON: &str = "Password should not be one of the most used ones";
const CONTEXT: &str = "Password should not be mostly your e-mail address or the name of this app";

async fn start(policy: Policy) -> Server {
    let server = Server::with(Options { policy, ..Options::default() }).await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

fn invalid(code: &str, reason: &str) -> Value {
    json!({ "code": code, "reason": reason })
}

/// Wherever a password is set: registering, from one's own session, and with a token that was mailed.
struct Doors {
    anyone: Client,
    session: Client,
    reset: String,
}

impl Doors {
    async fn of(server: &Server) -> Self {
        let reset = axum_users_tests::reset_token(server, ARTHUR).await;
        let session = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        Self { anyone: server.client(), session, reset }
    }

    /// Fails unless each of them refuses `password` for this reason.
    async fn refuse(&self, password: &str, reason: &str) {
        // Whether the address is known makes no difference.
        for email in [ARTHUR, "arthur@avalon.bt"] {
            let answer = self.anyone.register(email, password).await;
            answer.refuses(400, invalid("REGISTER_INVALID_PASSWORD", reason));
        }
        let body = json!({ "password": password, "current_password": PASSWORD });
        let answer = self.session.patch("/users/me", body).await;
        answer.refuses(400, invalid("UPDATE_USER_INVALID_PASSWORD", reason));
        let body = json!({ "password": password, "token": self.reset });
        let answer = self.anyone.post_json("/auth/reset-password", body).await;
        answer.refuses(400, invalid("RESET_PASSWORD_INVALID_PASSWORD", reason));
    }
}

/// B26: the passwords that everybody guesses first.
#[on_each_store]
async fn the_most_used_passwords_are_refused() {
    let server = start(Policy::strict()).await;
    let doors = Doors::of(&server).await;
    let before = server.hashing.runs();
    for password in ["password", "PassWord", "12345678", "QWERTYUIOP", "iloveyou", "1q2w3e4r", "excalibur"] {
        doors.refuse(password, COMMON).await;
    }
    // The check of the current password, and nothing else.
    assert_eq!(server.hashing.runs() - before, 7);
    // What is too short is that first.
    doors.refuse("letmein", SHORT).await;
    for password in ["password ", "excalibur rises"] {
        assert_eq!(server.client().register("kay@camelot.bt", password).await.status, 202, "{password}");
    }
}

/// B26: what anybody may know of a user, and of the app.
#[on_each_store]
async fn a_password_of_words_that_are_known_is_refused() {
    let policy = axum_users_tests::strict_for_unverified().context_words(&["Round Table", "X5"]);
    let server = start(policy).await;
    let doors = Doors::of(&server).await;
    for password in [
        "arthur2024",
        "Arthur!!!Arthur",
        "ARTHUR1camelot",
        "camelot-1",
        "C.a.m.e.l.o.t!",
        "roundtable99",
        "X5X5X5X5",
    ] {
        doors.refuse(password, CONTEXT).await;
    }
    for (n, password) in
        ["arthur loves guinevere", "camelot is only a model", "round tables have no head"].iter().enumerate()
    {
        let email = format!("arthur@{n}.bt");
        assert_eq!(server.client().register(&email, password).await.status, 202, "{password}");
        assert_eq!(server.client().login(Backend::Jwt, &email, password).await.status, 200, "{password}");
    }
    // Another's address is nobody's business.
    assert_eq!(server.client().register("kay@camelot.bt", "arthur2024").await.status, 202);
}

/// A user who moves to another address is the owner of that one.
#[on_each_store]
async fn the_address_that_counts_is_the_users_own() {
    let policy = Policy::strict().confirm_email_change(false);
    let server = start(policy).await;
    let session = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let body = json!({ "email": "bedivere@camelot.bt", "current_password": PASSWORD });
    assert_eq!(session.patch("/users/me", body).await.status, 200);
    let change = |password: &str| {
        let body = json!({ "password": password, "current_password": PASSWORD });
        let session = session.clone();
        async move { session.patch("/users/me", body).await }
    };
    change("bedivere12").await.refuses(400, invalid("UPDATE_USER_INVALID_PASSWORD", CONTEXT));
    assert_eq!(change("arthur2024").await.status, 200);
}

#[on_each_store]
async fn each_rule_is_a_switch_of_its_own() {
    let (common, context, short) = ("sunshine", "arthur2024", "7 swörd");
    let strict = Policy::strict;
    for (policy, passwords) in [
        (Policy::fastapi_users(), [common, context, short].as_slice()),
        (Policy::default(), [].as_slice()),
        (strict().reject_common_passwords(false), &[common]),
        (strict().reject_context_words(false), &[context]),
        (strict().min_password_length(7), &[short]),
    ] {
        let server = start(policy).await;
        for password in [common, context, short] {
            let answer = server.client().register("arthur@avalon.bt", password).await;
            assert_eq!(answer.status.is_success(), passwords.contains(&password), "{password}");
            server.client().post_json("/auth/forgot-password", json!({ "email": "arthur@avalon.bt" })).await;
            if answer.status.is_success() {
                // Room for the next one.
                let manager = Manager::for_code(server.camelot.clone());
                let email = "arthur@avalon.bt".parse().expect("an address");
                let user = manager.user_by_email(&email).await.expect("a store").expect("a user");
                manager.delete(user, None).await.expect("deleted");
            }
        }
    }
}

/// B25: a password is compared as it was received (OWASP ASVS 6.2.8): what only looks the same is another one.
#[on_each_store]
async fn a_password_is_neither_cut_nor_normalised() {
    for policy in [Policy::fastapi_users(), axum_users_tests::strict_for_unverified()] {
        for compat in [Compat::None, FastApiUsers] {
            let server = Server::with(Options { compat, policy: policy.clone(), ..Options::default() }).await;
            let longest = "0123456789abcdef".repeat(64);
            let almost = format!("{}X", &longest[..1023]);
            for (n, (password, others)) in [
                // Composed (NFC) and not (NFD), compatible forms (NFKC), and case.
                ("caf\u{e9} am See", vec!["cafe\u{301} am See", "cafe am See", "CAF\u{c9} AM SEE"]),
                ("cafe\u{301} am See", vec!["caf\u{e9} am See"]),
                ("\u{fb01}ne \u{ff41}nd lo\u{ff4e}g", vec!["fine and long"]),
                ("\u{212a}elvin \u{212b}ngström", vec!["Kelvin \u{c5}ngström", "kelvin \u{e5}ngström"]),
                // Blanks and control characters, in whatever place.
                ("trailing blank ", vec!["trailing blank", "trailing blank  ", "trailing blank\u{a0}"]),
                (" leading blank", vec!["leading blank"]),
                ("nul\0is a character", vec!["nul", "nulis a character", "nul\0", "nul\0is another one"]),
                ("tab\tand\r\nline", vec!["tab and line", "tab\tand\nline"]),
                ("\u{1f5e1}\u{fe0f}\u{1f6e1}\u{fe0f} eight", vec!["\u{1f5e1}\u{1f6e1} eight"]),
                (&*longest, vec![&*almost, &longest[..1023], &longest[..72]]),
            ]
            .into_iter()
            .enumerate()
            {
                let email = format!("knight{n}@camelot.bt");
                let answer = server.client().register(&email, password).await;
                assert!(answer.status.is_success(), "{password:?}: {}", answer.text);
                let login = server.client().login(Backend::Jwt, &email, password).await;
                assert_eq!(login.status, 200, "{password:?}");
                for other in others {
                    let login = server.client().login(Backend::Jwt, &email, other).await;
                    assert_eq!(login.status, 400, "{other:?} for {password:?}");
                }
            }
        }
    }
}

/// Characters count, not their bytes (OWASP ASVS 6.2.9), and no kind of them is asked for (6.2.5). The most is in bytes:
/// it is what a hash costs.
#[on_each_store]
async fn the_length_is_all_that_is_asked_for() {
    let server = start(Policy::strict()).await;
    let doors = Doors::of(&server).await;
    let too_long = "Password should be at most 1024 bytes";
    for (password, reason) in [
        ("", "Password should be at least 3 characters"),
        ("sieben7", SHORT),
        ("ééééééé", SHORT),
        ("🗡🗡🗡🗡🗡🗡🗡", SHORT),
        (&"x".repeat(1025), too_long),
        (&"é".repeat(513), too_long),
        (&"x".repeat(60_000), too_long),
    ] {
        let before = server.hashing.hashes.load(std::sync::atomic::Ordering::SeqCst);
        doors.refuse(password, reason).await;
        assert_eq!(server.hashing.hashes.load(std::sync::atomic::Ordering::SeqCst), before, "{reason}");
    }
    for (n, password) in [
        "qvjxzkwp",
        "        ",
        "4916350827",
        "ßßßßßßßß",
        "🗡🗡🗡🗡🗡🗡🗡🗡",
        &"x".repeat(64),
        &"x".repeat(1024),
        &"é".repeat(512),
    ]
    .iter()
    .enumerate()
    {
        let answer = server.client().register(&format!("knight{n}@camelot.bt"), password).await;
        assert_eq!(answer.status, 202, "{password}: {}", answer.text);
    }
}
