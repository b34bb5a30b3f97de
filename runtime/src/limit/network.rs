//! The networks that a client is in: the client itself, its site, and the block of its provider.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::client::ClientAddress;

/// The bits of an IPv6 site: a customer has at most so many networks of its own (RFC 6177).
const IPV6_SITE_BITS: u8 = 48;
/// The bits of the block that a provider usually gets.
const IPV6_BLOCK_BITS: u8 = 32;
/// The bits of the smallest IPv4 network that is routed.
const IPV4_SITE_BITS: u8 = 24;

/// The networks that a client is in, as text. Requests without a client IP are in one network of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Networks {
    /// The client: an IPv4 address or a /64.
    pub(super) client: String,
    /// The client's /48, or the /24 of an IPv4 address.
    pub(super) site: String,
    /// The client's /32, or the /24 of an IPv4 address.
    pub(super) block: String,
    /// `true` if the whole site usually belongs to one customer, so that it is limited as one client.
    pub(super) is_one_customers: bool,
}

impl From<Option<ClientAddress>> for Networks {
    fn from(client: Option<ClientAddress>) -> Self {
        let Some(client) = client.map(ClientAddress::network) else { return Self::default() };
        let (site, block, is_one_customers): (IpNet, IpNet, bool) = match client {
            IpNet::V4(client) => {
                let site = Ipv4Net::new_assert(client.addr(), IPV4_SITE_BITS).trunc();
                (site.into(), site.into(), false)
            }
            IpNet::V6(client) => {
                let of = |bits| Ipv6Net::new_assert(client.addr(), bits).trunc();
                (of(IPV6_SITE_BITS).into(), of(IPV6_BLOCK_BITS).into(), true)
            }
        };
        Self {
            client: client.to_string(),
            site: site.to_string(),
            block: block.to_string(),
            is_one_customers,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_site_is_a_48_or_a_24() {
        let networks = |ip: &str| {
            let ip = ip.parse::<IpAddr>().expect("an IP");
            let networks = Networks::from(Some(ip.into()));
            [networks.client, networks.site, networks.block]
        };
        let v6 = ["2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32"];
        assert_eq!(networks("2001:db8:1:2::3"), v6);
        assert_eq!(networks("192.0.2.1"), ["192.0.2.1/32", "192.0.2.0/24", "192.0.2.0/24"]);
        assert_eq!(Networks::from(None), Networks::default());
    }
}
