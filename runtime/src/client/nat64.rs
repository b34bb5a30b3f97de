//! IPv4 addresses that NAT64 embeds in IPv6 ones (RFC 6052).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::Ipv6Net;

/// The prefix that every network may use.
const WELL_KNOWN: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// The prefixes of the networks that clients come from, beside the well-known one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Nat64Prefixes(Arc<[Ipv6Net]>);

impl Nat64Prefixes {
    /// Adds a prefix; `None` if `text` is not one.
    pub(super) fn with(&self, text: &str) -> Option<Self> {
        let prefix = text.parse::<Ipv6Net>().ok()?.trunc();
        offsets(prefix.prefix_len())?;
        Some(Self(self.0.iter().copied().chain([prefix]).collect()))
    }

    /// The IPv4 address that `ip` embeds, if it is in one of the prefixes.
    pub(super) fn embedded(&self, ip: IpAddr) -> Option<IpAddr> {
        let IpAddr::V6(ip) = ip else { return None };
        let prefix =
            [WELL_KNOWN].into_iter().chain(self.0.iter().copied()).find(|prefix| prefix.contains(&ip))?;
        let octets = ip.octets();
        Some(Ipv4Addr::from(offsets(prefix.prefix_len())?.map(|offset| octets[offset])).into())
    }
}

/// The positions of the four octets after a prefix of this length (RFC 6052, 2.2). The ninth octet is reserved.
const fn offsets(prefix_len: u8) -> Option<[usize; 4]> {
    Some(match prefix_len {
        32 => [4, 5, 6, 7],
        40 => [5, 6, 7, 9],
        48 => [6, 7, 9, 10],
        56 => [7, 9, 10, 11],
        64 => [9, 10, 11, 12],
        96 => [12, 13, 14, 15],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6052, 2.4.
    #[test]
    fn addresses_are_read_behind_prefixes_of_each_length() {
        for (prefix, ip) in [
            ("2001:db8::/32", "2001:db8:c000:221::"),
            ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
            ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"),
            ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
            ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
            ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
            ("2001:db8::/96", "64:ff9b::192.0.2.33"),
        ] {
            let prefixes = Nat64Prefixes::default().with(prefix).expect("a prefix");
            let ip = ip.parse().expect("an IP");
            assert_eq!(prefixes.embedded(ip), Some(IpAddr::from([192, 0, 2, 33])), "{prefix}");
        }
    }

    #[test]
    fn other_addresses_embed_none() {
        let prefixes = Nat64Prefixes::default().with("2001:db8:64::/96").expect("a prefix");
        for ip in ["192.0.2.33", "2001:db8::192.0.2.33", "64:ff9b:1::192.0.2.33", "64:ff9b::1:c000:221"] {
            assert_eq!(prefixes.embedded(ip.parse().expect("an IP")), None, "{ip}");
        }
        for text in ["64:ff9b::", "10.0.0.0/8", "2001:db8::/95", "2001:db8::/128", "camelot"] {
            assert_eq!(Nat64Prefixes::default().with(text), None, "{text}");
        }
    }
}
