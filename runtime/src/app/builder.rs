//! How an app is set up, until it starts.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::Config;
use super::secret_check::check_secret;
use crate::backend::{Backend, BackendName};
use crate::client::{Sites, TrustedProxies};
use crate::clock::{Clock, SystemClock};
use crate::compat::Compat;
use crate::hooks::{DynHooks, DynTransactionHooks, Hooks, NoHooks, TransactionHooks};
use crate::limit::{Counters, KNOWN_FOR, LimitStorage, Limiter, Limits, SharedCounters};
use crate::manager::{
    AuthApp, ConnectionOf, Core, Handle, NextCount, OneTime, Policy, SCANNED, StoreOf,
    TRANSACTION_HOOK_TIMEOUT,
};
#[cfg(feature = "oauth")]
use crate::oauth::{OAuthConfig, ProviderName, ProviderSource};
use crate::password::{
    Argon2, BreachedPasswords, Decoys, DynBreachedPasswords, HashingPool, PasswordHasher, PoolSize,
};
use crate::secret::{KeyPurpose, Secrets};
use crate::settings::{Settings, StartError};
use crate::store::{Database, Store as _, Tables, Users as _};
use crate::strategy::Strategy;
use crate::token::{Fingerprints, OneTimeKeys, Purpose};
use crate::transport::IntoTransport;
use crate::user::AuthUser;

/// How an app is set up, until it starts. `auth_app!` makes one: `Camelot::builder()`.
#[expect(missing_debug_implementations, reason = "its parts are the app's own")]
#[must_use = "an app runs once it is started"]
pub struct Builder<A: AuthApp> {
    pub(crate) hooks: Box<dyn DynHooks<A::User>>,
    transaction_hooks: Box<dyn DynTransactionHooks<A::User, ConnectionOf<A>>>,
    has_transaction_hooks: bool,
    transaction_hook_timeout: Duration,
    database: A::Database,
    backends: Vec<Backend<StoreOf<A>>>,
    policy: Option<Policy>,
    compat: Compat,
    hasher: Option<Arc<dyn PasswordHasher>>,
    pool_size: PoolSize,
    breached: Option<Box<dyn DynBreachedPasswords>>,
    clock: Arc<dyn Clock>,
    proxies: TrustedProxies,
    trusted_origins: Vec<String>,
    limits: Limits,
    counters: Option<Arc<dyn Counters>>,
    #[cfg(feature = "oauth")]
    pub(super) oauth: super::oauth::OAuthSetup,
}

impl<A: AuthApp> Builder<A> {
    /// An app with no backends and no hooks yet.
    pub fn new(database: A::Database) -> Self {
        Self {
            hooks: Box::new(NoHooks),
            transaction_hooks: Box::new(NoHooks),
            has_transaction_hooks: false,
            transaction_hook_timeout: TRANSACTION_HOOK_TIMEOUT,
            database,
            backends: Vec::new(),
            policy: None,
            compat: Compat::default(),
            hasher: None,
            pool_size: PoolSize::default(),
            breached: None,
            clock: Arc::new(SystemClock),
            proxies: TrustedProxies::default(),
            trusted_origins: Vec::new(),
            limits: Limits::default(),
            counters: None,
            #[cfg(feature = "oauth")]
            oauth: super::oauth::OAuthSetup::default(),
        }
    }

    /// One more backend, behind the others.
    pub fn backend(
        mut self,
        name: BackendName,
        transport: impl IntoTransport,
        strategy: impl Strategy<StoreOf<A>>,
    ) -> Self {
        self.backends.push(Backend::new(name, transport, strategy));
        self
    }

    /// How the database is opened, where that is known only now: a number of connections from the environment, say.
    pub fn database(mut self, database: A::Database) -> Self {
        self.database = database;
        self
    }

    /// What happens after something has happened to a user.
    pub fn hooks(mut self, hooks: impl Hooks<A::User>) -> Self {
        self.hooks = Box::new(hooks);
        self
    }

    /// What happens within the transaction.
    pub fn transaction_hooks<T>(mut self, hooks: T) -> Self
    where
        T: TransactionHooks<A::User, ConnectionOf<A>>,
    {
        self.transaction_hooks = Box::new(hooks);
        self.has_transaction_hooks = T::ACTIVE;
        self
    }

    /// How long a hook within a transaction may take: five seconds, unless this says otherwise. After that the
    /// transaction is rolled back and the client gets 503.
    pub fn transaction_hook_timeout(mut self, timeout: Duration) -> Self {
        self.transaction_hook_timeout = timeout;
        self
    }

    /// Sets the policy. The default is [`Policy::default`], or [`Policy::fastapi_users`] under `compat`: an app with `compat` that
    /// changes some of its rules starts from `Policy::fastapi_users()`.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Reads and writes what another system does.
    pub fn compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// Another hasher than [`Argon2`].
    pub fn hasher(mut self, hasher: impl PasswordHasher) -> Self {
        self.hasher = Some(Arc::new(hasher));
        self
    }

    /// How much hashing is done at once.
    pub fn hashing_pool(mut self, size: PoolSize) -> Self {
        self.pool_size = size;
        self
    }

    /// What is asked whether a new password was stolen, after all other rules.
    pub fn breached_passwords(mut self, passwords: impl BreachedPasswords) -> Self {
        self.breached = Some(Box::new(passwords));
        self
    }

    /// Another clock than the machine's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How often things may be tried.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What counts for the limits, in place of the app's Redis, or of this process's memory where it has none.
    pub fn counters(mut self, counters: impl Counters) -> Self {
        self.counters = Some(Arc::new(counters));
        self
    }

    /// Sets the proxies in front of the app, which tell the client IP and the scheme of a request.
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Sets other origins whose pages may sign users in and write with their cookies: for example a single-page app on another
    /// port or subdomain. Each has a scheme, a host and, unless it is the default, a port. [`start`](Self::start) fails
    /// if one of them is not an origin.
    ///
    /// Browsers say where a request comes from by `Sec-Fetch-Site` and `Origin`. Without an entry here, logins of another
    /// site are rejected at every backend with 403 `CROSS_SITE_REQUEST`, and so are writes with a cookie. The app's own
    /// origin needs no entry: it is the request's `Host`, or the `base_url` of
    /// `OAuthConfig`, with the scheme that a [trusted proxy](Self::trusted_proxies) tells in
    /// `X-Forwarded-Proto` or that `base_url` has; where neither tells the scheme, it is not compared.
    ///
    /// This is not CORS: for a page of another origin to read responses, add a CORS layer, too.
    ///
    /// ```
    /// # use axum_users::prelude::*;
    /// # #[derive(Clone, Debug, AuthUser)]
    /// # pub struct User {
    /// #     pub id: Uuid,
    /// #     pub email: String,
    /// #     pub hashed_password: HashedPassword,
    /// #     pub is_active: bool,
    /// #     pub is_superuser: bool,
    /// #     pub is_verified: bool,
    /// # }
    /// # auth_app! {
    /// #     pub struct Auth { user: User, database: Sqlite, backends: { web: Cookie + DatabaseSession } }
    /// # }
    /// let setup = Auth::builder().trusted_origins(["https://app.camelot.bt", "http://localhost:5173"]);
    /// ```
    pub fn trusted_origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.trusted_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Adds an OAuth client whose users log in at `backends`. The routes of the first backend are at `/auth/{name}`.
    ///
    /// `auth_app!` calls this for each client that it lists. A client that is added at run time brings its own keys:
    /// [`OAuthProvider::with_credentials`](crate::oauth::OAuthProvider::with_credentials).
    #[cfg(feature = "oauth")]
    pub fn oauth_provider<Kind>(
        mut self,
        name: ProviderName,
        client: impl ProviderSource<Kind>,
        backends: impl IntoIterator<Item = BackendName>,
    ) -> Self {
        let backends = backends.into_iter().collect();
        self.oauth.add(name, client.into_source(), backends);
        self
    }

    /// Sets the configuration of OAuth clients that are added at run time.
    #[cfg(feature = "oauth")]
    pub fn oauth(mut self, config: OAuthConfig) -> Self {
        self.oauth.set_config(config);
        self
    }

    /// Checks the settings, opens storage, makes what it lacks and [checks](crate::manager::Manager::check) it. What is worth knowing is
    /// logged.
    ///
    /// # Errors
    ///
    /// When a setting can't be, a secret is too short, storage can't be opened, or its schema does not fit the user.
    pub async fn start(self, config: impl Into<Config<A>>) -> Result<A, StartError> {
        let rules = self.compat.rules();
        let policy = self.policy.unwrap_or_else(|| {
            if rules.has_original_defaults { Policy::fastapi_users() } else { Policy::default() }
        });
        policy.check(cfg!(feature = "common-passwords"))?;
        if self.transaction_hook_timeout.is_zero() {
            let why =
                "`transaction_hook_timeout` is zero, so that no hook could run: give it a second or more";
            return Err(StartError::Setting(why.to_owned()));
        }
        let config = config.into();
        let secrets = config.secrets;
        let base_url = None;
        #[cfg(feature = "oauth")]
        let base_url = base_url.or(self.oauth.base_url(config.oauth.as_ref()));
        let sites = Sites::new(base_url, &self.trusted_origins, self.proxies.clone())
            .map_err(|error| StartError::Setting(error.to_string()))?;
        let (reset, verify) = (&secrets.reset_password_token_secret, &secrets.verification_token_secret);
        let mut findings = Vec::new();
        for (name, secrets) in [
            ("secret", &secrets.secret),
            ("reset_password_token_secret", reset),
            ("verification_token_secret", verify),
        ] {
            findings.extend(check_secret(name, secrets, self.compat)?);
        }
        let derive = |purpose| {
            let keys = secrets.secret.derive(purpose, self.compat);
            keys.map_err(|error| StartError::Key(error.into()))
        };
        let settings = Settings {
            compat: self.compat,
            clock: self.clock,
            proxies: self.proxies,
            sites,
            fingerprints: Fingerprints::new(&derive(KeyPurpose::Fingerprints)?),
            session_keys: derive(KeyPurpose::Session)?,
        };
        let keys = |purpose, secrets: &Secrets, lifetime: Duration| {
            settings.check_lifetime(lifetime)?;
            OneTimeKeys::new(purpose, self.compat, secrets, lifetime).map_err(StartError::Key)
        };
        let verify_lifetime = policy.verification_token_lifetime;
        let one_time = OneTime {
            reset: keys(Purpose::ResetPassword, reset, policy.reset_password_token_lifetime)?,
            verify: keys(Purpose::Verify, verify, verify_lifetime)?,
            change_email: keys(Purpose::ChangeEmail, verify, verify_lifetime)?,
        };
        let mut backends = self.backends;
        for index in 0..backends.len() {
            let name = backends[index].name;
            if backends[..index].iter().any(|backend| backend.name == name) {
                return Err(StartError::DoubleBackend(name.as_str()));
            }
            if let Some(other) = backends[..index].iter().find(|other| other.name.mark() == name.mark()) {
                let other = other.name;
                let why =
                    format!("tokens of `{other}` and `{name}` would begin alike: rename one of the backends");
                return Err(StartError::Setting(why));
            }
            backends[index].prepare(&settings)?;
        }
        #[cfg(feature = "oauth")]
        let oauth =
            self.oauth.finish::<A>(config.oauth, config.credentials, &backends, &settings, &mut findings)?;
        let has_accounts = A::User::SHOWS_OAUTH_ACCOUNTS;
        #[cfg(feature = "oauth")]
        let has_accounts = has_accounts || oauth.is_some();
        let in_database = self.counters.is_none() && self.limits.storage == LimitStorage::Database;
        let knows_clients = self.limits.passwords_per_account.is_some();
        let known_clients = knows_clients && (rules.remembers_known_clients || in_database);
        let tables = Tables::from([
            (has_accounts, Tables::OAUTH_ACCOUNTS),
            (in_database, Tables::LIMIT_COUNTERS),
            (known_clients, Tables::KNOWN_CLIENTS),
        ]);
        let hasher = self.hasher.unwrap_or_else(|| default_hasher(self.compat));
        let pool = HashingPool::new(&hasher, self.pool_size);
        let decoy = pool.decoy().await.map_err(StartError::Hasher)?;
        let mut breached = self.breached;
        if let Some(breached) = &mut breached {
            breached.prepare().map_err(StartError::BreachCheck)?;
        }
        let store = self.database.open(config.database, self.compat, tables).await?;
        if has_accounts && !store.keeps().contains(Tables::OAUTH_ACCOUNTS) {
            let why = "this store keeps no OAuth accounts: take another store, or leave `oauth` out";
            return Err(StartError::Setting(why.to_owned()));
        }
        let mut report = store.check().await?;
        report.extend(findings.iter().cloned());
        if report.errors().next().is_some() {
            return Err(StartError::Schema(report));
        }
        for finding in report.warnings() {
            tracing::warn!("{finding}");
        }
        let decoys = Decoys::new(decoy);
        decoys.count(&store.password_hashes(SCANNED).await?).map_err(StartError::Hasher)?;
        let next_count = NextCount::after(settings.now().micros());
        let counters = self.counters.or_else(|| store.counters());
        if in_database && counters.is_none() {
            let why =
                "this store counts nothing for limits: bring counters of your own, `builder().counters(…)`";
            return Err(StartError::Setting(why.to_owned()));
        }
        let known_clients = store.known_clients();
        if knows_clients && known_clients.is_none() {
            tracing::info!(
                "clients without cookies that have logged in are known until this process ends: `redis:` in `auth_app!` \
                 remembers them, and so does `.storage(LimitStorage::Database)` on the limits"
            );
        }
        let shared = SharedCounters { counters, known_clients };
        let limiter =
            Limiter::new(self.limits, &derive(KeyPurpose::LimitKeys)?, Arc::clone(&settings.clock), shared)
                .map_err(|error| StartError::Setting(error.to_string()))?;
        let core = Core {
            store,
            findings,
            limiter,
            known_clients: keys(Purpose::KnownClient, &secrets.secret, KNOWN_FOR)?,
            floods: Default::default(),
            hooks: self.hooks,
            transaction_hooks: self.transaction_hooks,
            has_transaction_hooks: self.has_transaction_hooks,
            transaction_hook_timeout: self.transaction_hook_timeout,
            settings,
            policy,
            one_time,
            pool,
            breached,
            decoys,
            next_count,
            backends,
            #[cfg(feature = "oauth")]
            oauth,
            tasks: TaskTracker::new(),
        };
        Ok(A::from_handle(Handle::new(core)))
    }
}

fn default_hasher(compat: Compat) -> Arc<dyn PasswordHasher> {
    // Under `compat` both apps hash at one cost, so that neither takes the other's hashes for outdated.
    Arc::new(if compat.rules().has_original_defaults { Argon2::pwdlib() } else { Argon2::default() })
}
