//! Known attacks of the field that have no other home, each by its number in SECURITY.md; a module a section of it.

mod accounts;
mod common;
mod one_time;
mod sessions;
