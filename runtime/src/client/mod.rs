//! The origin of a request: the client IP, which is the peer's or what trusted proxies report, and the site whose page made
//! a browser send it.

mod address;
mod cookie;
mod cross_site;
mod nat64;
mod origin;
mod proxies;

pub use self::address::ClientAddress;
pub(crate) use self::cookie::only_cookie;
pub use self::cross_site::{CrossSite, OriginError, Sites};
pub(crate) use self::cross_site::{SaidSites, is_write};
pub use self::proxies::{ProxiesError, TrustedProxies};
