//! Which addresses are public: reachable for anybody, and of nobody's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is public, by IANA's registries of special-purpose addresses. Forms of IPv6 that hold an
/// address of IPv4 are not, whatever it is: what they lead to depends on the network.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_special = match address.octets() {
        // This network; CGNAT; protocol assignments; relays to 6to4; benchmarks; multicast and all above it.
        [0, ..]
        | [100, 64..=127, ..]
        | [192, 0, 0, _]
        | [192, 88, 99, _]
        | [198, 18..=19, ..]
        | [224..=255, ..] => true,
        _ => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_documentation()
        }
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments, Teredo among them; documentation; 6to4; documentation again.
        [0x2001, ..0x200, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, ..0x1000, ..] => false,
        // All that has been given out for unicast is in 2000::/3. Outside are loopback, the mapped, compatible and NAT64
        // forms, what is local to a site or a link, and multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
