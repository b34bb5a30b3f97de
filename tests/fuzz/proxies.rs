//! Who sends a request is told by those who are trusted: nobody else's word moves it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request};
use axum_users::client::TrustedProxies;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::cases::{almost, check, text};

const LISTS: [&str; 6] =
    ["", "10.0.0.0/8", "10.0.0.0/8, 2001:db8::/32", "127.0.0.1", "0.0.0.0/0, ::/0", "192.168.1.7/16"];
const SAID: [&str; 8] = [
    "192.0.2.9",
    "203.0.113.5, 10.0.0.1",
    "[2001:db8::1]:443",
    "::ffff:10.0.0.1",
    "10.0.0.2:80, 10.0.0.3",
    "unknown",
    "2001:db9::7, 2001:db8::7,10.1.1.1",
    ",,",
];

fn peer() -> impl Strategy<Value = IpAddr> {
    let near = ["10.0.0.9", "::ffff:10.0.0.9", "2001:db8::9", "127.0.0.1", "192.168.3.3"];
    let near = near.map(|text| text.parse().expect("an address"));
    prop_oneof![prop::sample::select(near.to_vec()), any::<IpAddr>()]
}

fn parts(peer: IpAddr, said: &[String]) -> Parts {
    let mut parts = Request::new(()).into_parts().0;
    parts.extensions.insert(ConnectInfo(SocketAddr::new(peer, 4711)));
    for value in said.iter().filter_map(|value| HeaderValue::from_bytes(value.as_bytes()).ok()) {
        parts.headers.append("x-forwarded-for", value);
    }
    parts
}

/// Each way in which proxies write an address down.
fn written() -> impl Strategy<Value = fn(IpAddr) -> String> {
    let ways: [fn(IpAddr) -> String; 4] = [
        |ip| ip.to_string(),
        |ip| format!(" {ip}\t"),
        |ip| SocketAddr::new(ip, 80).to_string(),
        |ip| match ip {
            IpAddr::V4(ip) => ip.to_ipv6_mapped().to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        },
    ];
    prop::sample::select(ways.to_vec())
}

#[test]
fn a_list_reads_or_does_not() {
    check(2_000, &prop_oneof![almost(&LISTS), text()], |list| drop(list.parse::<TrustedProxies>()));
}

#[test]
fn whatever_is_said_somebody_is_the_client() {
    let said = vec(prop_oneof![4 => almost(&SAID), 1 => text()], 0..4);
    check(2_000, &(prop::sample::select(LISTS.to_vec()), peer(), said), |(list, peer, said)| {
        let trusted = list.parse::<TrustedProxies>().expect("a list");
        let client = trusted.client(&parts(peer, &said)).expect("a client");
        assert_eq!(client.ip(), client.ip().to_canonical());
        if list.is_empty() {
            assert_eq!(client.ip(), peer.to_canonical(), "{said:?}");
        }
    });
}

/// F81: a client is who its nearest proxy says, whatever it puts before that.
#[test]
fn nobody_chooses_who_it_is() {
    let hops = vec((any::<[u8; 3]>(), written()), 0..4);
    let invented = vec(prop_oneof![almost(&SAID), text()], 0..3);
    let cases = (any::<IpAddr>(), written(), hops, invented, any::<bool>());
    check(2_000, &cases, |(client, write, hops, invented, in_one)| {
        let client = client.to_canonical();
        if matches!(client, IpAddr::V4(ip) if ip.octets()[0] == 10) {
            return;
        }
        let hops = hops.iter().map(|([a, b, c], write)| write(IpAddr::from([10, *a, *b, *c])));
        let told = [write(client)].into_iter().chain(hops).collect::<Vec<_>>();
        let told = if in_one { vec![told.join(",")] } else { told };
        let said = [invented, told].concat();
        let trusted = "10.0.0.0/8".parse::<TrustedProxies>().expect("a list");
        let found = trusted.client(&parts(IpAddr::from([10, 0, 0, 9]), &said)).expect("a client");
        assert_eq!(found.ip(), client, "{said:?}");
    });
}
