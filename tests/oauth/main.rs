//! Signing in with other services, over real HTTP: a browser, the app, and a provider that is told how to behave.

mod common;
mod shown;
mod sign_in;
