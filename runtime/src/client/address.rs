//! The address of a client, and how much of the address makes one client.

use std::fmt;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv6Net};

/// The bits of an IPv6 address that one customer of a provider has at least to give away (RFC 6177).
const IPV6_CLIENT_BITS: u8 = 64;
/// The bits of an IPv6 address that a provider gives to one site (RFC 6177).
const IPV6_SITE_BITS: u8 = 48;

/// The address of a client. An IPv4 address that is mapped into IPv6 is the IPv4 address.
///
/// An app that knows it better, by a PROXY protocol say, puts one into a request's extensions, and that one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        self.0
    }

    /// What counts as one client: an IPv4 address, or the /64 that an IPv6 address is in, all of which one client may
    /// have at its will.
    pub(crate) fn network(self) -> IpNet {
        match self.0 {
            IpAddr::V4(_) => self.0.into(),
            IpAddr::V6(ip) => Ipv6Net::new_assert(ip, IPV6_CLIENT_BITS).trunc().into(),
        }
    }
}

impl ClientAddress {
    /// The most that one customer of a provider has: an IPv4 address, or the /48 that an IPv6 address is in.
    pub(crate) fn site(self) -> IpNet {
        match self.0 {
            IpAddr::V4(_) => self.0.into(),
            IpAddr::V6(ip) => Ipv6Net::new_assert(ip, IPV6_SITE_BITS).trunc().into(),
        }
    }
}

impl From<IpAddr> for ClientAddress {
    fn from(ip: IpAddr) -> Self {
        Self(ip.to_canonical())
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(ip: &str) -> ClientAddress {
        ip.parse::<IpAddr>().expect("an address").into()
    }

    #[test]
    fn a_client_is_an_ipv4_address_or_a_64_of_ipv6() {
        assert_eq!(client("192.0.2.1").network().to_string(), "192.0.2.1/32");
        assert_eq!(client("2001:db8:1:2:3:4:5:6").network().to_string(), "2001:db8:1:2::/64");
        assert_eq!(client("::ffff:192.0.2.1").network(), client("192.0.2.1").network());
        assert_ne!(client("2001:db8:1:3::1").network(), client("2001:db8:1:2::1").network());
    }
}
