//! E-mail addresses: read once, strictly, and kept in one normal form.
//!
//! The form is that of FastAPI Users (through Python's email-validator): trimmed, NFC, the domain
//! in lower case and Unicode, the mailbox part as typed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use unicode_normalization::UnicodeNormalization;

/// One e-mail address, valid and in normal form.
///
/// Two addresses that differ only in case are the same to the store, which compares them lowered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEmail {
    /// There is no `@`.
    #[error("value is not a valid email address: it must have an @-sign")]
    NoAt,
    /// What stands before the `@` can't stand there.
    #[error("value is not a valid email address: the part before the @-sign is not valid")]
    Local,
    /// What stands behind the `@` is no domain name with a dot.
    #[error("value is not a valid email address: the part after the @-sign is not a domain name")]
    Domain,
    /// It is longer than an address can be.
    #[error("value is not a valid email address: it is too long")]
    TooLong,
}

/// RFC 5321, 4.5.3.1.1, in octets.
const LOCAL_LIMIT: usize = 64;
/// RFC 5321, 4.5.3.1.3 less its angle brackets, in octets.
const LIMIT: usize = 254;

/// Whether an email may be at a domain that the Internet reserves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reserved {
    Refused,
    Accepted,
}

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// When `text` is anything but one address: no display name, no quotes, no address literal, no
    /// second `@`, no white space or control character within, and a domain with a dot.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        Self::read(text, Reserved::Refused)
    }

    /// Reads an email as [`parse`](Self::parse) does, and accepts the domains that the Internet reserves (RFC 6761):
    /// `localhost`, and names that end in `.local`, `.test`, `.localhost`, `.invalid`, `.onion` or `.arpa`.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse), but for reserved domains.
    pub fn parse_with_reserved_domains(text: &str) -> Result<Self, InvalidEmail> {
        Self::read(text, Reserved::Accepted)
    }

    fn read(text: &str, reserved: Reserved) -> Result<Self, InvalidEmail> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(InvalidEmail::NoAt)?;
        let local: String = local.nfc().collect();
        if !is_dot_atom(&local) {
            return Err(InvalidEmail::Local);
        }
        let domain = normal_domain(domain, reserved)?;
        if local.len() > LOCAL_LIMIT || local.len() + 1 + domain.len() > LIMIT {
            return Err(InvalidEmail::TooLong);
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 5322's dot-atom, with the letters and digits of RFC 6531.
fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_atext(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_mark(c)
}

/// Combining marks stay in NFC where no composed letter exists.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// A domain name in lower case and Unicode, as IDNA (UTS 46) reads it.
fn normal_domain(domain: &str, reserved: Reserved) -> Result<String, InvalidEmail> {
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::STD3)
        .map_err(|_| InvalidEmail::Domain)?;
    let labels = ascii.split('.').collect::<Vec<_>>();
    let top = labels.last().copied().unwrap_or_default();
    let is_reserved = SPECIAL_USE.contains(&top);
    let valid = (labels.len() > 1 || is_reserved)
        && (!is_reserved || reserved == Reserved::Accepted)
        && ascii.len() <= 253
        && labels
            .iter()
            .all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'))
        && is_top_level(top);
    if !valid {
        return Err(InvalidEmail::Domain);
    }
    let (unicode, result) = idna::domain_to_unicode(&ascii);
    result.map(|()| unicode).map_err(|_| InvalidEmail::Domain)
}

/// Names that no mail is delivered to (RFC 6761 and its successors); the original refuses the same.
const SPECIAL_USE: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

fn is_top_level(label: &str) -> bool {
    label.starts_with("xn--") || label.chars().all(|c| c.is_ascii_alphabetic())
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_form() {
        for (typed, stored) in [
            (" King.Arthur@Camelot.BT ", "King.Arthur@camelot.bt"),
            ("a@xn--mnchen-3ya.de", "a@münchen.de"),
            ("a@MÜNCHEN.de", "a@münchen.de"),
            ("e\u{301}@x.fr", "é@x.fr"),
            ("a+b/c=d@x.fr", "a+b/c=d@x.fr"),
        ] {
            assert_eq!(Email::parse(typed).expect(typed).as_str(), stored);
        }
    }

    #[test]
    fn one_address_and_nothing_else() {
        for text in [
            "",
            "arthur",
            "@camelot.bt",
            "arthur@",
            "a@b@camelot.bt",
            "a@camelot.bt,b@camelot.bt",
            "a@camelot.bt;b@camelot.bt",
            "<a@camelot.bt>",
            "Arthur <a@camelot.bt>",
            "\"a b\"@camelot.bt",
            "a\u{ff20}camelot.bt",
            "a@camelot\u{ff20}evil.bt",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@localhost",
            "a..b@camelot.bt",
            ".a@camelot.bt",
            "a.@camelot.bt",
            "a\0@camelot.bt",
            "a@camelot.bt\r\nBcc: b@evil.bt",
            "a b@camelot.bt",
            "a\u{200b}@camelot.bt",
            "a\u{202e}@camelot.bt",
            "a@-camelot.bt",
            "a@camelot..bt",
            "a@xn--example-.org",
            "a@camelot.bt.",
            "a@camelot.test",
            "a@camelot.LOCAL",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?} was taken for an address");
        }
        assert_eq!(Email::parse(&format!("{}@camelot.bt", "a".repeat(65))), Err(InvalidEmail::TooLong));
    }

    #[test]
    fn reserved_domains_are_accepted_on_request_alone() {
        for (typed, stored) in [
            ("admin@localhost", "admin@localhost"),
            ("Arthur@Corp.LOCAL", "Arthur@corp.local"),
            ("x@exam\u{ad}ple.test", "x@example.test"),
        ] {
            assert_eq!(Email::parse(typed), Err(InvalidEmail::Domain));
            assert_eq!(Email::parse_with_reserved_domains(typed).expect(typed).as_str(), stored);
        }
        for text in ["admin@intranet", "a@127.0.0.1", "a@.local", "a b@corp.local"] {
            assert!(Email::parse_with_reserved_domains(text).is_err(), "{text}");
        }
    }
}
