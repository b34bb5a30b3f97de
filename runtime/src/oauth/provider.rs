//! The configuration of an OAuth provider.

use crate::setters::settings;

settings! {
    /// The configuration of an OAuth provider.
    #[derive(Clone, Debug)]
    pub struct ProviderConfig [
        /// Its endpoints.
        pub endpoints: Endpoints,
    ] {
        /// The scopes that are requested unless a request names others.
        pub scopes: &'static [&'static str] = &[],
        /// Other scopes that a request may name. Unknown ones are rejected.
        pub optional_scopes: &'static [&'static str] = &[],
        /// How the app authenticates at the token endpoint.
        pub client_auth: ClientAuth = ClientAuth::default(),
        /// Other parameters of the authorization URL.
        pub parameters: Vec<(&'static str, String)> as Vec<(&'static str, String)> = Vec::new(),
        /// What happens if the account's email belongs to a user of the app.
        pub account_linking: AccountLinking = AccountLinking::default(),
        /// Uses PKCE (RFC 7636). A few providers reject it.
        pub pkce: bool = true,
        /// Whether the provider answers with a form that the browser posts (OAuth 2.0 Form Post Response Mode).
        pub form_post: bool = false,
        /// The name that the service has with each account, up to 100 characters. By default it is the client's name in
        /// `auth_app!`, and for a client that a function of the request made, that name and a digest of the provider's
        /// addresses: what one tenant's provider calls an account says nothing of another's.
        pub account_namespace: Option<String> as impl Into<Option<String>> = None,
    }
}

/// Where a provider is asked what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoints {
    /// At addresses that are known.
    Known {
        /// Where users sign in (RFC 6749, 3.1).
        authorize: String,
        /// Where a code becomes a token (RFC 6749, 3.2).
        token: String,
        /// Where a token is revoked (RFC 7009), if anywhere.
        revoke: Option<String>,
        /// Who the answers say they are from (RFC 9207), where they do.
        issuer: Option<String>,
    },
    /// At addresses that an OpenID provider publishes under its own (OpenID Connect Discovery 1.0). The sign-in has a
    /// nonce and an ID token then.
    Discovered {
        /// The provider's issuer, as its metadata and ID tokens name it. A final slash more or less is accepted, if the
        /// metadata has it so.
        issuer: String,
        /// The URL of the metadata, where it is not `{issuer}/.well-known/openid-configuration`: see
        /// [`ProviderConfig::discovered_at`].
        discovery_url: Option<String>,
    },
}

impl Endpoints {
    /// What tells a provider from every other. Accounts are stored with a digest of it.
    pub(super) fn identity(&self) -> String {
        match self {
            Self::Known { authorize, token, .. } => format!("{authorize} {token}"),
            Self::Discovered { issuer, discovery_url: None } => issuer.clone(),
            Self::Discovered { issuer, discovery_url: Some(url) } => format!("{issuer} {url}"),
        }
    }
}

/// How the token endpoint learns who asks (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuth {
    /// `client_id` and `client_secret` in the body; an OpenID provider may say that it wants `Basic`.
    #[default]
    Post,
    /// The `Authorization` header.
    Basic,
}

/// What happens where a user of the app has the address of an account that nobody has yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountLinking {
    /// The sign-in is refused: `OAUTH_USER_ALREADY_EXISTS`.
    #[default]
    Never,
    /// The account becomes that user's, if the provider vouches for the address. A user who never proved to own it
    /// loses password and sessions first: whoever registered it may have been someone else.
    VerifiedEmail,
}

impl ProviderConfig {
    /// A provider at two known addresses, with no scopes and nothing out of the ordinary.
    pub fn new(authorize: impl Into<String>, token: impl Into<String>) -> Self {
        Self::with_defaults(Endpoints::Known {
            authorize: authorize.into(),
            token: token.into(),
            revoke: None,
            issuer: None,
        })
    }

    /// An OpenID provider, which publishes its addresses.
    pub fn discovered(issuer: impl Into<String>) -> Self {
        Self::with_defaults(Endpoints::Discovered { issuer: issuer.into(), discovery_url: None })
    }

    /// An OpenID provider whose issuer differs from the URL of its metadata by design.
    ///
    /// Azure AD B2C publishes the metadata of each policy at a URL of its own and names one issuer in all of them.
    /// Microsoft Entra's `common` names `https://login.microsoftonline.com/{tenantid}/v2.0`: in place of `{tenantid}`,
    /// an ID token has the user's tenant, which its claim `tid` must name as well.
    pub fn discovered_at(issuer: impl Into<String>, discovery_url: impl Into<String>) -> Self {
        let discovery_url = Some(discovery_url.into());
        Self::with_defaults(Endpoints::Discovered { issuer: issuer.into(), discovery_url })
    }

    /// The same, with an address where tokens are revoked (RFC 7009).
    #[must_use]
    pub fn revocation_url(mut self, address: impl Into<String>) -> Self {
        if let Endpoints::Known { revoke, .. } = &mut self.endpoints {
            *revoke = Some(address.into());
        }
        self
    }
}
