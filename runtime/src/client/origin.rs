//! Web origins: what `Origin` and `Referer` name, and what a request was sent to (RFC 6454, RFC 9110).

use std::net::Ipv6Addr;

/// The origin of a page: scheme, host and port. Case and the scheme's default port make no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// Reads an origin as browsers write it. `None` for `null`, and for anything with user information or a path.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        Self::at(scheme, authority)
    }

    /// The origin of a URL, whatever follows it.
    pub(super) fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        Self::at(scheme, rest.split(['/', '?', '#']).next()?)
    }

    /// The origin with this scheme and this authority, as in a `Host` header.
    pub(super) fn at(scheme: &str, authority: &str) -> Option<Self> {
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if !is_scheme {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let (host, port) = host_and_port(authority)?;
        let default = match &*scheme {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        Some(Self { scheme, host, port: port.or(default) })
    }

    pub(super) fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns whether it is the origin of a web server, and not of an app with its own scheme.
    pub(super) fn is_web(&self) -> bool {
        matches!(&*self.scheme, "http" | "https")
    }
}

/// The host in lower case, and the port if there is one.
fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, rest) = if let Some(literal) = authority.strip_prefix('[') {
        let (ip, rest) = literal.split_once(']')?;
        (format!("[{}]", ip.parse::<Ipv6Addr>().ok()?), rest)
    } else {
        let (name, rest) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        let is_name = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
        is_name.then(|| (name.to_ascii_lowercase(), rest))?
    };
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    Some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_default_ports_make_no_difference() {
        for (one, other) in [
            ("https://camelot.bt", "https://camelot.bt:443"),
            ("http://camelot.bt", "HTTP://Camelot.BT:80"),
            ("http://[::1]:8000", "http://[0:0:0:0:0:0:0:1]:8000"),
            ("capacitor://localhost", "capacitor://LOCALHOST"),
        ] {
            assert_eq!(Origin::parse(one).expect(one), Origin::parse(other).expect(other));
        }
        for (one, other) in [
            ("https://camelot.bt", "http://camelot.bt"),
            ("https://camelot.bt", "https://camelot.bt:80"),
            ("https://camelot.bt", "https://camelot.bt:8443"),
            ("https://camelot.bt", "https://app.camelot.bt"),
        ] {
            assert_ne!(Origin::parse(one).expect(one), Origin::parse(other).expect(other));
        }
    }

    #[test]
    fn other_texts_are_no_origins() {
        for text in [
            "",
            "null",
            "*",
            "camelot.bt",
            "//camelot.bt",
            "https://",
            "https://*.camelot.bt",
            "https://camelot.bt/",
            "https://camelot.bt?",
            "https://arthur@camelot.bt",
            "https://camelot.bt:port",
            "https://camelot.bt:65536",
            "https://camelot.bt:+80",
            "https://[camelot.bt]",
            "https://[::1]8000",
            "https://camelot.bt, https://evil.bt",
            " https://camelot.bt",
            "1https://camelot.bt",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_origin_of_a_url_ends_where_its_path_begins() {
        let origin = Origin::parse("https://camelot.bt");
        for url in
            ["https://camelot.bt/a?b#c", "https://camelot.bt?b", "https://camelot.bt#c", "https://camelot.bt"]
        {
            assert_eq!(Origin::of_url(url), origin, "{url}");
        }
        for url in ["/account", "about:blank", "https://camelot.bt@evil.bt/"] {
            assert_eq!(Origin::of_url(url), None, "{url}");
        }
    }
}
