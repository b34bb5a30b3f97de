//! Tokens in Redis: what is promised of them, how they lie there, and what happens when Redis goes and comes.

mod cluster;
mod common;
mod compat_modes;
mod declared;
mod ends;
mod index;
mod limits;
mod outages;
mod python;
mod sentinel;
mod tampered;
