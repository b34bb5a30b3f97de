//! The harness of the black-box tests: an app on a real socket, with a database, a clock and an outbox of its own.

// The macros of the store's capabilities call each other by their names alone.
#[macro_use]
extern crate axum_users;

mod browser;
mod client;
mod credentials;
mod crowd;
mod database;
mod faults;
mod hasher;
mod hashing_gate;
mod held;
mod keys;
mod knights;
mod known;
mod lock;
mod memory;
pub mod oidc_provider;
mod place;
mod process;
pub mod provider;
pub mod ranges;
pub mod redis_server;
pub mod scene;
mod server;
mod serving;
mod stopping;
mod store;
mod traces;
mod visitor;

pub use self::browser::Browser;
pub use self::client::{Answer, Client};
pub use self::credentials::{change_token, is_in, reset_token, sessions, token_of, verify_token};
pub use self::crowd::{at_once, one_wins, tally};
pub use self::database::{Database, Row};
pub use self::faults::{Fault, Faults};
pub use self::hasher::{CHEAP, CountingHasher, Hashing};
pub use self::hashing_gate::{HashingGate, Traffic};
pub use self::held::Held;
pub use self::keys::key;
pub use self::knights::{Event, Knights, Mail};
pub use self::known::{not_ours, secret};
pub use self::lock::Lock;
pub use self::memory::{InMemory, Memory, MemoryTransaction};
pub use self::place::{Place, PlaceConfig, PlaceStore, PlaceTransaction};
pub use self::process::Process;
pub use self::server::{
    Backend, Camelot, CamelotConfig, Options, RESET_SECRET, SECRET, Server, User, UserCreate, UserRead,
    UserUpdate, VERIFY_SECRET, strict_for_unverified,
};
pub use self::serving::{Address, Serving};
pub use self::stopping::stop_in_the_middle;
pub use self::store::{Store, left_out};
pub use self::traces::{has_own_process, told, trace_as_json, trace_everything, traced, untraced};
pub use self::visitor::Visitor;
pub use on_each_store::{on_each_database, on_each_server, on_each_store};
