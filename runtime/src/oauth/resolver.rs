//! Names of hosts, resolved to public addresses alone.

use std::io;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Resolves as the system does, and leaves out what is not public. The connection goes to the addresses that were
/// judged, so that a name which means something else a moment later gains nothing.
#[derive(Debug)]
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let mut found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>();
            found.retain(|address| is_public(address.ip()));
            if found.is_empty() {
                return Err(io::Error::other("the host has no public address").into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is an address already needs no server of names.
    #[tokio::test]
    async fn only_public_addresses_are_found() {
        for (host, is_public) in [
            ("8.8.8.8", true),
            ("2606:4700::1", true),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("::ffff:8.8.8.8", false),
            ("localhost", false),
        ] {
            let found = PublicOnly.resolve(host.parse().expect("a name")).await;
            assert_eq!(found.is_ok_and(|mut found| found.next().is_some()), is_public, "{host}");
        }
    }
}
