//! Decoy hashes, against which passwords of unknown users are checked. They have the same kinds and costs as the stored
//! hashes, so that a login takes as long for an unknown email as for a known one (CWE-208).

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use argon2::password_hash::phc::PasswordHash;
use base64::Engine;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{NO_PAD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

use super::bcrypt;
use super::hasher::HashError;
use crate::secret::HashedPassword;

/// The maximum number of kinds. No app is expected to have more; the rarest ones are treated as new hashes.
const MOST_KINDS: usize = 16;

/// The alphabet of bcrypt's base64.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);

/// Hashes that no password has.
pub(crate) struct Decoys {
    /// At the cost of a new hash.
    of_new: HashedPassword,
    counted: RwLock<Arc<[Decoy]>>,
}

/// A hash of one kind and cost, and how many stored hashes are of that kind.
struct Decoy {
    kind: String,
    hash: HashedPassword,
    count: u32,
}

impl Decoys {
    /// Decoys for a table without users yet: `of_new` is a hash at the cost of new ones.
    pub(crate) fn new(of_new: HashedPassword) -> Self {
        Self { of_new, counted: RwLock::default() }
    }

    /// The decoy at the cost of a new hash.
    pub(crate) fn of_new(&self) -> &HashedPassword {
        &self.of_new
    }

    /// Replaces the known kinds with those of the `stored` hashes. A hash that can't be checked counts as a new one,
    /// because checking it costs as much.
    ///
    /// # Errors
    ///
    /// When the system has no randomness to give.
    pub(crate) fn count<'h>(
        &self,
        stored: impl IntoIterator<Item = &'h HashedPassword>,
    ) -> Result<(), HashError> {
        let mut counts = BTreeMap::<String, u32>::new();
        for hash in stored {
            *counts.entry(kind(hash).unwrap_or_default()).or_default() += 1;
        }
        let mut counts = counts.into_iter().collect::<Vec<_>>();
        counts.sort_by(|(one, a), (other, b)| b.cmp(a).then_with(|| one.cmp(other)));
        let rest = counts.split_off(counts.len().min(MOST_KINDS));
        if !rest.is_empty() {
            counts.push((String::new(), rest.into_iter().map(|(_, count)| count).sum()));
        }
        let decoys = counts.into_iter().map(|(kind, count)| {
            let hash = if kind.is_empty() { self.of_new.clone() } else { made(&kind)? };
            Ok(Decoy { kind, hash, count })
        });
        let decoys = decoys.collect::<Result<Arc<[_]>, _>>()?;
        *self.counted.write().unwrap_or_else(PoisonError::into_inner) = decoys;
        Ok(())
    }

    /// The decoy for an email, of which `seed` is a keyed digest. Kinds are chosen as often as they occur. The choice
    /// depends on the seed and the counts alone, so that it survives restarts and is the same on all nodes; where the
    /// counts change a little, few emails get another kind (rendezvous hashing).
    pub(crate) fn of(&self, seed: &[u8]) -> HashedPassword {
        let counted = Arc::clone(&self.counted.read().unwrap_or_else(PoisonError::into_inner));
        let score = |decoy: &Decoy| {
            let digest = Sha256::new().chain_update(seed).chain_update(&decoy.kind).finalize();
            let bytes = std::array::from_fn(|index| digest[index]);
            // Between 0 and 1, neither of them included.
            let uniform = (f64::from(u32::from_be_bytes(bytes)) + 0.5) / (f64::from(u32::MAX) + 1.0);
            let weight = f64::from(decoy.count);
            -weight / uniform.ln()
        };
        let chosen = counted.iter().max_by(|one, other| score(one).total_cmp(&score(other)));
        chosen.map_or_else(|| self.of_new.clone(), |decoy| decoy.hash.clone())
    }
}

/// The part of a hash that says what a check costs; `None` for one that is not known.
fn kind(hash: &HashedPassword) -> Option<String> {
    if bcrypt::is_bcrypt(hash) {
        return bcrypt::is_checked(hash).then(|| hash.expose()[..BCRYPT_COST].to_owned());
    }
    let stored = PasswordHash::new(hash.expose()).ok()?;
    let (Some(_), Some(_)) = (&stored.salt, &stored.hash) else { return None };
    if !super::argon2::is_checked(&stored) {
        return None;
    }
    hash.expose().rsplitn(3, '$').nth(2).map(str::to_owned)
}

/// The length of `$2b$12$`.
const BCRYPT_COST: usize = 7;

/// A random hash of a kind.
fn made(kind: &str) -> Result<HashedPassword, HashError> {
    let mut bytes = [0; 48];
    getrandom::fill(&mut bytes).map_err(|error| HashError::Failed(Box::new(error)))?;
    let salt = &bytes[..16];
    Ok(HashedPassword::new(if kind.starts_with("$2") {
        format!("{kind}{}{}", BCRYPT_BASE64.encode(salt), BCRYPT_BASE64.encode(&bytes[16..39]))
    } else {
        format!("{kind}${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(&bytes[16..]))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::{Argon2, PasswordHasher, Verdict};

    const CHEAP: Argon2 = Argon2::new(64, 1, 1);
    const BCRYPT: &str = "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C";

    fn hash(hasher: Argon2) -> HashedPassword {
        hasher.hash(&"guinevere".into()).expect("a hash")
    }

    fn seeds() -> impl Iterator<Item = [u8; 32]> {
        (0..2_000_u32).map(|n| Sha256::digest(n.to_be_bytes()).into())
    }

    #[test]
    fn each_kind_is_chosen_as_often_as_it_occurs() {
        let dear = Argon2::new(128, 3, 2);
        let decoys = Decoys::new(hash(CHEAP.memory(256)));
        let stored =
            [vec![hash(CHEAP); 5], vec![hash(dear); 3], vec![HashedPassword::new(BCRYPT); 2]].concat();
        decoys.count(&stored).expect("randomness");
        let mut counts = BTreeMap::<String, usize>::new();
        for seed in seeds() {
            let decoy = decoys.of(&seed);
            assert_eq!(CHEAP.verify(&"guinevere".into(), &decoy).expect("it is checked"), Verdict::Wrong);
            *counts.entry(kind(&decoy).expect("a kind")).or_default() += 1;
        }
        let expected =
            [("$2b$04$", 400), ("$argon2id$v=19$m=128,t=3,p=2", 600), ("$argon2id$v=19$m=64,t=1,p=1", 1000)];
        assert_eq!(counts.len(), expected.len(), "{counts:?}");
        for (kind, expected) in expected {
            assert!(counts[kind].abs_diff(expected) < 100, "{counts:?}");
        }
    }

    #[test]
    fn another_node_chooses_the_same_and_few_change_with_the_table() {
        let [one, other, later] = [(); 3].map(|()| Decoys::new(hash(CHEAP.memory(256))));
        let mut stored = [vec![hash(CHEAP); 500], vec![HashedPassword::new(BCRYPT); 500]].concat();
        one.count(&stored).expect("randomness");
        stored.reverse();
        other.count(&stored).expect("randomness");
        stored.extend(vec![hash(CHEAP); 20]);
        later.count(&stored).expect("randomness");
        let kind_of = |decoys: &Decoys, seed: &[u8]| kind(&decoys.of(seed));
        assert!(seeds().all(|seed| kind_of(&one, &seed) == kind_of(&other, &seed)));
        let moved = seeds().filter(|seed| kind_of(&one, seed) != kind_of(&later, seed)).count();
        assert!(moved < 60, "{moved} of 2000");
    }

    #[test]
    fn hashes_that_cannot_be_checked_cost_what_a_new_one_does() {
        let decoys = Decoys::new(hash(CHEAP));
        assert_eq!(decoys.of(b"seed").expose(), decoys.of_new().expose());
        let hostile =
            ["", "!", "$2b$31$short", "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo"];
        decoys.count(&hostile.map(HashedPassword::new)).expect("randomness");
        assert!(seeds().all(|seed| decoys.of(&seed).expose() == decoys.of_new().expose()));
    }

    #[test]
    fn there_are_few_kinds_however_many_occur() {
        let decoys = Decoys::new(hash(CHEAP));
        let stored = (8..200).map(|memory| {
            HashedPassword::new(format!("$argon2id$v=19$m={memory},t=1,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"))
        });
        decoys.count(&stored.collect::<Vec<_>>()).expect("randomness");
        let kinds =
            seeds().filter_map(|seed| kind(&decoys.of(&seed))).collect::<std::collections::BTreeSet<_>>();
        assert!(kinds.len() <= MOST_KINDS + 1, "{kinds:?}");
    }
}
