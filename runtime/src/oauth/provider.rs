//! What is known of a provider, as data.

/// What is known of a provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Where it is asked what.
    pub endpoints: Endpoints,
    /// The scopes that are asked for where a request names none.
    pub scopes: &'static [&'static str],
    /// Further scopes that a request may ask for. Others are refused.
    pub optional_scopes: &'static [&'static str],
    /// How the token endpoint learns who asks.
    pub client_auth: ClientAuth,
    /// Further parameters of the address where users sign in.
    pub parameters: Vec<(&'static str, String)>,
    /// What happens where a user of the app has the account's address already.
    pub associate: Associate,
    /// Whether the provider takes a proof that its code goes to whoever asked for it (PKCE, RFC 7636). A few refuse a
    /// request that has one.
    pub pkce: bool,
    /// Whether the provider answers with a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    pub posts_form: bool,
    /// The name that the service has with each account, up to 100 characters. By default it is the client's name in
    /// `auth_app!`, and for a client that a function of the request made, that name and a digest of the provider's
    /// addresses: what one tenant's provider calls an account says nothing of another's.
    pub account_namespace: Option<String>,
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
        /// [`Provider::discovered_at`].
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
pub enum Associate {
    /// The sign-in is refused: `OAUTH_USER_ALREADY_EXISTS`.
    #[default]
    Never,
    /// The account becomes that user's, if the provider vouches for the address. A user who never proved to own it
    /// loses password and sessions first: whoever registered it may have been someone else.
    ByVerifiedEmail,
}

/// What an app may set of a client that this crate brings.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// In place of the client's own scopes.
    pub scopes: &'static [&'static str],
    /// Further scopes that a request may ask for.
    pub optional_scopes: &'static [&'static str],
    /// What happens where a user of the app has the account's address already.
    pub associate: Associate,
}

impl Provider {
    /// A provider at two known addresses, with no scopes and nothing out of the ordinary.
    pub fn new(authorize: impl Into<String>, token: impl Into<String>) -> Self {
        Self::at(Endpoints::Known {
            authorize: authorize.into(),
            token: token.into(),
            revoke: None,
            issuer: None,
        })
    }

    /// An OpenID provider, which publishes its addresses.
    pub fn discovered(issuer: impl Into<String>) -> Self {
        Self::at(Endpoints::Discovered { issuer: issuer.into(), discovery_url: None })
    }

    /// An OpenID provider whose issuer differs from the URL of its metadata by design.
    ///
    /// Azure AD B2C publishes the metadata of each policy at a URL of its own and names one issuer in all of them.
    /// Microsoft Entra's `common` names `https://login.microsoftonline.com/{tenantid}/v2.0`: in place of `{tenantid}`,
    /// an ID token has the user's tenant, which its claim `tid` must name as well.
    pub fn discovered_at(issuer: impl Into<String>, discovery_url: impl Into<String>) -> Self {
        let discovery_url = Some(discovery_url.into());
        Self::at(Endpoints::Discovered { issuer: issuer.into(), discovery_url })
    }

    fn at(endpoints: Endpoints) -> Self {
        Self {
            endpoints,
            scopes: &[],
            optional_scopes: &[],
            client_auth: ClientAuth::default(),
            parameters: Vec::new(),
            associate: Associate::default(),
            pkce: true,
            posts_form: false,
            account_namespace: None,
        }
    }

    /// The same, with an address where tokens are revoked (RFC 7009).
    #[must_use]
    pub fn revoked_at(mut self, address: impl Into<String>) -> Self {
        if let Endpoints::Known { revoke, .. } = &mut self.endpoints {
            *revoke = Some(address.into());
        }
        self
    }

    /// The same, as the app sets it.
    #[must_use]
    pub fn with(self, options: Options) -> Self {
        let Options { scopes, optional_scopes, associate } = options;
        Self { scopes, optional_scopes, associate, ..self }
    }
}
