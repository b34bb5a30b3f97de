//! Proxies whose word counts, and what they say of a request's client.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::extract::connect_info::MockConnectInfo;
use axum::http::HeaderName;
use axum::http::request::Parts;
use ipnet::IpNet;

use super::ClientAddress;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that stand before an app: networks and addresses, between commas, as in `10.0.0.0/8, 2001:db8::7`. By
/// default none, and the peer of a connection is the client.
///
/// What a trusted peer says in `X-Forwarded-For` counts, read from its end: each address there that is a trusted proxy's
/// is passed over, and the first other one is the client. What stands before it may be the client's own invention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Arc<[IpNet]>);

/// No list of networks and addresses.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
pub struct ProxiesError(String);

impl FromStr for TrustedProxies {
    type Err = ProxiesError;

    fn from_str(list: &str) -> Result<Self, ProxiesError> {
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let networks = entries.map(|entry| {
            let network = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
            network.map(|network| network.trunc()).map_err(|_| ProxiesError(entry.to_owned()))
        });
        networks.collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    /// The client that sent a request; `None` where nothing tells, since the app is served without connect info.
    #[must_use]
    pub fn client(&self, request: &Parts) -> Option<ClientAddress> {
        if let Some(known) = request.extensions.get() {
            return Some(*known);
        }
        let mut client = peer(request)?;
        let headers = request.headers.get_all(X_FORWARDED_FOR);
        let headers = headers.iter().map(|value| value.to_str().unwrap_or_default()).collect::<Vec<_>>();
        let mut said = headers.iter().rev().flat_map(|value| value.rsplit(','));
        while self.trusts(client) {
            // Where a proxy says nothing that can be read, the proxy itself stands for its client.
            let Some(before) = said.next().and_then(address) else { break };
            client = before;
        }
        Some(client)
    }

    fn trusts(&self, client: ClientAddress) -> bool {
        self.0.iter().any(|network| network.contains(&client.ip()))
    }
}

fn peer(request: &Parts) -> Option<ClientAddress> {
    let extensions = &request.extensions;
    let real = extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer);
    let peer =
        real.or_else(|| extensions.get().map(|MockConnectInfo(peer): &MockConnectInfo<SocketAddr>| peer));
    peer.map(|peer| peer.ip().into())
}

/// An address as proxies write it: some with the port.
fn address(entry: &str) -> Option<ClientAddress> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')).unwrap_or(entry);
    let with_port = || entry.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse::<IpAddr>().or_else(|_| with_port()).ok().map(ClientAddress::from)
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
        let cases: [(&str, &[&str], &str); 10] = [
            ("10.0.0.1", &["192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5, 192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5, 192.0.2.9, 10.0.0.2"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5", "192.0.2.9,10.0.0.2"], "192.0.2.9"),
            ("10.0.0.1", &["192.0.2.9:4711"], "192.0.2.9"),
            ("::ffff:10.0.0.1", &["[2001:db9::1]:4711"], "2001:db9::1"),
            ("2001:db8::7", &["[2001:db9::1]"], "2001:db9::1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.9\u{e9}"], "10.0.0.1"),
        ];
        for (peer, said, expected) in cases {
            assert_eq!(client(trusted, peer, said), expected, "{peer} says {said:?}");
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
