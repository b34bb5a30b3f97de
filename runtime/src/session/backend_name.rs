//! The names of backends.

use std::fmt;

/// The name of a backend. `auth_app!` makes a constant of each: `Camelot::JWT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BackendName {
    name: &'static str,
    mark: Mark,
}

/// The beginning of a backend's random tokens: three characters, which the name decides, and `_`.
type Mark = [u8; 4];

impl BackendName {
    /// Returns the name of the backend that is called `name` in `auth_app!`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, mark: mark(name.as_bytes()) }
    }

    /// Returns the name, as it is written in `auth_app!`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// Returns the beginning of the backend's random tokens. An app with two backends whose tokens begin alike does not start.
    pub(crate) const fn mark(&self) -> &Mark {
        &self.mark
    }
}

/// Eighteen bits of the name's hash, as three URL-safe characters. It is no secret, and is computed once for each name.
const fn mark(name: &[u8]) -> Mark {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut hash: u32 = 0x811c_9dc5;
    let mut index = 0;
    while index < name.len() {
        // FNV-1a.
        hash = (hash ^ name[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    let hash = hash ^ (hash >> 18);
    [
        ALPHABET[(hash & 63) as usize],
        ALPHABET[(hash >> 6 & 63) as usize],
        ALPHABET[(hash >> 12 & 63) as usize],
        b'_',
    ]
}

impl fmt::Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::BackendName;

    /// Another mark would end all sessions of the backend.
    #[test]
    fn a_name_keeps_its_mark() {
        for (name, mark) in [("web", "n9b_"), ("api", "dSq_"), ("db", "EMN_")] {
            assert_eq!(BackendName::new(name).mark(), mark.as_bytes(), "{name}");
        }
    }
}
