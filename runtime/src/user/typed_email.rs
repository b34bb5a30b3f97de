//! An email as somebody typed it, and the one canonical key that limits, logs and look-ups derive from it.

use unicode_normalization::UnicodeNormalization;

use super::{AuthUser, Email};

/// The most characters of a stored email: the width of its column (FastAPI Users' `String(320)`).
const MAX_CHARS: usize = 320;

/// A text typed as an email, which need not be a valid one.
///
/// An app that moved from elsewhere may have users whose emails [`Email::parse`] rejects, such as `admin@localhost`.
/// They sign in and reset their password with the text that is stored.
///
/// Its [`key`](Self::key) is made from the text alone, before any look-up, so that all spellings of one email share one
/// limit, whether a user has that email or not.
#[derive(Clone, PartialEq, Eq)]
#[expect(
    missing_debug_implementations,
    reason = "it may hold a password that was typed into the wrong field"
)]
pub struct TypedEmail {
    /// Without white space around it.
    typed: String,
    /// The parsed email, or the key of a text that does not parse.
    normal: String,
    key: String,
    is_email: bool,
}

impl TypedEmail {
    /// Reads what was typed. Every text is accepted.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let typed = text.trim();
        // No user has such an email, and its forms could take long to compute.
        if typed.chars().count() > MAX_CHARS {
            let typed = typed.to_owned();
            return Self { normal: typed.clone(), key: typed.clone(), typed, is_email: false };
        }
        // A reserved domain has spellings, too, whether or not a policy lets new users have it.
        if let Ok(email) = Email::parse_with_reserved_domains(typed) {
            let (normal, key) = (email.as_str().to_owned(), folded(email.as_str()));
            Self { typed: typed.to_owned(), normal, key, is_email: true }
        } else {
            let key = folded(typed);
            Self { typed: typed.to_owned(), normal: key.clone(), key, is_email: false }
        }
    }

    /// The canonical key: the parsed email in lower case; for a text that does not parse, the text trimmed, in NFC and in
    /// lower case; for more than 320 characters, the text trimmed. Two texts that find the same user have the same key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether the text is an email by the rules of [`Email::parse`], at any domain.
    #[must_use]
    pub const fn is_email(&self) -> bool {
        self.is_email
    }

    /// The texts that a store looks up, without regard to case: the text as it was typed, then its canonical form. They
    /// are empty where no stored email can match: for more than 320 characters, or a control character.
    #[must_use]
    pub fn candidates(&self) -> [&str; 2] {
        if self.can_be_stored() { [&self.typed, &self.normal] } else { [""; 2] }
    }

    /// The one of `users` that the text means, among those that a store found by the [`candidates`](Self::candidates). A
    /// user whose email has another key is not found, however a database compares text. The email as it was typed comes
    /// first: some databases tell apart what others do not.
    #[must_use]
    pub fn find<U: AuthUser>(&self, users: impl IntoIterator<Item = U>) -> Option<U> {
        let users = users.into_iter().filter(|user| self.means(user.email()));
        users.min_by(|one, other| {
            let [one, other] = [one.email(), other.email()];
            self.distance(one).cmp(&self.distance(other)).then_with(|| one.cmp(other))
        })
    }

    /// Whether the text is a spelling of this stored email.
    #[must_use]
    pub fn means(&self, stored: &str) -> bool {
        self.can_be_stored() && Self::new(stored).key == self.key
    }

    fn can_be_stored(&self) -> bool {
        self.typed.chars().count() <= MAX_CHARS && !self.typed.chars().any(char::is_control)
    }

    fn distance(&self, stored: &str) -> u8 {
        if stored == self.typed {
            0
        } else if stored.eq_ignore_ascii_case(&self.typed) {
            1
        } else {
            u8::from(stored != self.normal) + 2
        }
    }
}

impl std::str::FromStr for TypedEmail {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl From<&Email> for TypedEmail {
    fn from(email: &Email) -> Self {
        Self::new(email.as_str())
    }
}

/// Lower case, character by character: `str::to_lowercase` treats a sigma at the end of a word differently, and databases
/// do not.
fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        TypedEmail::new(text).key
    }

    #[test]
    fn texts_longer_than_an_email_are_not_folded() {
        let longest = "Ä".repeat(MAX_CHARS);
        assert_eq!(key(&longest), "ä".repeat(MAX_CHARS));
        let longer = format!("{longest}Ä");
        assert_eq!(key(&longer), longer);
        assert_eq!(TypedEmail::new(&longer).candidates(), ["", ""]);
    }

    #[test]
    fn spellings_of_one_email_have_one_key() {
        for (spellings, expected) in [
            (
                &[
                    "arthur@camelot.bt",
                    "  ARTHUR@Camelot.BT\n",
                    "arthur@cam\u{ad}elot.bt",
                    "arthur@\u{ff23}amelot.bt",
                    "arthur@camelot\u{3002}bt",
                    "arthur@camelot\u{ff0e}bt",
                ][..],
                "arthur@camelot.bt",
            ),
            (
                &["x@bücher.de", "X@xn--bcher-kva.de", "x@XN--BCHER-KVA.DE", "x@bu\u{308}cher.de"],
                "x@bücher.de",
            ),
            (&["JE\u{301}RO\u{302}ME@x.fr", "jérôme@x.fr"], "jérôme@x.fr"),
            (&["M\u{130}KE@x.fr", "mi\u{307}ke@x.fr"], "mi\u{307}ke@x.fr"),
            (&["ΟΔΟΣ@x.gr", "οδοσ@x.gr"], "οδοσ@x.gr"),
            (&["admin@localhost", " Admin@LOCALHOST "], "admin@localhost"),
            (&["x@example.test", "x@exam\u{ad}ple.TEST"], "x@example.test"),
            (&["É@é", "e\u{301}@E\u{301}"], "é@é"),
            (&["", " \t"], ""),
        ] {
            for spelling in spellings {
                assert_eq!(key(spelling), expected, "{spelling:?}");
            }
        }
    }

    #[test]
    fn different_emails_have_different_keys() {
        let emails =
            ["mike@x.fr", "m\u{131}ke@x.fr", "\u{ff4d}ike@x.fr", "οδος@x.gr", "οδοσ@x.gr", "mike+a@x.fr"];
        for (n, one) in emails.iter().enumerate() {
            for other in &emails[n + 1..] {
                assert_ne!(key(one), key(other));
            }
        }
    }

    /// The stored email is found by its own text, and by the canonical one.
    #[test]
    fn keys_are_stable() {
        for text in
            ["Arthur@XN--BCHER-KVA.de", "ÄRTHUR@localhost", "🗡@Camelot.bt", "a\u{300}@B", "ΟΔΟΣ", "ẞ@İ"]
        {
            let typed = TypedEmail::new(text);
            assert_eq!(key(&typed.key), typed.key, "{text}");
            assert_eq!(key(&typed.normal), typed.key, "{text}");
            assert!(typed.means(text) && typed.means(&typed.normal) && typed.means(&typed.key), "{text}");
        }
    }

    #[test]
    fn what_no_column_holds_means_nobody() {
        for text in [
            "a\0@localhost".to_owned(),
            "a\u{9b}@localhost".to_owned(),
            format!("{}@localhost", "ä".repeat(311)),
        ] {
            let typed = TypedEmail::new(&text);
            assert_eq!(typed.candidates(), [""; 2]);
            assert!(!typed.means(&text), "{text:?}");
        }
        let longest = format!("{}@localhost", "ä".repeat(310));
        assert!(TypedEmail::new(&longest).means(&longest));
    }
}
