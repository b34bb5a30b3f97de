//! Pages in a browser, made on the server: signing up, in and out, and an account. There is no JavaScript in them.
//!
//! [`Site`] is the app; each page is a file in `pages`, with the form that it shows and what becomes of it.

mod answer;
mod environment;
mod failure;
mod form;
mod mailbox;
mod pages;
mod query;
mod service;
mod session;
mod site;

pub use self::environment::Environment;
pub use self::service::Service;
pub use self::site::{Site, User, UserCreate, UserRead, UserUpdate, Web, WebConfig};
