//! The harness of the black-box tests: an app on a real socket, with a database, a clock and an outbox of its own.

mod client;
mod hasher;
mod knights;
pub mod redis_server;
mod server;
mod serving;

pub use self::client::{Answer, Client};
pub use self::hasher::{CHEAP, CountingHasher, Hashing};
pub use self::knights::{Event, Knights, Mail};
pub use self::server::{
    Backend, Camelot, CamelotConfig, Options, RESET_SECRET, SECRET, Server, User, UserCreate, UserRead,
    UserUpdate, VERIFY_SECRET,
};
pub use self::serving::Serving;
