//! The tests' app: four backends, each transport with each strategy, on a socket of its own.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use axum_users::app::{BackendName, Builder, StartError};
use axum_users::clock::ManualClock;
use axum_users::password::PoolSize;
use axum_users::prelude::*;
use axum_users::redis::RedisConnection;
use axum_users::router::not_found;
use axum_users::store::Compat;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::client::Client;
use crate::database::Database as TestDatabase;
use crate::hasher::{CountingHasher, Hashing};
use crate::knights::{Event, Knights, Mail};
use crate::known;
use crate::place::{Place, PlaceConfig};
use crate::serving::Serving;
use crate::store::{Store, left_out};
use crate::traces::trace_server;

/// The tests' user: the six fields, and one of each kind of the app's own.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(table = "user")]
pub struct User {
    /// The primary key.
    pub id: Uuid,
    /// The address.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the user may manage the others.
    pub is_superuser: bool,
    /// Whether the user has proven to own the address.
    pub is_verified: bool,
    /// What the user wants to be called.
    #[auth_user(read, create, update)]
    pub display_name: Option<String>,
    /// What the user may spend.
    #[auth_user(read, update(superuser))]
    pub credits: i32,
    /// What the staff thinks of the user.
    #[auth_user(private)]
    pub notes: String,
}

auth_app! {
    /// Every transport with every strategy.
    pub struct Camelot {
        user: User,
        database: Place,
        backends: {
            jwt: Bearer + Jwt { lifetime: HOUR },
            cookie: Cookie + Jwt { lifetime: HOUR },
            db: Bearer + DatabaseSession { lifetime: HOUR },
            db_cookie: Cookie { name: Some("session") } + DatabaseSession { lifetime: HOUR },
        },
    }
}

/// A backend of the tests' app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Bearer, JWT.
    Jwt,
    /// Cookie, JWT.
    Cookie,
    /// Bearer, database.
    Db,
    /// Cookie, database.
    DbCookie,
    /// Bearer, Redis, where there is one.
    Redis,
    /// Cookie, Redis, where there is one.
    RedisCookie,
}

impl Backend {
    /// All that need no Redis.
    pub const WITHOUT_REDIS: [Self; 4] = [Self::Jwt, Self::Cookie, Self::Db, Self::DbCookie];

    /// All of them: those with Redis, too, if `TEST_REDIS_URL` names one.
    pub fn all() -> impl Iterator<Item = Self> {
        let with_redis = redis_url().map(|_| [Self::Redis, Self::RedisCookie]);
        if with_redis.is_none() {
            left_out("TEST_REDIS_URL");
        }
        Self::WITHOUT_REDIS.into_iter().chain(with_redis.into_iter().flatten())
    }

    /// The `n`th of them, round and round.
    ///
    /// # Panics
    ///
    /// Never: there is one at least.
    #[must_use]
    pub fn nth(n: usize) -> Self {
        Self::all().nth(n % Self::all().count()).expect("one of them")
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Jwt => "/auth/jwt",
            Self::Cookie => "/auth/cookie",
            Self::Db => "/auth/db",
            Self::DbCookie => "/auth/db_cookie",
            Self::Redis => "/auth/redis",
            Self::RedisCookie => "/auth/redis_cookie",
        }
    }

    /// The name that it has in the app.
    #[must_use]
    pub fn name(self) -> BackendName {
        match self {
            Self::Jwt => Camelot::JWT,
            Self::Cookie => Camelot::COOKIE,
            Self::Db => Camelot::DB,
            Self::DbCookie => Camelot::DB_COOKIE,
            Self::Redis => Self::REDIS,
            Self::RedisCookie => Self::REDIS_COOKIE,
        }
    }

    /// Whether its token is a cookie.
    #[must_use]
    pub fn is_cookie(self) -> bool {
        matches!(self, Self::Cookie | Self::DbCookie | Self::RedisCookie)
    }

    /// The name of the one with Redis and bearer.
    pub const REDIS: BackendName = BackendName::new("redis");
    /// The name of the one with Redis and a cookie.
    pub const REDIS_COOKIE: BackendName = BackendName::new("redis_cookie");

    /// Whether its token lies in the app's own store.
    #[must_use]
    pub fn is_stored(self) -> bool {
        matches!(self, Self::Db | Self::DbCookie)
    }

    /// Whether its token is a JWT.
    #[must_use]
    pub fn is_jwt(self) -> bool {
        matches!(self, Self::Jwt | Self::Cookie)
    }
}

/// The Redis that all tests share.
fn redis_url() -> Option<String> {
    std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty())
}

/// How a server differs from the default one.
#[derive(Clone, Debug)]
pub struct Options {
    /// How tokens lie in storage.
    pub compat: Compat,
    /// The rules for accounts: without those of `Policy::default()` for passwords, unless a test sets others.
    pub policy: Policy,
    /// How much is hashed at once.
    pub pool: PoolSize,
    /// Where the backends with Redis keep their tokens: in that of `TEST_REDIS_URL`, if there is one.
    pub redis: Option<RedisConnection>,
    /// How often things may be tried: as often as a test likes, unless it says otherwise.
    pub limits: Option<Limits>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            compat: Compat::default(),
            policy: Policy::fastapi_users().keep_last_superuser(true),
            pool: PoolSize::default(),
            redis: None,
            limits: None,
        }
    }
}

/// A running app. It ends with the test.
#[derive(Debug)]
pub struct Server {
    /// Its address, `http://127.0.0.1:…`.
    pub url: String,
    /// The app itself, for what tests do from code.
    pub camelot: Camelot,
    /// Its clock.
    pub clock: ManualClock,
    /// What its hasher did.
    pub hashing: Arc<Hashing>,
    /// What its users lie in.
    pub database: TestDatabase,
    events: Mutex<UnboundedReceiver<Event>>,
    pub(crate) compat: Compat,
    /// Whether users are verified unless a test says otherwise, since they could not log in.
    verifies: bool,
    _serving: Serving,
}

/// `Policy::strict()`, but users need no verified email to log in: for tests of what unverified users do.
#[must_use]
pub const fn strict_for_unverified() -> Policy {
    Policy::strict().verify_email(VerifyEmail::Never)
}

/// Signs what users sign in with.
pub const SECRET: &str = "excalibur-excalibur-excalibur-excalibur";
/// Signs the tokens that reset a password.
pub const RESET_SECRET: &str = "holy-grail-holy-grail-holy-grail-holy-grail";
/// Signs the tokens that verify an address.
pub const VERIFY_SECRET: &str = "round-table-round-table-round-table";

/// Thirty-two bytes and more, one for each purpose.
fn secrets(database: PlaceConfig) -> CamelotConfig {
    CamelotConfig {
        database,
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    }
}

impl Server {
    /// The app with its defaults.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// The app with `options`.
    pub async fn with(options: Options) -> Self {
        Self::of(options, |_| {}, |setup| setup).await.expect("the app starts")
    }

    /// The app with `options`, and what `config` and `setup` make of it beyond them.
    ///
    /// # Errors
    ///
    /// When the app does not start with them.
    pub async fn of(
        options: Options,
        config: impl FnOnce(&mut CamelotConfig),
        setup: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>,
    ) -> Result<Self, StartError> {
        Self::on(TestDatabase::create(Store::current()).await, options, config, setup).await
    }

    /// The same, with its users in `database`.
    ///
    /// # Errors
    ///
    /// When the app does not start with them.
    pub async fn on(
        database: TestDatabase,
        options: Options,
        config: impl FnOnce(&mut CamelotConfig),
        setup: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>,
    ) -> Result<Self, StartError> {
        trace_server();
        [SECRET, RESET_SECRET, VERIFY_SECRET].iter().for_each(|secret| known::secret(secret));
        let (sender, events) = tokio::sync::mpsc::unbounded_channel();
        let verifies = options.policy.verify_email != VerifyEmail::Never;
        let compat = options.compat;
        let (clock, hasher) = (ManualClock::default(), CountingHasher::default());
        let hashing = Arc::clone(&hasher.0);
        let defaults = Camelot::builder()
            .hooks(Knights(sender))
            .compat(options.compat)
            .policy(options.policy)
            .hashing_pool(options.pool)
            .limits(options.limits.unwrap_or(Limits::OFF))
            .hasher(hasher)
            .clock(clock.clone());
        let redis = match (options.redis, redis_url()) {
            (None, Some(url)) => Some(RedisOptions::default().connect(url).await.expect("Redis answers")),
            (given, _) => given,
        };
        let defaults = match redis {
            Some(redis) => with_redis(defaults, &redis),
            None => defaults,
        };
        let mut secrets = secrets(database.config());
        config(&mut secrets);
        let camelot = setup(defaults).start(secrets).await?;
        // What `start` itself hashes does not count.
        hashing.hashes.store(0, std::sync::atomic::Ordering::SeqCst);
        let app = Router::new()
            .route("/authenticated", get(authenticated).post(authenticated))
            .route("/verified", get(verified))
            .route("/superuser", get(superuser))
            .route("/optional", get(optional))
            .route("/claims", get(claims))
            .merge(camelot.routes())
            .fallback(not_found)
            .with_state(camelot.clone());
        let serving = Serving::start(app).await;
        let url = serving.url.clone();
        Ok(Self {
            url,
            camelot,
            clock,
            hashing,
            database,
            events: Mutex::new(events),
            compat,
            verifies,
            _serving: serving,
        })
    }

    /// A client of the server, signed in nowhere.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// Makes a user from code, with these flags. Where a login needs a verified email, the user is verified unless `flags`
    /// say otherwise.
    pub async fn user(&self, email: &str, password: &str, flags: impl FnOnce(&mut UserCreate)) -> User {
        let mut create = UserCreate {
            email: email.parse().expect("an address"),
            password: password.into(),
            is_active: None,
            is_superuser: None,
            is_verified: self.verifies.then_some(true),
            display_name: None,
        };
        flags(&mut create);
        Manager::for_code(self.camelot.clone()).create(create).await.expect("a new user")
    }

    /// Every event so far: the hooks that run off their requests have run when this returns.
    pub async fn events(&self) -> Vec<Event> {
        self.camelot.drain().await;
        let mut receiver = self.events.lock().await;
        std::iter::from_fn(|| receiver.try_recv().ok()).collect()
    }

    /// What would have been mailed so far.
    pub async fn mails(&self) -> Vec<Mail> {
        let events = self.events().await;
        events
            .into_iter()
            .filter_map(|event| if let Event::Mailed(mail) = event { Some(mail) } else { None })
            .collect()
    }
}

/// The same app with a backend for each transport whose tokens lie in Redis.
fn with_redis(setup: Builder<Camelot>, redis: &RedisConnection) -> Builder<Camelot> {
    let cookie = Cookie::default().name("redis_session");
    setup.backend(Backend::REDIS, Bearer, RedisSession::default().with_connection(redis.clone())).backend(
        Backend::REDIS_COOKIE,
        cookie,
        RedisSession::default().with_connection(redis.clone()),
    )
}

fn hello(name: &str) -> Json<Value> {
    Json(json!({ "message": format!("Hello {name}!") }))
}

async fn authenticated(user: CurrentUser<Camelot>) -> Json<Value> {
    hello(&user.email)
}

async fn verified(user: VerifiedUser<Camelot>) -> Json<Value> {
    hello(&user.email)
}

async fn superuser(user: Superuser<Camelot>) -> Json<Value> {
    hello(&user.email)
}

async fn optional(user: Option<CurrentUser<Camelot>>) -> Json<Value> {
    hello(user.as_ref().map_or("anonymous", |user| &user.email))
}

async fn claims(claims: StatelessClaims<Camelot>) -> Json<Value> {
    hello(&claims.claims.sub)
}
