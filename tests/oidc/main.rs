//! Signing in with an OpenID provider that nobody here wrote, on its own pages, and with a real browser.

mod accounts;
mod browser;
mod common;
mod refused;
mod sign_in;
mod tokens;
