//! Sessions: signing in with a backend, knowing a request's user, signing out.

use super::{AuthApp, Credentials, Failure, Manager, ManagerError, StoreOf, VerifyEmail};
use crate::actor::Actor;
use crate::backend::{Backend, BackendName};
use crate::clock::Timestamp;
use crate::error::Refusal;
use crate::event::{Cause, Event, EventKind, Happened, Method, Reason};
use crate::session::{Grant, Issued, Session};
use crate::store::{SessionId, TokenRecord};
use crate::strategy::{Credential, Revoke, StrategyError};
use crate::user::{AuthUser, TypedEmail};

/// What a sign-in came to. A second factor will be a case of its own.
#[non_exhaustive]
#[must_use = "the client gets its token from `Manager::login_response`"]
#[expect(missing_debug_implementations, reason = "it holds a token")]
pub enum SignIn<U> {
    /// The user is logged in.
    SignedIn(SignedIn<U>),
    /// No such user, a wrong password, an inactive user, or one whose email is not verified where the policy requires it.
    BadCredentials,
    /// The user must verify the email first, since the router asks for it.
    NotVerified,
}

/// A login: who, and by which token. [`Manager::login_response`] makes the response of it.
#[must_use = "the client gets its token from `Manager::login_response`"]
#[expect(missing_debug_implementations, reason = "it holds a token")]
pub struct SignedIn<U> {
    /// The user.
    pub user: U,
    /// The backend whose strategy issued the token.
    pub backend: BackendName,
    /// The tokens, and when they expire.
    pub issued: Issued,
    /// Who logged in, with the OAuth account if it was by one.
    pub(crate) actor: Actor,
}

/// A request's user, and how it is known.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a token")]
pub struct Authenticated<U> {
    /// The user, who is active.
    pub user: U,
    /// The token that the request carried.
    pub token: String,
    /// The backend that knows it.
    pub backend: BackendName,
    /// The id of the session's row, if the strategy keeps one.
    pub id: Option<SessionId>,
    /// When the token was issued, if it says.
    pub issued_at: Option<Timestamp>,
    /// When the user last proved anything, the password for instance, if the token says.
    pub authenticated_at: Option<Timestamp>,
    /// The record by which the store checks whether the token is still valid.
    pub(super) record: TokenRecord,
    /// Whether its writes need a verified user.
    pub(super) needs_verified: bool,
}

impl<U> Authenticated<U> {
    pub(crate) fn new(session: Session<U>, token: String, backend: BackendName) -> Self {
        let Session { user, id, issued_at, authenticated_at, record } = session;
        Self { user, token, backend, id, issued_at, authenticated_at, record, needs_verified: false }
    }

    /// The same session, whose writes need a verified user.
    pub(crate) fn needing_verified(self) -> Self {
        Self { needs_verified: true, ..self }
    }

    /// The token, and the backend that knows it.
    fn credential(&self) -> Credential<'_> {
        Credential { backend: self.backend, token: &self.token }
    }
}

impl<A: AuthApp> Manager<A> {
    pub(crate) fn backend(&self, name: BackendName) -> Result<&Backend<StoreOf<A>>, ManagerError> {
        Ok(self.core().backend(name).ok_or(Failure::NoSuchBackend)?)
    }

    /// Signs a user in at a backend, with all that FastAPI Users' login route does.
    ///
    /// `requires_verification` refuses users whose email is not verified with [`SignIn::NotVerified`]. The policy may require it
    /// of all logins, which then return [`SignIn::BadCredentials`].
    ///
    /// # Errors
    ///
    /// [`Refusal::CrossSiteRequest`], [`Refusal::TooMany`], or any underlying error.
    pub async fn sign_in(
        &self,
        backend: BackendName,
        credentials: &Credentials,
        requires_verification: bool,
    ) -> Result<SignIn<A::User>, ManagerError> {
        self.same_site(backend, self.actor.is_cross_site_write())?;
        // Before anything is counted: it costs no hash, and must not cost memory either.
        if credentials.password.is_too_long() {
            let event = Event::from(EventKind::SignInRefused).because(Reason::PasswordTooLong);
            self.tell_flood(event.with(Method::Password).at(backend.as_str()));
            return Ok(SignIn::BadCredentials);
        }
        let (email, password) = (TypedEmail::new(&credentials.username), &credentials.password);
        let (guess, asker) = (self.admit_sign_in(&email).await?, self.asker());
        let compared = self.compare(&email, password, asker).await;
        let compared = self.or_give_guess_back(guess.as_ref(), compared).await?;
        let user = match self.identify(&email, password, compared, asker).await? {
            Ok(user) => user,
            Err(unidentified) => {
                let event = Event::from(EventKind::SignInRefused).with(Method::Password);
                self.tell(unidentified.told(event.at(backend.as_str())));
                return Ok(SignIn::BadCredentials);
            }
        };
        let method = Some(Method::Password);
        let sign_in = self.sign_in_by(method, backend, user, requires_verification).await?;
        // That the password of a user who may not sign in is right shows in nothing.
        if !matches!(sign_in, SignIn::BadCredentials) {
            self.was_right(guess).await;
        }
        Ok(sign_in)
    }

    /// Signs `user` in at a backend, however it has proven who it is. Every way to sign in ends here, so that the same
    /// users are let in on each.
    ///
    /// # Errors
    ///
    /// What fails beneath.
    pub async fn sign_in_as(
        &self,
        backend: BackendName,
        user: A::User,
        requires_verification: bool,
    ) -> Result<SignIn<A::User>, ManagerError> {
        self.sign_in_by(None, backend, user, requires_verification).await
    }

    /// Why `user` may not sign in, whatever it has proven; `None` where it may. No response tells it.
    pub(super) fn barred(&self, user: &A::User) -> Option<Reason> {
        let is_required = match self.core().policy.verify_email {
            VerifyEmail::Never => false,
            VerifyEmail::RequiredToLogin => true,
        };
        if !user.is_active() {
            return Some(Reason::Inactive);
        }
        (is_required && !user.is_verified()).then_some(Reason::NotVerified)
    }

    /// The same; `method` is one of this crate's own.
    pub(super) async fn sign_in_by(
        &self,
        method: Option<Method>,
        backend: BackendName,
        user: A::User,
        requires_verification: bool,
    ) -> Result<SignIn<A::User>, ManagerError> {
        let entry = self.backend(backend)?;
        let id = user.id();
        let event = |kind: EventKind| {
            let event = Event::from(kind).to(&id).at(backend.as_str());
            method.map_or(event, |method| event.with(method))
        };
        let refuse = |reason| self.tell(event(EventKind::SignInRefused).because(reason));
        if let Some(reason) = self.barred(&user) {
            refuse(reason);
            return Ok(SignIn::BadCredentials);
        }
        if requires_verification && !user.is_verified() {
            refuse(Reason::NotVerified);
            return Ok(SignIn::NotVerified);
        }
        let grant = Grant::new(&user, self.core().settings.now());
        let mut work = self.work_of_one(id).await?;
        let issued = match entry.strategy.issue(&grant, &self.context(backend), &mut work).await {
            Err(StrategyError::UserChanged) => {
                refuse(Reason::UserChanged);
                return Ok(SignIn::BadCredentials);
            }
            issued => issued?,
        };
        self.in_transaction(&mut work, |hooks, connection| hooks.on_login(&user, self.info(), connection))
            .await?;
        work.happened(Happened::new(EventKind::SignedIn, id).at(backend.as_str()).with(method));
        work.commit().await?;
        Ok(SignIn::SignedIn(SignedIn { user, backend, issued, actor: self.actor.clone() }))
    }

    /// Rejects a request that another site made this browser send, unless it is a read. [`sign_in`](Self::sign_in) asks it
    /// for every backend, since a login of another site also counts wrong passwords against its visitor's account and client
    /// IP. Forms of the app's own ask it that need nobody who is signed in, such as a registration.
    ///
    /// Origins that may do so are set by [`Builder::trusted_origins`](crate::app::Builder::trusted_origins). A client that
    /// sends neither `Sec-Fetch-Site` nor `Origin` nor `Referer` is not a browser, and passes.
    ///
    /// # Errors
    ///
    /// [`Refusal::CrossSiteRequest`], [`Failure::NoSuchBackend`], or [`Failure::NoRequest`] if the manager acts for code of
    /// the app's own, which has no request to check.
    pub fn refuse_cross_site(&self, backend: BackendName) -> Result<(), ManagerError> {
        self.backend(backend)?;
        if self.actor.is_code() {
            return Err(Failure::NoRequest.into());
        }
        self.same_site(backend, self.actor.is_cross_site_write())
    }

    /// Rejects a request of another site that starts an OAuth login, or the linking of an OAuth account: at the provider, the
    /// browser may be signed in as the owner of that site. Each start has a cookie, so that many of them would also push out
    /// the logins that the user has begun.
    #[cfg(feature = "oauth")]
    pub(crate) fn refuse_cross_site_start(&self, backend: BackendName) -> Result<(), ManagerError> {
        self.same_site(backend, self.actor.is_cross_site())
    }

    fn same_site(&self, backend: BackendName, is_cross_site: bool) -> Result<(), ManagerError> {
        if !is_cross_site {
            return Ok(());
        }
        let sites = self.actor.said_sites();
        let event = Event::from(EventKind::CrossSiteRefused).at(backend.as_str()).between_sites(&sites);
        // No limit counts these requests.
        self.tell_flood(event);
        Err(Refusal::CrossSiteRequest.into())
    }

    /// Revokes the token of `session` at the backend that knows it. [`logout_response`](Self::logout_response) has the client
    /// forget it.
    ///
    /// # Errors
    ///
    /// What fails beneath.
    pub async fn sign_out(&self, session: &Authenticated<A::User>) -> Result<(), ManagerError> {
        let Authenticated { user, token, record, .. } = session;
        let strategy = &self.backend(session.backend)?.strategy;
        let mut work = self.work_of_one(user.id()).await?;
        let which = Revoke::Token { user, token, record };
        strategy.revoke(which, &self.context(session.backend), &mut work).await?;
        self.in_transaction(&mut work, |hooks, connection| hooks.on_logout(user, self.info(), connection))
            .await?;
        work.happened(Happened::new(EventKind::SignedOut, user.id()).at(session.backend.as_str()));
        Ok(work.commit().await?)
    }

    /// Ends what a user's sessions have outside the app's own store.
    pub(super) async fn end_sessions_elsewhere(
        &self,
        user: &A::User,
        except: Option<&Authenticated<A::User>>,
    ) -> Result<(), ManagerError> {
        // Backends that keep their tokens in one place must all spare it.
        let which = Revoke::AllOf { user, except: except.map(Authenticated::credential) };
        let mut result = Ok(());
        for backend in &self.core().backends {
            let mut work = self.work();
            let revoked = backend.strategy.revoke(which, &self.context(backend.name), &mut work).await;
            let ended = match revoked {
                Ok(()) => work.commit().await.map_err(StrategyError::from),
                Err(error) => Err(error),
            };
            // One that fails does not spare the others.
            if let (Err(_), Err(error)) = (&result, &ended) {
                tracing::error!(backend = %backend.name, error = ?Cause(error), "tokens may be left outside of the store");
            }
            result = result.and(ended);
        }
        Ok(result?)
    }
}
