//! Argon2id (RFC 9106), and bcrypt for what is stored already.

use std::cell::RefCell;

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Block, Params, Version};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::bcrypt;
use super::hasher::{HashError, PasswordHasher, Verdict};
use crate::secret::{HashedPassword, Password};
use crate::setters::settings;

settings! {
    /// Argon2id. It checks Argon2 hashes of any cost, and bcrypt's; a weaker one is outdated.
    ///
    /// The default costs are those of OWASP's Password Storage Cheat Sheet.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Argon2 {
        /// Memory, in KiB.
        pub memory: u32 = 19 * 1024,
        /// Passes over it.
        pub passes: u32 = 2,
        /// Lanes.
        pub lanes: u32 = 1,
    }
}

impl Argon2 {
    /// Argon2id with `memory` KiB, `passes` over it and `lanes`.
    #[must_use]
    pub const fn new(memory: u32, passes: u32, lanes: u32) -> Self {
        Self { memory, passes, lanes }
    }

    /// The costs of pwdlib, which FastAPI Users hashes with.
    #[must_use]
    pub const fn pwdlib() -> Self {
        Self { memory: 64 * 1024, passes: 3, lanes: 4 }
    }

    /// Whether a hash of these costs takes less: less memory, or less of it in all passes together. OWASP's own list has
    /// one with more memory and fewer passes for each other, and neither is worn down to the other.
    fn is_dearer_than(self, stored: &Params) -> bool {
        let work = |memory, passes| u64::from(memory) * u64::from(passes);
        stored.m_cost() < self.memory
            || work(stored.m_cost(), stored.t_cost()) < work(self.memory, self.passes)
    }

    fn params(self) -> Result<Params, HashError> {
        Params::new(self.memory, self.passes, self.lanes, Some(OUTPUT_BYTES)).map_err(failed)
    }
}

const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;
/// What a stored hash may ask for at the most, in KiB: a hostile one must not take the memory away.
const MAX_MEMORY: u32 = 256 * 1024;
/// The same for its passes.
const MAX_PASSES: u32 = 16;

thread_local! {
    /// A hash's memory, kept for the thread's next one: to fault it in and to zero it anew costs up to a quarter of a hash.
    ///
    /// The next hash writes each block before it reads it, and nothing else ever sees one.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Computes a hash in the thread's memory, of which `kept` blocks stay afterwards.
fn compute(
    (algorithm, version, params): (Algorithm, Version, Params),
    password: &Password,
    salt: &[u8],
    output: &mut [u8],
    kept: usize,
) -> Result<(), HashError> {
    let (blocks, passes) = (params.block_count(), params.t_cost());
    let argon2 = argon2::Argon2::new(algorithm, version, params);
    MEMORY.with_borrow_mut(|memory| {
        if memory.len() < blocks {
            memory.resize(blocks, Block::default());
        }
        let computed = argon2
            .hash_password_into_with_memory(password.expose().as_bytes(), salt, output, &mut memory[..blocks])
            .map_err(failed);
        // By the first blocks of the first pass, whoever has a picture of the memory could try passwords at the price of a
        // few blocks each. A second pass writes over all of them; after that, a try takes at least the whole first pass.
        if passes == 1 {
            memory[..blocks].fill(Block::default());
        }
        // One dear hash of before must not cost its memory for good.
        memory.truncate(kept);
        memory.shrink_to(kept);
        computed
    })
}

impl PasswordHasher for Argon2 {
    fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(failed)?;
        let params = self.params()?;
        let mut output = [0; OUTPUT_BYTES];
        let kept = params.block_count();
        compute((Algorithm::Argon2id, Version::V0x13, params.clone()), password, &salt, &mut output, kept)?;
        let hash = encoded(&params, &salt, &output)?;
        output.zeroize();
        Ok(hash)
    }

    /// Its salt and its output are random, so that nothing is computed.
    fn decoy(&self) -> Result<HashedPassword, HashError> {
        let mut random = [0; SALT_BYTES + OUTPUT_BYTES];
        getrandom::fill(&mut random).map_err(failed)?;
        let (salt, output) = random.split_at(SALT_BYTES);
        encoded(&self.params()?, salt, output)
    }

    fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
        if bcrypt::is_bcrypt(hash) {
            return bcrypt::verify(password, hash);
        }
        let stored = PasswordHash::new(hash.expose()).map_err(|_| HashError::Malformed)?;
        let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
            return Err(HashError::Malformed);
        };
        let (algorithm, version, params) = how_computed(&stored).ok_or(HashError::Malformed)?;
        let outdated = algorithm != Algorithm::Argon2id
            || version != Version::V0x13
            || self.is_dearer_than(&params)
            || expected.len() < OUTPUT_BYTES
            || salt.len() < SALT_BYTES;
        let mut computed = vec![0; expected.len()];
        let kept = self.params()?.block_count();
        compute((algorithm, version, params), password, salt, &mut computed, kept)?;
        let right = bool::from(computed.ct_eq(expected.as_bytes()));
        computed.zeroize();
        Ok(match (right, outdated) {
            (false, _) => Verdict::Wrong,
            (true, false) => Verdict::Right,
            (true, true) => Verdict::RightButOutdated,
        })
    }
}

/// Returns a hash of Argon2id as it is stored.
fn encoded(params: &Params, salt: &[u8], output: &[u8]) -> Result<HashedPassword, HashError> {
    let hash = PasswordHash {
        algorithm: Ident::from(Algorithm::Argon2id),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(failed)?,
        salt: Some(Salt::new(salt).map_err(failed)?),
        hash: Some(Output::new(output).map_err(failed)?),
    };
    Ok(HashedPassword::new(hash.to_string()))
}

/// How a stored hash was computed; `None` for one that can't be checked, or would take too much.
fn how_computed(stored: &PasswordHash) -> Option<(Algorithm, Version, Params)> {
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
    let params = Params::try_from(stored).ok()?;
    let is_bounded = params.m_cost() <= MAX_MEMORY && params.t_cost() <= MAX_PASSES;
    is_bounded.then_some((algorithm, version, params))
}

/// Whether a password can be checked against it.
pub(super) fn is_checked(stored: &PasswordHash) -> bool {
    how_computed(stored).is_some()
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> HashError {
    HashError::Failed(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Argon2 = Argon2::new(64, 1, 1);

    #[test]
    fn right_wrong_and_outdated() {
        let hash = CHEAP.hash(&"guinevere".into()).expect("hashes");
        assert!(hash.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_eq!(CHEAP.verify(&"guinevere".into(), &hash).expect("verifies"), Verdict::Right);
        assert_eq!(CHEAP.verify(&"lancelot".into(), &hash).expect("verifies"), Verdict::Wrong);
        let dearer = CHEAP.passes(2);
        assert_eq!(dearer.verify(&"guinevere".into(), &hash).expect("verifies"), Verdict::RightButOutdated);
    }

    /// B24: what takes the place of a stored hash at a sign-in is never cheaper.
    #[test]
    fn a_stronger_hash_is_not_worn_down() {
        let [weaker, same, stronger] = [Verdict::RightButOutdated, Verdict::Right, Verdict::Right];
        let configured = Argon2::new(128, 4, 1);
        for (memory, passes, verdict) in [
            (128, 4, same),
            (128, 3, weaker),
            (120, 5, weaker),
            (64, 16, weaker),
            (129, 4, stronger),
            (256, 2, same),
            (512, 1, same),
            (256, 1, weaker),
        ] {
            let stored = Argon2::new(memory, passes, 1);
            let hash = stored.hash(&"guinevere".into()).expect("hashes");
            let found = configured.verify(&"guinevere".into(), &hash).expect("verifies");
            assert_eq!(found, verdict, "{stored:?}");
        }
    }

    /// `guinevere`, hashed in a way that [`Argon2::hash`] has none of.
    fn hashed(version: Version, salt: &[u8], output_bytes: usize) -> HashedPassword {
        let params = Params::new(64, 1, 1, Some(output_bytes)).expect("a cost");
        let mut output = vec![0; output_bytes];
        argon2::Argon2::new(Algorithm::Argon2id, version, params.clone())
            .hash_password_into(b"guinevere", salt, &mut output)
            .expect("hashes");
        let hash = PasswordHash {
            algorithm: Ident::from(Algorithm::Argon2id),
            version: Some(version.into()),
            params: ParamsString::try_from(&params).expect("a cost"),
            salt: Some(Salt::new(salt).expect("a salt")),
            hash: Some(Output::new(&output).expect("an output")),
        };
        HashedPassword::new(hash.to_string())
    }

    #[test]
    fn what_is_short_or_of_the_old_version_is_outdated() {
        let salt = [7; SALT_BYTES];
        for (version, salt, output_bytes, right) in [
            (Version::V0x13, &salt[..], OUTPUT_BYTES, Verdict::Right),
            (Version::V0x13, &salt, OUTPUT_BYTES + 1, Verdict::Right),
            (Version::V0x10, &salt, OUTPUT_BYTES, Verdict::RightButOutdated),
            (Version::V0x13, &salt[1..], OUTPUT_BYTES, Verdict::RightButOutdated),
            (Version::V0x13, &salt, OUTPUT_BYTES - 1, Verdict::RightButOutdated),
        ] {
            let hash = hashed(version, salt, output_bytes);
            assert_eq!(CHEAP.verify(&"guinevere".into(), &hash).expect("verifies"), right, "{hash:?}");
            assert_eq!(CHEAP.verify(&"lancelot".into(), &hash).expect("verifies"), Verdict::Wrong);
        }
    }

    #[test]
    fn a_dear_hash_leaves_no_memory_behind() {
        let hash = CHEAP.memory(1024).hash(&"guinevere".into()).expect("hashes");
        assert_eq!(MEMORY.with_borrow(Vec::len), 1024);
        CHEAP.verify(&"guinevere".into(), &hash).expect("verifies");
        assert_eq!(MEMORY.with_borrow(|memory| (memory.len(), memory.capacity())), (64, 64));
    }

    #[test]
    fn what_was_in_the_memory_before_changes_no_hash() {
        /// In a thread of its own, which has no memory from before but that of `before`.
        fn hashed_after(
            before: Option<Argon2>,
            (algorithm, version, lanes): (Algorithm, Version, u32),
        ) -> [u8; 32] {
            let hash = move || {
                if let Some(before) = before {
                    before.hash(&"lancelot".into()).expect("hashes");
                }
                let params = Params::new(128, 2, lanes, Some(OUTPUT_BYTES)).expect("a cost");
                let mut output = [0; OUTPUT_BYTES];
                compute(
                    (algorithm, version, params),
                    &"guinevere".into(),
                    &[7; SALT_BYTES],
                    &mut output,
                    128,
                )
                .expect("hashes");
                output
            };
            std::thread::spawn(hash).join().expect("a thread")
        }
        let dirty = Argon2::new(256, 2, 1);
        for kind in [
            (Algorithm::Argon2id, Version::V0x13, 1),
            (Algorithm::Argon2id, Version::V0x13, 4),
            (Algorithm::Argon2id, Version::V0x10, 1),
            (Algorithm::Argon2i, Version::V0x13, 1),
            (Algorithm::Argon2d, Version::V0x13, 1),
        ] {
            assert_eq!(hashed_after(Some(dirty), kind), hashed_after(None, kind), "{kind:?}");
        }
    }

    #[test]
    fn one_pass_leaves_nothing_to_guess_by() {
        let is_left = |passes| {
            CHEAP.passes(passes).hash(&"guinevere".into()).expect("hashes");
            MEMORY.with_borrow(|memory| memory.iter().flat_map(|block| block.as_ref()).any(|word| *word != 0))
        };
        assert!(!is_left(1));
        assert!(is_left(2), "it is kept, and with it the blocks of the last pass");
    }

    /// What pwdlib 0.3 made of `guinevere`.
    #[test]
    fn hashes_of_the_original() {
        let argon2 = "$argon2id$v=19$m=65536,t=3,p=4$oVmaQiGEOY38UEArPXg2Lw$ZaZ1F3JMihv1X86CrSZnVURJpGrZ24C1I/BFIzqtK+4";
        let bcrypt = "$2b$04$jf2NSGYcJSiQ55YMOlTsRu8XvXchpcM35LUUTVbobNK3W8QwyXz2G";
        for (hash, right) in [(argon2, Verdict::Right), (bcrypt, Verdict::RightButOutdated)] {
            let hash = HashedPassword::new(hash);
            assert_eq!(Argon2::pwdlib().verify(&"guinevere".into(), &hash).expect("verifies"), right);
            assert_eq!(Argon2::pwdlib().verify(&"lancelot".into(), &hash).expect("verifies"), Verdict::Wrong);
        }
    }

    #[test]
    fn hostile_hashes_are_refused() {
        for hash in [
            "",
            "plain",
            "$",
            "$argon2id$",
            "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
            "$argon2id$v=19$m=64,t=4000000,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
            "$2b$31$short",
            "$2b$é",
            "$scrypt$ln=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
            "$2b$99$KTWRXAh/B0bFPEIIUhsEqu9pRUxfKpg3nPDxgZfmTFhbJaPOxaZvK",
        ] {
            let verdict = CHEAP.verify(&"guinevere".into(), &HashedPassword::new(hash));
            assert!(matches!(verdict, Err(HashError::Malformed)), "{hash}: {verdict:?}");
        }
    }
}
