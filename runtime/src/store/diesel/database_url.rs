//! The URL of a database in an app's configuration.

use std::fmt;

/// The URL of a database: `sqlite://app.db`, `postgresql://user:password@host/database` or
/// `mysql://user:password@host/database`.
///
/// `"sqlite://app.db".into()` makes one, and so does a `String`. It is checked when the app starts. `Debug` shows the scheme
/// alone, since a URL may hold a password.
#[derive(Clone)]
pub struct DatabaseUrl {
    text: String,
    #[cfg(all(feature = "testing", feature = "sqlite"))]
    is_in_memory: bool,
}

impl DatabaseUrl {
    /// A database in memory, for tests.
    #[cfg(all(feature = "testing", feature = "sqlite"))]
    pub(crate) fn in_memory() -> Self {
        Self { text: "sqlite://".to_owned(), is_in_memory: true }
    }

    /// The URL as it was written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the part before `://`.
    pub(super) fn scheme(&self) -> Option<&str> {
        self.text.split_once("://").map(|(scheme, _)| scheme)
    }

    /// Returns whether it is a test's database in memory.
    #[cfg(all(feature = "testing", feature = "sqlite"))]
    pub(super) fn is_in_memory(&self) -> bool {
        self.is_in_memory
    }
}

impl From<String> for DatabaseUrl {
    fn from(text: String) -> Self {
        Self {
            text,
            #[cfg(all(feature = "testing", feature = "sqlite"))]
            is_in_memory: false,
        }
    }
}

impl From<&str> for DatabaseUrl {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl").field("scheme", &self.scheme()).finish_non_exhaustive()
    }
}
