//! Users in the app's own tables: each `schema.rs` is what the Diesel CLI prints for the `up.sql` beside it.

mod arms;
mod court;
mod hooks;
mod ids;
mod life;
mod mysql;
mod postgres;
mod refused;
mod sqlite;
