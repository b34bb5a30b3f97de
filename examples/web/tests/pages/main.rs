//! Every page over HTTP: what it shows, what becomes of its form, and what is said beside which field.

mod account;
mod common;
mod forgot;
mod guard;
mod linked;
mod sign_in;
mod sign_up;
