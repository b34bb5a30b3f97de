//! The origin of a request: the client IP, which is the peer's or what trusted proxies report, and the site whose page made
//! a browser send it.

mod address;
mod cross_site;
mod nat64;
mod origin;
mod proxies;

pub use self::address::ClientAddress;
pub use self::cross_site::{CrossSite, OriginError, Sites};
pub(crate) use self::cross_site::{SaidSites, is_write};
pub use self::proxies::{ProxiesError, TrustedProxies};
