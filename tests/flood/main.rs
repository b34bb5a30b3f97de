//! Too many at once, too slow, too much: how an app bounds what strangers may have it do, and goes on for the others.
//!
//! nextest runs each test in a process of its own, and memory is that process's.

mod bodies;
mod connections;
mod memory;
mod raw;
mod sign_ins;
