//! Random input, wherever input comes from outside: no panic, no 500, and for each kind what must hold of it besides.
//!
//! A run takes seconds, and the same cases each time. `PROPTEST_CASES=100000 cargo nextest run --test fuzz` takes as long
//! as that takes, and other cases each time.

mod addresses;
mod app;
mod bodies;
mod cases;
mod hashes;
mod headers;
mod oauth;
mod proxies;
mod redirects;
mod tokens;
