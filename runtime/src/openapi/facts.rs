//! What of an app stands in a document: its backends, its schemas, and what its extractors prove.

use std::any::TypeId;

use utoipa::ToSchema;
use utoipa::openapi::{ArrayBuilder, Object, ObjectBuilder, Ref, RefOr, Schema};

use super::schema::{AnySchema, FieldSchema, NamedSchemas};
use super::types::text;
use crate::backend::BackendName;
use crate::error::Rejection;
use crate::extract::{Claims, CurrentSession, CurrentUser, Superuser, VerifiedUser};
use crate::limit::Limits;
use crate::manager::{AuthApp, Policy};
#[cfg(feature = "oauth")]
use crate::oauth::ClientName;
use crate::secret::Password;
use crate::transport::SecurityScheme;
use crate::user::AuthUser;

/// What is asked of a request, and so what may be wrong with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    /// Whether a request without a user is refused.
    pub(super) is_required: bool,
    /// Whether a user may be the wrong one.
    pub(super) may_forbid: bool,
    /// Whether the store is asked, which may be away.
    pub(super) asks_store: bool,
    /// Whether a write that another site made a browser send is refused.
    pub(super) refuses_others: bool,
    /// Whether a token must say something by itself.
    pub(super) reads_claims: bool,
}

impl Proof {
    /// An active user.
    pub(super) const USER: Self = Self {
        is_required: true,
        may_forbid: false,
        asks_store: true,
        refuses_others: true,
        reads_claims: false,
    };
    /// A user who is verified, or a superuser.
    pub(super) const SOME_USERS: Self = Self { may_forbid: true, ..Self::USER };
    /// A user, if there is one.
    const OPTIONAL: Self = Self { is_required: false, ..Self::USER };
    /// A user, or why there is none: whatever it is, the handler goes on.
    const TRIED: Self = Self { asks_store: false, refuses_others: false, ..Self::OPTIONAL };
    /// A token that proves itself.
    const CLAIMS: Self = Self { asks_store: false, reads_claims: true, ..Self::USER };
}

/// A schema under its name.
type Named = (String, AnySchema);

/// A backend of an app's.
pub(super) struct Backend {
    pub(super) name: BackendName,
    /// The way in which its token is shown.
    pub(super) scheme: SecurityScheme,
    /// Whether browsers send its token by themselves.
    pub(super) is_sent_by_browsers: bool,
    /// Whether its tokens say something by themselves.
    pub(super) has_claims: bool,
}

/// What of an app stands in a document.
pub(super) struct Facts {
    /// The app's type, which tells it from others.
    pub(super) app: TypeId,
    pub(super) policy: Policy,
    pub(super) limits: Limits,
    pub(super) backends: Vec<Backend>,
    /// What the app's own extractors prove.
    pub(super) extractors: Vec<(TypeId, Proof)>,
    /// The OAuth clients that not every request has.
    #[cfg(feature = "oauth")]
    pub(super) clients_by_request: Vec<ClientName>,
    pub(super) id: AnySchema,
    pub(super) read: Named,
    pub(super) create: Named,
    pub(super) update: Named,
    /// The schemas that those of the user refer to.
    pub(super) nested: NamedSchemas,
}

impl Facts {
    pub(super) fn of<A>(app: &A) -> Self
    where
        A: AuthApp,
        A::User: AuthUser<Read: ToSchema, Create: ToSchema, Update: ToSchema>,
    {
        let core = app.core();
        let mut nested = Vec::new();
        let mut read = named::<<A::User as AuthUser>::Read>(&mut nested);
        let mut create = named::<<A::User as AuthUser>::Create>(&mut nested);
        let mut update = named::<<A::User as AuthUser>::Update>(&mut nested);
        let id = property(&mut read, "id").cloned().unwrap_or_else(|| text().into());
        if A::User::SHOWS_OAUTH_ACCOUNTS {
            show_accounts(&mut read, id.clone(), &mut nested);
        }
        if !core.policy.asks_current_password {
            object(&mut update).and_then(|update| update.properties.remove("current_password"));
        }
        let passwords = [property(&mut create, "password"), property(&mut update, "password")];
        for password in passwords.into_iter().flatten() {
            *password = limit(std::mem::take(password), &core.policy);
        }
        Self {
            app: TypeId::of::<A>(),
            policy: core.policy.clone(),
            limits: core.limiter.limits().clone(),
            backends: core
                .backends
                .iter()
                .map(|backend| Backend {
                    name: backend.name,
                    scheme: backend.transport.security_scheme(),
                    is_sent_by_browsers: backend.transport.is_sent_by_browsers(),
                    has_claims: backend.strategy.has_claims(),
                })
                .collect(),
            extractors: extractors::<A>(),
            #[cfg(feature = "oauth")]
            clients_by_request: core
                .oauth
                .iter()
                .flat_map(|oauth| &oauth.clients)
                .filter(|client| client.may_be_missing())
                .map(|client| client.name)
                .collect(),
            id,
            read,
            create,
            update,
            nested,
        }
    }

    /// The way in which a backend's token is shown.
    pub(super) fn scheme(&self, backend: BackendName) -> Option<SecurityScheme> {
        self.backends.iter().find(|known| known.name == backend).map(|known| known.scheme)
    }

    /// Whether a browser may send a token by itself, so that other sites can have it do so.
    pub(super) fn has_cookies(&self) -> bool {
        self.backends.iter().any(|backend| backend.is_sent_by_browsers)
    }

    /// A new password in a body.
    pub(super) fn password(&self) -> AnySchema {
        limit(<Password as utoipa::PartialSchema>::schema(), &self.policy)
    }
}

/// How long a password may be. The app's own rules are not known here.
fn limit(password: AnySchema, policy: &Policy) -> AnySchema {
    let (min, max) = (policy.min_password_chars.max(1), Password::MAX_BYTES);
    FieldSchema::new(password).min_length(min).max_length(max).into()
}

fn named<T: ToSchema>(nested: &mut NamedSchemas) -> Named {
    T::schemas(nested);
    (T::name().into_owned(), T::schema())
}

fn object((_, schema): &mut Named) -> Option<&mut Object> {
    match schema {
        RefOr::T(Schema::Object(object)) => Some(object),
        _ => None,
    }
}

fn property<'a>(schema: &'a mut Named, name: &str) -> Option<&'a mut AnySchema> {
    object(schema)?.properties.get_mut(name)
}

/// The name of the schema of an account at another service.
pub(super) const ACCOUNT: &str = "OAuthAccountRead";

/// An account at another service, in answers.
pub(super) fn account(id: AnySchema) -> Named {
    let account = ObjectBuilder::new()
        .property("id", id)
        .required("id")
        .property("oauth_name", text().description(Some("The service")))
        .required("oauth_name")
        .property("account_id", text().description(Some("The account there")))
        .required("account_id")
        .property("account_email", text().description(Some("Its address there; empty where it has none")))
        .required("account_email");
    (ACCOUNT.to_owned(), account.into())
}

fn show_accounts(read: &mut Named, id: AnySchema, nested: &mut NamedSchemas) {
    let Some(read) = object(read) else { return };
    let accounts = ArrayBuilder::new()
        .items(Ref::from_schema_name(ACCOUNT))
        .description(Some("The user's accounts at other services"));
    read.properties.insert("oauth_accounts".to_owned(), accounts.into());
    read.required.push("oauth_accounts".to_owned());
    nested.push(account(id));
}

/// Every extractor of the app `A` that proves something, also as what may fail.
fn extractors<A: AuthApp>() -> Vec<(TypeId, Proof)> {
    [
        of::<CurrentUser<A>>(Proof::USER),
        of::<CurrentSession<A>>(Proof::USER),
        of::<VerifiedUser<A>>(Proof::SOME_USERS),
        of::<Superuser<A>>(Proof::SOME_USERS),
        of::<Claims<A>>(Proof::CLAIMS),
    ]
    .concat()
}

fn of<E: 'static>(proof: Proof) -> [(TypeId, Proof); 3] {
    [
        (TypeId::of::<E>(), proof),
        (TypeId::of::<Option<E>>(), Proof::OPTIONAL),
        (TypeId::of::<Result<E, Rejection>>(), Proof::TRIED),
    ]
}
