//! Where a request's client comes from: it is the same for all, or a function of the request chooses it.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{OAuthCredentials, OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::actor::RequestInfo;
use crate::clock::Timestamp;
use crate::user::Profile;

/// [`OAuthProvider`] with boxed futures.
#[doc(hidden)]
pub trait DynClient: Send + Sync {
    fn provider(&self) -> ProviderConfig;
    fn profile<'a>(&'a self, session: &'a ProviderSession<'_>) -> BoxFuture<'a, Result<Profile, OAuthError>>;
    fn revoke<'a>(&'a self, session: &'a ProviderSession<'_>) -> BoxFuture<'a, Result<(), OAuthError>>;
    fn client_secret(&self, keys: &OAuthCredentials, now: Timestamp) -> Result<String, OAuthError>;
    fn keys(&self) -> Option<&OAuthCredentials>;
}

impl<C: OAuthProvider> DynClient for C {
    fn provider(&self) -> ProviderConfig {
        OAuthProvider::provider(self)
    }

    fn profile<'a>(&'a self, session: &'a ProviderSession<'_>) -> BoxFuture<'a, Result<Profile, OAuthError>> {
        Box::pin(OAuthProvider::profile(self, session))
    }

    fn revoke<'a>(&'a self, session: &'a ProviderSession<'_>) -> BoxFuture<'a, Result<(), OAuthError>> {
        Box::pin(OAuthProvider::revoke(self, session))
    }

    fn client_secret(&self, keys: &OAuthCredentials, now: Timestamp) -> Result<String, OAuthError> {
        OAuthProvider::client_secret(self, keys, now)
    }

    fn keys(&self) -> Option<&OAuthCredentials> {
        OAuthProvider::keys(self)
    }
}

/// Where a request's client comes from: a client, or a function of the request, `fn(&RequestInfo) -> impl OAuthProvider`, or
/// `-> Option<…>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no OAuth client",
    label = "not a client",
    note = "`google: Google => cookie` is one; a client of your own implements `axum_users::oauth::OAuthProvider`",
    note = "a function of the request, `fn(&RequestInfo) -> impl OAuthProvider`, may stand here too"
)]
pub trait ProviderSource<Kind>: Send + Sync + 'static {
    #[doc(hidden)]
    fn into_source(self) -> Source;
}

/// Chooses a request's client.
type Choose = dyn Fn(&RequestInfo) -> Option<Arc<dyn DynClient>> + Send + Sync;

/// A request's client, from wherever it comes.
#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "clients are the app's own")]
pub enum Source {
    /// The same for all requests.
    Fixed(Arc<dyn DynClient>),
    /// What a function makes of each.
    ByRequest(Box<Choose>),
}

/// [`ProviderSource`]: the client is the same for all requests.
#[derive(Debug)]
pub struct Fixed;

/// [`ProviderSource`]: a function of the request makes a `C`.
#[derive(Debug)]
pub struct ByRequest<C>(PhantomData<fn() -> C>);

/// [`ProviderSource`]: a function of the request makes a `C`, or says that there is none for it: that is a 404.
#[derive(Debug)]
pub struct PerhapsByRequest<C>(PhantomData<fn() -> C>);

impl<C: OAuthProvider> ProviderSource<Fixed> for C {
    fn into_source(self) -> Source {
        Source::Fixed(Arc::new(self))
    }
}

impl<F, C> ProviderSource<ByRequest<C>> for F
where
    F: Fn(&RequestInfo) -> C + Send + Sync + 'static,
    C: OAuthProvider,
{
    fn into_source(self) -> Source {
        Source::ByRequest(Box::new(move |request| Some(Arc::new(self(request)))))
    }
}

impl<F, C> ProviderSource<PerhapsByRequest<C>> for F
where
    F: Fn(&RequestInfo) -> Option<C> + Send + Sync + 'static,
    C: OAuthProvider,
{
    fn into_source(self) -> Source {
        Source::ByRequest(Box::new(move |request| Some(Arc::new(self(request)?))))
    }
}
