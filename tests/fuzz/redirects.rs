//! What is read as an address within the app leads nowhere else, however it is resolved.

use axum_users::oauth::RelativeAddress;
use proptest::prelude::*;
use url::Url;

use crate::cases::{almost, check, text};

const RIGHT: [&str; 8] = [
    "/account",
    "/a/b?c=d#e",
    "/.//evil.example",
    "//evil.example",
    "/\\evil.example",
    "/%2f%2fevil.example",
    "https://evil.example/",
    "/@evil.example:80/..//",
];

#[test]
fn an_address_stays_within_the_app() {
    let here = Url::parse("https://camelot.bt/auth/oidc/callback?x=y").expect("an address");
    check(6_000, &prop_oneof![4 => almost(&RIGHT), 1 => text()], |text| {
        let Some(address) = RelativeAddress::parse(&text) else { return };
        assert_eq!(address.as_str(), text);
        // As it stands, as browsers have been known to read it, and as servers that decode too early write it.
        let decoded = text.replace("%2f", "/").replace("%2F", "/").replace("%5c", "\\").replace("%5C", "\\");
        for spelling in [&text, &decoded, &address.with_error("NO"), &text.replace('\\', "/")] {
            let there = here.join(spelling).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!(there.origin(), here.origin(), "{text:?} as {spelling:?}");
        }
        assert!(address.as_str().starts_with('/') && !address.as_str().starts_with("//"), "{text:?}");
        let mut query = here.join(&address.with_error("A&B")).expect("an address");
        query.set_fragment(None);
        assert!(
            query.query_pairs().any(|(name, code)| name == "error" && code == "A&B"),
            "{text:?}: {query}"
        );
    });
}
