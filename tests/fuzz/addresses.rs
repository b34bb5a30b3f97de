//! What is read as an e-mail address is one, and reads as itself.

use axum_users::user::Email;
use proptest::prelude::*;

use crate::cases::{almost, check, text};

const RIGHT: [&str; 8] = [
    "arthur@camelot.bt",
    "King.Arthur+grail@Camelot.BT",
    "o'brien@sub.camelot.bt",
    "k\u{f6}nig@m\u{fc}nchen.de",
    "me\u{301}dard@xn--mnchen-3ya.de",
    "\u{738b}@\u{4f8b}\u{3048}.jp",
    "a@faß.de",
    "\u{5d0}@\u{5d0}\u{5d1}.com",
];

#[test]
fn an_address_is_one() {
    check(4_000, &prop_oneof![4 => almost(&RIGHT), 1 => text()], |text| {
        let Ok(email) = Email::parse(&text) else { return };
        let shown = email.to_string();
        assert_eq!(shown.matches('@').count(), 1, "{text:?}: {shown:?}");
        let (local, domain) = shown.split_once('@').expect("an @");
        assert!(!local.is_empty() && domain.contains('.') && shown.len() <= 254, "{text:?}: {shown:?}");
        let bad = |c: char| c.is_control() || c.is_whitespace() || ",;:<>()[]\"\\".contains(c);
        assert!(!shown.contains(bad), "{text:?}: {shown:?}");
        assert!(domain.split('.').all(|label| !label.is_empty()), "{text:?}: {shown:?}");
        assert_eq!(Email::parse(&shown), Ok(email.clone()), "{text:?}: {shown:?} reads as another");
        assert_eq!(Email::parse(&format!(" {text}\n")), Ok(email), "{text:?}");
    });
}

/// The unique index holds lowered addresses: one address that is lowered is itself in it.
#[test]
fn a_lowered_address_is_lowered_for_good() {
    check(4_000, &almost(&RIGHT), |text| {
        let Ok(email) = Email::parse(&text) else { return };
        let lowered = email.as_str().to_lowercase();
        assert_eq!(lowered.to_lowercase(), lowered, "{text:?}");
        // Where the lowered spelling is an address, it is the same one to the store.
        if let Ok(again) = Email::parse(&lowered) {
            assert_eq!(again.as_str().to_lowercase(), lowered, "{text:?}");
        }
    });
}
