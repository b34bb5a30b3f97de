//! Trusted proxies, and what they report of a request: the client IP and the scheme.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::extract::connect_info::MockConnectInfo;
use axum::http::HeaderName;
use axum::http::request::Parts;
use ipnet::IpNet;

use super::ClientAddress;
use super::nat64::Nat64Prefixes;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The proxies in front of an app: networks and IPs, separated by commas, as in `10.0.0.0/8, 2001:db8::7`. By default
/// there are none, and the peer of a connection is the client.
///
/// `X-Forwarded-For` of a trusted peer is read entry by entry from the right: entries of trusted proxies are passed over,
/// and the first other one is the client. What stands to its left may be the client's own invention. An entry that can't
/// be read ends the walk: the last hop that could be read is the client.
///
/// `X-Forwarded-Proto` of a trusted peer tells the scheme that browsers use, which `Origin` is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Arc<[IpNet]>,
    nat64: Nat64Prefixes,
}

/// An entry of a list of networks can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProxiesError {
    /// Neither an IP nor a network.
    #[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
    Network(String),
    /// Not a NAT64 prefix.
    #[error("`{0}` is not a NAT64 prefix: expected an IPv6 network of 32, 40, 48, 56, 64 or 96 bits")]
    Nat64(String),
}

impl FromStr for TrustedProxies {
    type Err = ProxiesError;

    fn from_str(list: &str) -> Result<Self, ProxiesError> {
        let networks = entries(list).map(|entry| {
            let network = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
            network.map(|network| network.trunc()).map_err(|_| ProxiesError::Network(entry.to_owned()))
        });
        Ok(Self { networks: networks.collect::<Result<_, _>>()?, nat64: Nat64Prefixes::default() })
    }
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

impl TrustedProxies {
    /// Adds NAT64 prefixes (RFC 6052), separated by commas, as in `2001:db8:64::/96`: a client IP in one of them counts as
    /// the IPv4 address that it embeds. The well-known prefix `64:ff9b::/96` always does.
    ///
    /// # Errors
    ///
    /// When an entry is not an IPv6 network of 32, 40, 48, 56, 64 or 96 bits.
    pub fn nat64(self, prefixes: &str) -> Result<Self, ProxiesError> {
        let mut nat64 = self.nat64;
        for entry in entries(prefixes) {
            nat64 = nat64.with(entry).ok_or_else(|| ProxiesError::Nat64(entry.to_owned()))?;
        }
        Ok(Self { nat64, ..self })
    }

    /// Returns the client that sent a request; `None` where the app is served without connect info.
    #[must_use]
    pub fn client(&self, request: &Parts) -> Option<ClientAddress> {
        let client = match request.extensions.get() {
            Some(known) => *known,
            None => self.last_hop(request)?,
        };
        Some(self.nat64.embedded(client.ip()).map_or(client, ClientAddress::from))
    }

    fn last_hop(&self, request: &Parts) -> Option<ClientAddress> {
        let mut client = peer(request)?;
        let headers = request.headers.get_all(X_FORWARDED_FOR).iter().rev();
        let mut said = headers.flat_map(|value| value.as_bytes().rsplit(|&byte| byte == b','));
        while self.trusts(client) {
            let Some(before) = said.next().and_then(address) else { break };
            client = before;
        }
        Some(client)
    }

    /// The scheme that browsers use, which the first of several proxies has seen; `None` where the peer is not a trusted
    /// proxy or does not say.
    pub(super) fn scheme(&self, request: &Parts) -> Option<&'static str> {
        peer(request).filter(|peer| self.trusts(*peer))?;
        let said = request.headers.get(X_FORWARDED_PROTO)?.to_str().ok()?;
        let first = said.split(',').next()?.trim();
        let is = |names: [&str; 2]| names.iter().any(|name| first.eq_ignore_ascii_case(name));
        // Some name a WebSocket's own schemes.
        if is(["https", "wss"]) {
            return Some("https");
        }
        is(["http", "ws"]).then_some("http")
    }

    fn trusts(&self, client: ClientAddress) -> bool {
        self.networks.iter().any(|network| network.contains(&client.ip()))
    }
}

fn peer(request: &Parts) -> Option<ClientAddress> {
    let extensions = &request.extensions;
    let real = extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer);
    let peer =
        real.or_else(|| extensions.get().map(|MockConnectInfo(peer): &MockConnectInfo<SocketAddr>| peer));
    peer.map(|peer| peer.ip().into())
}

/// Reads an IP as proxies write it: some with a port, some IPv6 ones in brackets or with a zone.
fn address(entry: &[u8]) -> Option<ClientAddress> {
    let entry = std::str::from_utf8(entry.trim_ascii()).ok()?;
    let (host, port) = match entry.strip_prefix('[') {
        Some(literal) => literal.split_once(']')?,
        None if ip(entry).is_some() => (entry, ""),
        // Without brackets, only the dots of IPv4 tell a port from a part of the IP.
        None => entry.split_at(entry.rfind(':').filter(|at| entry[..*at].contains('.'))?),
    };
    let is_port = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok(),
    };
    if is_port { ip(host).map(ClientAddress::from) } else { None }
}

fn ip(text: &str) -> Option<IpAddr> {
    match text.split_once('%') {
        None => text.parse().ok(),
        // The zone means something on the proxy's machine alone (RFC 4007).
        Some((ip, zone)) => {
            let is_zone = !zone.is_empty()
                && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte));
            is_zone.then(|| ip.parse::<Ipv6Addr>().ok())?.map(IpAddr::from)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, Request};

    use super::*;

    /// Whom the proxies `trusted` make the client of a request from `peer` with these headers.
    fn client(trusted: &str, peer: &str, said: &[&str]) -> String {
        let mut parts = Request::new(()).into_parts().0;
        let peer = SocketAddr::new(peer.parse().expect("an address"), 4711);
        parts.extensions.insert(ConnectInfo(peer));
        for value in said {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            parts.headers.append(X_FORWARDED_FOR, value);
        }
        let proxies = trusted.parse::<TrustedProxies>().expect("proxies");
        proxies.client(&parts).expect("a client").to_string()
    }

    #[test]
    fn without_proxies_the_peer_is_the_client_whatever_it_says() {
        for said in ["192.0.2.9", "127.0.0.1", "nonsense"] {
            assert_eq!(client("", "192.0.2.1", &[said]), "192.0.2.1");
            assert_eq!(client("10.0.0.0/8", "192.0.2.1", &[said]), "192.0.2.1");
        }
    }

    #[test]
    fn what_trusted_proxies_say_is_read_from_the_end() {
        let trusted = "10.0.0.0/8, 2001:db8::/32";
        let cases: [(&str, &[&str], &str); 24] = [
            ("10.0.0.1", &["192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5, 192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5, 192.0.2.9, 10.0.0.2"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5", "192.0.2.9,10.0.0.2"], "192.0.2.9"),
            ("10.0.0.1", &["192.0.2.9:4711"], "192.0.2.9"),
            ("::ffff:10.0.0.1", &["[2001:db9::1]:4711"], "2001:db9::1"),
            ("2001:db8::7", &["[2001:db9::1]"], "2001:db9::1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.9, unknown"], "10.0.0.1"),
            // One that can't be read ends the walk, and is no reason not to read those to its right.
            ("10.0.0.1", &["192.0.2.9\u{e9}"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.5\u{e9}, 192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["\u{e9}", "192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5, \u{e9}, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["203.0.113.5, , 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["203.0.113.5, _hidden, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["203.0.113.5, 192.0.2.9:port"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.5, 192.0.2.9:65536"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.5, 192.0.2.9%eth0"], "10.0.0.1"),
            ("10.0.0.1", &["::ffff:192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["::ffff:192.0.2.9:4711"], "192.0.2.9"),
            ("10.0.0.1", &["[::ffff:192.0.2.9]:4711"], "192.0.2.9"),
            ("10.0.0.1", &["2001:db9::1%eth0"], "2001:db9::1"),
            ("10.0.0.1", &["[2001:db9::1%25eth0]:4711"], "2001:db9::1"),
            ("10.0.0.1", &["192.0.2.9, [2001:db8::7%1]:443"], "192.0.2.9"),
        ];
        for (peer, said, expected) in cases {
            assert_eq!(client(trusted, peer, said), expected, "{peer} says {said:?}");
        }
    }

    #[test]
    fn clients_behind_nat64_are_told_apart_by_their_ipv4_addresses() {
        assert_eq!(client("", "64:ff9b::192.0.2.9", &[]), "192.0.2.9");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["64:ff9b::c000:209"]), "192.0.2.9");
        // An embedded IP of a proxy's network is not a proxy.
        assert_eq!(client("10.0.0.0/8", "64:ff9b::10.0.0.1", &["192.0.2.9"]), "10.0.0.1");
        let proxies = TrustedProxies::default().nat64("2001:db8:64::/96").expect("a prefix");
        let mut parts = Request::new(()).into_parts().0;
        let known = "2001:db8:64::192.0.2.9".parse::<IpAddr>().expect("an address");
        parts.extensions.insert(ClientAddress::from(known));
        assert_eq!(proxies.client(&parts), Some(IpAddr::from([192, 0, 2, 9]).into()));
        let error = TrustedProxies::default().nat64("2001:db8:64::/95").expect_err("a length of its own");
        assert!(error.to_string().contains("`2001:db8:64::/95` is not a NAT64 prefix"), "{error}");
    }

    #[test]
    fn a_trusted_proxy_tells_the_scheme() {
        let scheme = |peer: [u8; 4], said: &'static str| {
            let mut parts = Request::new(()).into_parts().0;
            parts.extensions.insert(ConnectInfo(SocketAddr::from((peer, 4711))));
            parts.headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static(said));
            "10.0.0.0/8".parse::<TrustedProxies>().expect("proxies").scheme(&parts)
        };
        for (said, expected) in [
            ("https", Some("https")),
            ("HTTPS", Some("https")),
            ("https, http", Some("https")),
            ("wss", Some("https")),
            ("http", Some("http")),
            ("ws", Some("http")),
            ("ftp", None),
            ("", None),
        ] {
            assert_eq!(scheme([10, 0, 0, 1], said), expected, "{said}");
            assert_eq!(scheme([192, 0, 2, 1], said), None, "{said}");
        }
    }

    #[test]
    fn what_an_app_knows_better_counts() {
        let mut parts = Request::new(()).into_parts().0;
        assert_eq!(TrustedProxies::default().client(&parts), None);
        parts.extensions.insert(MockConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4711))));
        let known = ClientAddress::from(IpAddr::from([192, 0, 2, 2]));
        assert_eq!(TrustedProxies::default().client(&parts), Some(IpAddr::from([192, 0, 2, 1]).into()));
        parts.extensions.insert(known);
        assert_eq!(TrustedProxies::default().client(&parts), Some(known));
    }

    #[test]
    fn a_list_that_is_none_says_what_is_wrong() {
        let error = "10.0.0.0/8, proxy.example".parse::<TrustedProxies>().expect_err("no address");
        assert_eq!(
            error.to_string(),
            "`proxy.example` is neither an address nor a network such as 10.0.0.0/8"
        );
    }
}
