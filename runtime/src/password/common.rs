//! The passwords that are used most, and so are guessed first (OWASP ASVS 6.2.4).

use passwords::analyzer::is_common_password;
use zeroize::Zeroizing;

use crate::secret::Password;

/// Whether it is one of the 99,838 passwords that the crate `passwords` lists, in whatever case. 47,324 of them have
/// eight characters and more.
pub(crate) fn is_common(password: &Password) -> bool {
    let password = password.expose();
    // Some stand there in both cases, and some in capitals alone.
    is_common_password(password) || is_common_password(&**Zeroizing::new(password.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list is of another crate: what is known to stand high in every such list stands in it.
    #[test]
    fn the_most_used_ones_are_known_in_whatever_case() {
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
        ] {
            assert!(is_common(&password.into()), "{password}");
        }
    }

    /// It is taken as it is: what is not the same is another one.
    #[test]
    fn others_are_not() {
        for password in
            ["", "password ", " password", "pass\0word", "pässword", "password\",\"123456", "guinevere sings"]
        {
            assert!(!is_common(&password.into()), "{password}");
        }
        assert!(!is_common(&Password::new("12345678".repeat(128))));
    }
}
