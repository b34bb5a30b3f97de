//! Each router with its state, and all of them at their usual places.

#[cfg(feature = "oauth")]
use super::oauth;
use super::route::Place;
use super::routing::Routing;
use super::{Access, Entry, auth, password, register, users, verification};
use crate::backend::BackendName;
use crate::manager::AuthApp;
#[cfg(feature = "oauth")]
use crate::oauth::ProviderName;

impl<S: Clone + Send + Sync + 'static> Routing<S> {
    pub(crate) fn all<A: AuthApp>(app: &A) -> Self {
        let accounts = Self::register(app).merge(Self::reset_password(app)).merge(Self::verify(app));
        let users = Self::users(app, Access::Active);
        #[cfg(feature = "oauth")]
        let users = users.merge(Self::oauth_accounts(app, Access::Active));
        let backends = app.core().backends.iter().map(|backend| backend.name);
        let all = Self::new().nest("/auth", accounts).nest("/users", users);
        let all = backends.fold(all, |all, backend| {
            all.nest(&format!("/auth/{backend}"), Self::auth(app, backend, Access::Active))
        });
        #[cfg(feature = "oauth")]
        let all = all.merge(Self::oauth_clients(app));
        all
    }

    /// The OAuth clients at their usual places.
    #[cfg(feature = "oauth")]
    fn oauth_clients<A: AuthApp>(app: &A) -> Self {
        let mut all = Self::new();
        for declared in app.core().oauth.iter().flat_map(|oauth| &oauth.clients) {
            let client = declared.name;
            let associate = Self::oauth_associate(app, client, Access::Active);
            all = all.nest(&format!("/auth/associate/{client}"), associate);
            for (index, &backend) in declared.backends.iter().enumerate() {
                let place = if index == 0 { String::new() } else { format!("/{backend}") };
                let sign_in = Self::oauth(app, client, backend, Access::Active);
                all = all.nest(&format!("/auth/{client}{place}"), sign_in);
            }
        }
        all
    }

    pub(crate) fn auth<A: AuthApp>(app: &A, backend: BackendName, access: Access) -> Self {
        let entry = Entry { app: app.clone(), backend: Some(backend), access };
        auth::routes::<A>().finish(Place::of(access).at(backend), entry)
    }

    pub(crate) fn register<A: AuthApp>(app: &A) -> Self {
        register::routes::<A>().finish(Place::default(), Entry::of(app, Access::Active))
    }

    pub(crate) fn reset_password<A: AuthApp>(app: &A) -> Self {
        password::routes::<A>().finish(Place::default(), Entry::of(app, Access::Active))
    }

    pub(crate) fn verify<A: AuthApp>(app: &A) -> Self {
        let routes = verification::routes::<A>(&app.core().policy);
        routes.finish(Place::default(), Entry::of(app, Access::Active))
    }

    pub(crate) fn users<A: AuthApp>(app: &A, access: Access) -> Self {
        users::routes::<A>().finish(Place::of(access), Entry::of(app, access))
    }

    #[cfg(feature = "oauth")]
    pub(crate) fn oauth<A: AuthApp>(
        app: &A,
        client: ProviderName,
        backend: BackendName,
        access: Access,
    ) -> Self {
        let entry = Entry { app: app.clone(), backend: Some(backend), access };
        let place = Place::of(access).at(backend).with_client(client.as_str());
        oauth::sign_in_routes::<A>().finish(place, oauth::OAuthEntry { entry, client })
    }

    #[cfg(feature = "oauth")]
    pub(crate) fn oauth_associate<A: AuthApp>(app: &A, client: ProviderName, access: Access) -> Self {
        let entry = Entry::of(app, access);
        let place = Place::of(access).with_client(client.as_str());
        oauth::associate_routes::<A>().finish(place, oauth::OAuthEntry { entry, client })
    }

    /// Nothing in an app without OAuth clients.
    #[cfg(feature = "oauth")]
    pub(crate) fn oauth_accounts<A: AuthApp>(app: &A, access: Access) -> Self {
        if app.core().oauth.is_none() {
            return Self::new();
        }
        oauth::accounts_routes::<A>().finish(Place::of(access), Entry::of(app, access))
    }
}
