//! The hash of a user who has no password: no password is right for it, and a check of one takes as long as any.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::secret::HashedPassword;

/// The salt that tells it from the hash of a password. As a salt it is as good as any: what follows it is random, and
/// the hash of nothing. So FastAPI Users reads it as a hash like others.
const SALT: &[u8; 16] = b"no password set!";

/// What such a hash starts with where it is none of Argon2's.
const PREFIX: &str = "!";

/// A hash that no password has, with the cost of `like`.
///
/// # Errors
///
/// When the system has no randomness to give.
pub(crate) fn unusable(like: &HashedPassword) -> Result<HashedPassword, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let random = STANDARD_NO_PAD.encode(bytes);
    let cost = like.expose().rsplitn(3, '$').nth(2).filter(|cost| cost.starts_with("$argon2"));
    Ok(HashedPassword::new(match cost {
        Some(cost) => format!("{cost}${}${random}", STANDARD_NO_PAD.encode(SALT)),
        None => format!("{PREFIX}{random}"),
    }))
}

/// Whether a user with this hash has a password. One that FastAPI Users made has a random one, which can't be told.
pub(crate) fn is_usable(hash: &HashedPassword) -> bool {
    let hash = hash.expose();
    let is_marked = hash.rsplit('$').nth(1).is_some_and(|salt| salt == STANDARD_NO_PAD.encode(SALT));
    !is_marked && !hash.starts_with(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::{Argon2, PasswordHasher, Verdict};
    use crate::secret::Password;

    #[test]
    fn no_password_is_right_for_it() {
        let hasher = Argon2::default().memory(64).passes(1);
        let like = hasher.hash(&Password::new("guinevere")).expect("a hash");
        let hash = unusable(&like).expect("random");
        assert!(is_usable(&like) && !is_usable(&hash));
        for password in ["", "guinevere", "no password set!"] {
            assert_eq!(hasher.verify(&Password::new(password), &hash).expect("it is read"), Verdict::Wrong);
        }
        assert_ne!(hash.expose(), unusable(&like).expect("random").expose());
    }

    #[test]
    fn another_hashers_is_none_either() {
        let hash = unusable(&HashedPassword::new("$2b$12$KIX")).expect("random");
        assert!(!is_usable(&hash) && hash.expose().starts_with('!'));
    }
}
