//! Who sends a request, by its address: that of the peer, or what proxies that are trusted say of it. It knows no users.

mod address;
mod proxies;

pub use self::address::ClientAddress;
pub use self::proxies::{ProxiesError, TrustedProxies};
