//! The most used passwords, which attackers try first (OWASP ASVS 6.2.4).

use std::sync::LazyLock;

use fst::Set;
use zeroize::Zeroizing;

use crate::secret::Password;

/// 97,745 passwords in lower case, of which 46,483 have eight characters and more: see `README.md` in this folder.
static PASSWORDS: LazyLock<Set<&[u8]>> = LazyLock::new(|| {
    Set::new(&include_bytes!("passwords.fst")[..]).expect("a set of the version that is read")
});

/// Returns whether `password` is in the list, in whatever case.
pub(crate) fn is_common(password: &Password) -> bool {
    PASSWORDS.contains(&*Zeroizing::new(password.expose().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_used_passwords_are_in_the_list_in_whatever_case() {
        for password in [
            "12345678",
            "123456789",
            "password",
            "PASSWORD",
            "Password1",
            "qwertyuiop",
            "QwertyUiop",
            "1q2w3e4r",
            "iloveyou",
            "sunshine",
            "!QAZ1qaz",
            "TrustNo1",
            "!qaz1QAZ",
        ] {
            assert!(is_common(&password.into()), "{password}");
        }
    }

    #[test]
    fn the_list_is_whole() {
        PASSWORDS.as_fst().verify().expect("the checksum of the file");
        assert_eq!(PASSWORDS.len(), 97_745);
    }

    /// A password is compared as a whole, without trimming.
    #[test]
    fn other_passwords_are_not() {
        for password in
            ["", "password ", " password", "pass\0word", "pässword", "password\",\"123456", "guinevere sings"]
        {
            assert!(!is_common(&password.into()), "{password}");
        }
        assert!(!is_common(&Password::new("12345678".repeat(128))));
    }
}
