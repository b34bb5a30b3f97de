//! bcrypt hashes that were stored before: they are checked, never made.

use super::hasher::{HashError, Verdict};
use crate::secret::{HashedPassword, Password};

/// What bcrypt reads of a password. A longer one is refused rather than cut.
const MAX_BYTES: usize = 72;
/// The dearest hash that is checked: each step doubles the time, and 14 takes a second.
const MAX_COST: u32 = 16;

pub(super) fn is_bcrypt(hash: &HashedPassword) -> bool {
    hash.expose().starts_with("$2")
}

/// Whether a password can be checked against it.
pub(super) fn is_checked(hash: &HashedPassword) -> bool {
    hash.expose().parse::<bcrypt::HashParts>().is_ok_and(|parts| parts.get_cost() <= MAX_COST)
}

pub(super) fn verify(password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
    if !is_checked(hash) {
        return Err(HashError::Malformed);
    }
    let password = password.expose();
    // The hash is computed all the same, so that a long password takes no less time.
    let fits = password.len() <= MAX_BYTES && !password.contains('\0');
    let right = bcrypt::verify(password, hash.expose()).map_err(|_| HashError::Malformed)?;
    Ok(if fits && right { Verdict::RightButOutdated } else { Verdict::Wrong })
}
