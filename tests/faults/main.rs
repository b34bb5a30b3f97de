//! Databases that stop, crash, are full or are not the ones that were asked for; and requests that are given up.

// A story of many requests is a deep future.
#![recursion_limit = "256"]

mod common;
mod every_call;
mod foreign_modes;
mod full_pool;
mod given_up;
mod hung_hooks;
mod in_the_middle;
mod load;
mod nonsense;
mod outage;
mod own_server;
mod redis_way;
mod tls;
mod way;
