//! Who acts, and from where: made once at the border, by an extractor or a route, or for the app's own code.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, OriginalUri};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, Request, Uri};

use crate::client::{ClientAddress, CrossSite, SaidSites, Sites, TrustedProxies, is_write, only_cookie};
use crate::user::Profile;

/// Who acts, and from where: a client by a request, or the app's own code.
#[derive(Clone, Debug)]
pub struct Actor {
    by: By,
    origin: Arc<Origin>,
    /// Made when a hook or a function of the request first asks for it.
    request: Arc<OnceLock<RequestInfo>>,
}

#[derive(Clone, Copy, Debug)]
enum By {
    /// The client that sent a request. Operations that need its session take it as an argument.
    Client,
    /// The app's own code. No limit applies to it.
    Code(&'static str),
}

/// Where a request comes from.
struct Origin {
    head: Parts,
    client: Option<ClientAddress>,
    site: Site,
}

/// Which site's page made the browser send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Site {
    /// The app's own or a trusted one, or the client is not a browser.
    Own,
    /// Another site, by a request that only reads.
    OthersRead,
    /// Another site, by a request that may write.
    OthersWrite,
}

impl Actor {
    /// Returns the actor for code of the app's own: a job, a migration, a command. `name` says which, see
    /// [`code_name`](Self::code_name). No rate limit applies to it.
    #[must_use]
    pub fn code(name: &'static str) -> Self {
        Self::new(By::Code(name), Request::new(()).into_parts().0, None, Site::Own)
    }

    /// Returns the actor for the client that sent the request with this head. `proxies` decide which client IP counts, and
    /// `sites` whose pages may have a browser write.
    #[must_use]
    pub fn client(head: Parts, proxies: &TrustedProxies, sites: &Sites) -> Self {
        let client = proxies.client(&head);
        let site = match sites.check(&head) {
            Ok(()) => Site::Own,
            Err(CrossSite) if is_write(&head) => Site::OthersWrite,
            Err(CrossSite) => Site::OthersRead,
        };
        Self::new(By::Client, head, client, site)
    }

    fn new(by: By, head: Parts, client: Option<ClientAddress>, site: Site) -> Self {
        Self { by, origin: Arc::new(Origin { head, client, site }), request: Arc::default() }
    }

    /// Returns the same actor, who comes from a login at an OAuth provider.
    #[cfg(feature = "oauth")]
    pub(crate) fn by_oauth(&self, oauth: OAuthOrigin) -> Self {
        let request = RequestInfo { oauth: Some(Arc::new(oauth)), ..self.request().clone() };
        Self { request: Arc::new(OnceLock::from(request)), ..self.clone() }
    }

    /// Whether the app's own code acts.
    #[must_use]
    pub fn is_code(&self) -> bool {
        matches!(self.by, By::Code(_))
    }

    /// Returns the name of the code that acts; `None` for a client.
    #[must_use]
    pub fn code_name(&self) -> Option<&'static str> {
        match self.by {
            By::Code(name) => Some(name),
            By::Client => None,
        }
    }

    /// Returns the client IP. `None` for code, and where neither the connection nor a trusted proxy says.
    #[must_use]
    pub fn client_address(&self) -> Option<ClientAddress> {
        self.origin.client
    }

    /// Whether another site made the browser send this request (CSRF, CWE-352).
    #[cfg(feature = "oauth")]
    pub(crate) fn is_cross_site(&self) -> bool {
        self.origin.site != Site::Own
    }

    /// Whether another site made the browser send this request, which may write.
    pub(crate) fn is_cross_site_write(&self) -> bool {
        self.origin.site == Site::OthersWrite
    }

    /// Where the request says that it comes from and goes to, for the log.
    pub(crate) fn said_sites(&self) -> SaidSites {
        SaidSites::of(&self.origin.head)
    }

    /// Returns the request as hooks see it. It is empty for code.
    #[must_use]
    pub fn request(&self) -> &RequestInfo {
        self.request.get_or_init(|| RequestInfo::from(&self.origin.head))
    }

    /// Returns the value of the one cookie of this name.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        only_cookie(&self.origin.head.headers, name)
    }

    /// Returns the head of the request.
    pub(crate) fn head(&self) -> &Parts {
        &self.origin.head
    }
}

/// Neither headers nor the query: both may contain tokens.
impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin").field("client", &self.client).finish_non_exhaustive()
    }
}

/// The head of the request in which something happened; empty for code of the app's own.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct RequestInfo {
    /// The method.
    pub method: Method,
    /// The URL as the client requested it.
    pub uri: Uri,
    /// The headers. They contain the client's credentials: do not log them.
    pub headers: HeaderMap,
    /// The extensions, as middleware of the app has set them: the tenant of the request, for instance.
    pub extensions: Extensions,
    /// The other end of the connection, where the app serves with connect info.
    pub peer: Option<SocketAddr>,
    /// The OAuth provider's account, where the user logged in or was linked by one.
    pub oauth: Option<Arc<OAuthOrigin>>,
}

/// The OAuth account by which a user came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OAuthOrigin {
    /// The provider's name in the account's row: `google`.
    pub oauth_name: String,
    /// The user's profile at the provider.
    pub profile: Profile,
}

/// Neither headers nor the query: both may contain tokens.
impl fmt::Debug for RequestInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestInfo")
            .field("method", &self.method)
            .field("path", &self.uri.path())
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

impl From<&Parts> for RequestInfo {
    fn from(parts: &Parts) -> Self {
        Self {
            method: parts.method.clone(),
            uri: parts
                .extensions
                .get()
                .map_or_else(|| parts.uri.clone(), |original: &OriginalUri| original.0.clone()),
            headers: parts.headers.clone(),
            extensions: parts.extensions.clone(),
            peer: parts.extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| *peer),
            oauth: None,
        }
    }
}

/// The head of a request, of which hooks and functions of the request see a copy. It is made on demand, since most apps have
/// none.
pub(crate) struct LazyRequest<'r> {
    head: &'r Parts,
    info: OnceLock<Box<RequestInfo>>,
}

impl<'r> From<&'r Parts> for LazyRequest<'r> {
    fn from(head: &'r Parts) -> Self {
        Self { head, info: OnceLock::new() }
    }
}

/// A request as functions of it see it.
#[derive(Clone, Copy)]
pub(crate) enum RequestView<'r> {
    Lazy(&'r LazyRequest<'r>),
    Actor(&'r Actor),
}

impl RequestView<'_> {
    pub(crate) fn get(&self) -> &RequestInfo {
        match self {
            Self::Lazy(LazyRequest { head, info }) => info.get_or_init(|| Box::new(RequestInfo::from(*head))),
            Self::Actor(actor) => actor.request(),
        }
    }
}

impl<'r> From<&'r LazyRequest<'r>> for RequestView<'r> {
    fn from(request: &'r LazyRequest<'r>) -> Self {
        Self::Lazy(request)
    }
}

impl<'r> From<&'r Actor> for RequestView<'r> {
    fn from(actor: &'r Actor) -> Self {
        Self::Actor(actor)
    }
}
