//! The address of a database server, and what it says of TLS: `sslmode` and `sslrootcert`, under the names that
//! PostgreSQL's clients know.

use std::path::PathBuf;

use crate::store::StoreError;

/// The address of a database server, and how the way there is secured.
#[derive(Clone)]
pub(super) struct Address {
    /// The address, without what is said of TLS.
    pub(super) url: String,
    /// `None`: in clear.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "without it there is none"))]
    pub(super) tls: Option<Tls>,
}

/// A way in TLS, on which the server has to prove by its certificate that it is the one that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    /// A PEM file of the authorities that may vouch for the server; `None`: those that browsers trust.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "without it there are none"))]
    pub(super) roots: Option<PathBuf>,
}

impl Address {
    /// Reads an address such as `postgresql://user@host/database?sslmode=verify-full&sslrootcert=ca.pem`.
    ///
    /// Whatever asks for TLS gets it whole: `require` checks the certificate, too.
    ///
    /// # Errors
    ///
    /// When `sslmode` asks for what is not there: TLS only if the server happens to like it, or TLS in a build without.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut roots, mut others) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let value = form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned());
            match pair.split('=').next() {
                Some("sslmode") => mode = value,
                Some("sslrootcert") => roots = value.map(PathBuf::from),
                _ => others.push(pair),
            }
        }
        let tls = match mode.as_deref() {
            None | Some("disable") => None,
            Some("require" | "verify-ca" | "verify-full") if cfg!(feature = "tls") => Some(Tls { roots }),
            Some("require" | "verify-ca" | "verify-full") => {
                return Err(refused("`sslmode` asks for TLS: build with the feature `tls`"));
            }
            Some(_) => return Err(refused("`sslmode` is `disable` or `verify-full`")),
        };
        let url = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
        Ok(Self { url, tls })
    }
}

fn refused(why: &str) -> StoreError {
    StoreError::Failed(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_taken_out_of_the_address() {
        for (text, url, is_tls) in [
            ("postgresql://a@b/c", "postgresql://a@b/c", false),
            ("postgresql://a@b/c?sslmode=disable", "postgresql://a@b/c", false),
            ("mysql://a@b/c?x=1&sslmode=disable&y=a%26b", "mysql://a@b/c?x=1&y=a%26b", false),
            ("postgresql://a@b/c?sslmode=verify-full&x=1", "postgresql://a@b/c?x=1", true),
            ("postgresql://a@b/c?sslrootcert=%2Fca.pem&sslmode=require", "postgresql://a@b/c", true),
        ] {
            let address = Address::parse(text);
            if is_tls && cfg!(not(feature = "tls")) {
                assert!(address.is_err(), "{text}");
                continue;
            }
            let address = address.expect(text);
            assert_eq!((&*address.url, address.tls.is_some()), (url, is_tls), "{text}");
        }
        for text in [
            "postgresql://a@b/c?sslmode=prefer",
            "postgresql://a@b/c?sslmode=allow",
            "mysql://a@b/c?sslmode=1",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }
}
