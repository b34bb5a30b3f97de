//! The purposes of keys, one on each line.

/// Declares the purposes. A line is `Name = "label", BYTES, is_shared;`, as [`Derivation`] explains.
macro_rules! purposes {
    ($(#[$attribute:meta])* $vis:vis enum $purpose:ident {
        $($(#[doc = $meaning:literal])+ $name:ident = $label:literal, $bytes:literal, $is_shared:literal;)+
    }) => {
        $(#[$attribute])*
        $vis enum $purpose {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl $purpose {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name,)+];

            pub(super) const fn derivation(self) -> Derivation {
                match self {
                    $(Self::$name => Derivation { label: $label, bytes: $bytes, is_shared: $is_shared },)+
                }
            }
        }
    };
}

/// How the key of a purpose is derived.
pub(super) struct Derivation {
    /// The `info` of HKDF (RFC 5869). Every token of the purpose is invalid under another label.
    pub(super) label: &'static str,
    /// The length of the key.
    pub(super) bytes: usize,
    /// Whether FastAPI Users signs tokens of this purpose. Under `compat` nothing is derived then: both apps use the
    /// configured secret itself.
    pub(super) is_shared: bool,
}

purposes! {
    /// The purpose of a key. No key serves two.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum KeyPurpose {
        /// Signs session tokens. HS512 requires 64 bytes (RFC 7518, 3.2).
        Session = "axum-users/session/1", 64, true;
        /// Signs tokens that reset a password.
        ResetPassword = "axum-users/reset-password/1", 32, true;
        /// Signs tokens that verify an email.
        Verify = "axum-users/verify/1", 32, true;
        /// Signs tokens that change an email.
        ChangeEmail = "axum-users/change-email/1", 32, false;
        /// Signs the state of an OAuth login.
        OAuthState = "axum-users/oauth-state/1", 32, true;
        /// Encrypts providers' tokens at rest, by AES-256.
        ProviderTokens = "axum-users/provider-tokens/1", 32, false;
        /// Signs the cookies of clients that have logged in.
        KnownClient = "axum-users/known-client/1", 32, false;
        /// Makes fingerprints: of password hashes, known clients and emails.
        Fingerprints = "axum-users/fingerprints/1", 32, false;
        /// Makes the keys of rate limits' counters.
        LimitKeys = "axum-users/limit-keys/1", 32, false;
    }
}
