//! The names of clients, as they stand in `auth_app!`.

use std::fmt;

/// The name of a client. `auth_app!` makes a constant of each: `Camelot::GOOGLE`. It stands in addresses, and with each
/// account as the service that it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProviderName(&'static str);

impl ProviderName {
    /// The client called `name` in `auth_app!`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name, as it stands in `auth_app!`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
