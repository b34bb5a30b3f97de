//! The user of a request: by the tokens that it carries, one backend after the other.

use axum::http::request::Parts;

use crate::actor::LazyRequest;
use crate::backend::{Backend, BackendName, EnabledBackends};
use crate::event::{Event, EventKind, Reason};
use crate::manager::{AuthApp, Authenticated, Core, Manager, ManagerError, StoreOf};
use crate::strategy::{Authentication, Context};
use crate::user::AuthUser;

impl<A: AuthApp> Manager<A> {
    /// The active user of a request: the first backend, in order, that yields one wins.
    ///
    /// # Errors
    ///
    /// [`Refusal::CrossSiteRequest`](crate::error::Refusal::CrossSiteRequest), or any underlying error.
    pub async fn authenticate_request(
        &self,
        request: &Parts,
    ) -> Result<Option<Authenticated<A::User>>, ManagerError> {
        let (core, lazy) = (self.core(), LazyRequest::from(request));
        let mut tokens = self.tokens(request);
        // What the first strategy says that knows a token.
        let mut rejected = None;
        for (backend, token) in tokens.by_ref() {
            let context = Context::new(&core.store, &core.settings, backend.name, &lazy);
            let reason = match backend.strategy.authenticate(token, &context).await? {
                Authentication::Authenticated(session) if session.user.is_active() => {
                    return Ok(Some(Authenticated::new(session, token.to_owned(), backend.name)));
                }
                Authentication::Authenticated(_) => Reason::Inactive,
                Authentication::Rejected(reason) => reason,
                Authentication::NotMine => continue,
            };
            rejected.get_or_insert(reason);
        }
        if tokens.has_any {
            let reason = rejected.unwrap_or(Reason::UnknownToken);
            tell_flood(core, Event::from(EventKind::TokenRefused).because(reason), request);
        }
        tokens.nobody()?;
        Ok(None)
    }

    /// The tokens that a request carries for the backends that it may use, in their order.
    pub(crate) fn tokens<'a>(&'a self, request: &'a Parts) -> Tokens<'a, A> {
        Tokens { manager: self, request, next: 0, has_any: false, refusal: None }
    }

    /// The backends that this request may use.
    pub(crate) fn enabled<'a>(&'a self, request: &'a Parts) -> impl Iterator<Item = &'a Backend<StoreOf<A>>> {
        let enabled = request.extensions.get::<EnabledBackends>();
        self.core().backends.iter().filter(move |backend| enabled.is_none_or(|e| e.contains(backend.name)))
    }
}

/// Emits an event of which the client of `request` can cause any number: a line at once, then one a minute.
pub(super) fn tell_flood<A: AuthApp>(core: &Core<A>, event: Event<'_>, request: &Parts) {
    core.floods.tell(event, core.settings.proxies.client(request), core.settings.now());
}

/// The tokens that a request carries, one backend after the other. A token that another site made the browser send is passed
/// over: another backend may know the user by a token that no site can make a browser send.
pub(crate) struct Tokens<'a, A: AuthApp> {
    manager: &'a Manager<A>,
    request: &'a Parts,
    next: usize,
    has_any: bool,
    refusal: Option<BackendName>,
}

impl<'a, A: AuthApp> Iterator for Tokens<'a, A> {
    type Item = (&'a Backend<StoreOf<A>>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let core = self.manager.core();
        let enabled = self.request.extensions.get::<EnabledBackends>();
        while let Some(backend) = core.backends.get(self.next) {
            self.next += 1;
            if enabled.is_some_and(|enabled| !enabled.contains(backend.name)) {
                continue;
            }
            let Some(token) = backend.transport.token(&self.request.headers) else { continue };
            if backend.transport.is_sent_by_browsers()
                && core.settings.sites.check_write(self.request).is_err()
            {
                self.refusal = Some(backend.name);
                continue;
            }
            self.has_any = true;
            return Some((backend, token));
        }
        None
    }
}

impl<A: AuthApp> Tokens<'_, A> {
    /// Ends a search that found nobody.
    ///
    /// # Errors
    ///
    /// When another site made the browser send one of the tokens.
    pub(crate) fn nobody(self) -> Result<(), ManagerError> {
        match self.refusal {
            Some(backend) => {
                let app = self.manager.app().clone();
                Manager::of_request(app, self.request.clone()).refuse_cross_site(backend)
            }
            None => Ok(()),
        }
    }
}
