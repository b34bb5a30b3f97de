//! Login methods.

/// How a user logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// With an email and a password.
    Password,
    /// With the OAuth client of this name in `auth_app!`.
    #[cfg(feature = "oauth")]
    OAuth(&'static str),
}

impl Method {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            #[cfg(feature = "oauth")]
            Self::OAuth(_) => "oauth",
        }
    }

    pub(super) const fn oauth_provider(self) -> Option<&'static str> {
        match self {
            Self::Password => None,
            #[cfg(feature = "oauth")]
            Self::OAuth(client) => Some(client),
        }
    }
}
