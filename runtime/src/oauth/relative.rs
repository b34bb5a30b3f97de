//! Addresses within the app, to which a browser is sent when a sign-in is over. Nothing else is an address here.

use serde::{Deserialize, Serialize};
use url::Url;

/// An address within the app: a path, with a query and a fragment at most. It leads nowhere else, however a browser
/// reads it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct RelativeAddress(String);

impl TryFrom<String> for RelativeAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no address within the app")
    }
}

/// The pages of the app that a browser is led to which is led by redirects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Pages {
    /// When the sign-in is over.
    #[serde(rename = "to")]
    pub(crate) next: RelativeAddress,
    /// When it has failed; `None`: the same.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "err")]
    pub(crate) on_error: Option<RelativeAddress>,
}

impl Pages {
    /// Where a browser goes whose sign-in has failed.
    pub(crate) fn on_error(&self) -> &RelativeAddress {
        self.on_error.as_ref().unwrap_or(&self.next)
    }
}

impl RelativeAddress {
    /// Reads an address. `None` where it leads, or could lead, to another site.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Browsers drop tabs and line ends, and take `\` for `/`.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !is_plain || text.len() > 512 {
            return None;
        }
        let (path, _) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
        stays_here(path).then(|| Self(text.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same address with `error=code` in its query.
    #[must_use]
    pub fn with_error(&self, code: &str) -> String {
        let (address, fragment) = self.0.split_once('#').unwrap_or((&self.0, ""));
        let separator = if address.contains('?') { '&' } else { '?' };
        let code = form_urlencoded::byte_serialize(code.as_bytes()).collect::<String>();
        let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
        format!("{address}{separator}error={code}{fragment}")
    }
}

/// How often a path may be encoded. One that is not settled after that is none of an honest link.
const MAX_DECODINGS: usize = 16;

/// Whether a path leads to the app itself, however often a server decodes it before it makes a redirect of it, and as a
/// browser normalizes it then.
fn stays_here(path: &str) -> bool {
    let Ok(here) = Url::parse("https://app.invalid/") else { return false };
    let mut path = path.to_owned();
    for _ in 0..MAX_DECODINGS {
        let Ok(there) = here.join(&path) else { return false };
        if !path.starts_with('/') || there.origin() != here.origin() || there.path().starts_with("//") {
            return false;
        }
        // Normalized first: `/./%2fevil` becomes `/%2fevil`, which decoded leads to another site.
        let decoded = decode(there.path());
        // The URL parser encodes some decoded characters again, such as a space. So the decoded path is compared with
        // the previous decoded path to detect that nothing is left to decode.
        if decoded == path {
            return true;
        }
        path = decoded;
    }
    false
}

/// Decodes what is percent-encoded, once.
fn decode(path: &str) -> String {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        let mut rest = bytes.clone();
        let mut digit = || char::from(rest.next()?).to_digit(16);
        match (byte, digit(), digit()) {
            (b'%', Some(high), Some(low)) => {
                decoded.extend(u8::try_from(high * 16 + low));
                bytes = rest;
            }
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_within_the_app() {
        for text in [
            "/",
            "/account",
            "/account?tab=mail&x=%2F%2Fevil",
            "/a/b#c",
            "/@evil.example",
            "/a//b",
            "/a%2fb",
            "/100%",
            "/%zz",
            "/a/../b",
            "/%C3%A9",
        ] {
            assert!(RelativeAddress::parse(text).is_some(), "{text}");
        }
    }

    /// Whatever is decoded, the check ends.
    #[test]
    fn encoded_characters_are_checked_in_bounded_time() {
        for text in [
            "/a%20b",
            "/a%22b",
            "/%C3%A9",
            "/%FF",
            "/%EF%BF%BD",
            "/a%3Fb",
            "/a%23b",
            "/%7Barthur%7D",
            "/%",
            "/%zz",
            "/a%2520b",
        ] {
            assert!(RelativeAddress::parse(text).is_some(), "{text}");
        }
        let deep = format!("/%{}2fevil.example", "25".repeat(200));
        assert!(RelativeAddress::parse(&deep).is_none(), "{deep}");
        assert!(RelativeAddress::parse("/%09/evil.example").is_none());
    }

    #[test]
    fn what_leads_elsewhere() {
        for text in [
            "",
            "account",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " //evil.example",
            "https:evil.example",
            "https://evil.example",
            "https://app.example.evil",
            "javascript:alert(1)",
            "%2f%2fevil.example",
            "/%2fevil.example",
            "/%2F%2Fevil.example",
            "/%5Cevil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/%2e%2e//evil.example",
            "/./%2fevil.example",
            "/a/../%2fevil.example",
            "/%2e/%2Fevil.example",
            "/a/%2e%2e/%5cevil.example",
            "/.%2f%2fevil.example",
            "/a/..%2f%2fevil.example",
            "/a%2f..%2f..%2f%2fevil.example",
            "/%252fevil.example",
            "/./%25252fevil.example",
            "/%09/evil.example",
            "/a/..%5c%5cevil.example",
            "@evil.example",
            ".evil.example",
            "/é",
        ] {
            assert!(RelativeAddress::parse(text).is_none(), "{text}");
        }
        assert!(RelativeAddress::parse(&format!("/{}", "a".repeat(600))).is_none());
    }

    #[test]
    fn an_error_stands_in_the_query() {
        let at = |text: &str| RelativeAddress::parse(text).expect("an address").with_error("NO");
        assert_eq!(at("/login"), "/login?error=NO");
        assert_eq!(at("/login?tab=1#top"), "/login?tab=1&error=NO#top");
    }
}
