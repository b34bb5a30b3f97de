//! Pwned Passwords, the service of Have I Been Pwned, asked by k-anonymity: it learns five of the forty digits of a SHA-1,
//! which hundreds of passwords share, and answers with the rest of each.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::{Client, StatusCode, Url};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::{BreachCheckError, BreachedPasswords};
use crate::http;
use crate::secret::Password;
use crate::setters::settings;

/// How many digits leave the process.
const SENT: usize = 5;
/// How many stay, and are looked for in the answer.
const KEPT: usize = 35;
/// The most bytes of an answer that are read: one has a thousand lines and more, of 40 bytes each.
const LIMIT: usize = 512 * 1024;

settings! {
    /// The passwords that Have I Been Pwned has seen in breaches, a billion nearly: `breached_passwords: PwnedPasswords` in
    /// `auth_app!`.
    ///
    /// Of a password only the first five digits of its SHA-1 leave the process, and the answer is padded, so that its length
    /// does not tell them either. Proxies are those that the environment names, as for `OAuthConfig`.
    #[derive(Clone, Debug)]
    pub struct PwnedPasswords {
        /// The URL to which the five digits are appended, for example of another server with the same interface. Without TLS only
        /// on this machine.
        pub address: Cow<'static, str> as impl Into<Cow<'static, str>> = Cow::Borrowed("https://api.pwnedpasswords.com/range/"),
        /// How long an answer may take.
        pub timeout: Duration = Duration::from_secs(3),
        /// What becomes of a password when the service does not answer, or not as it should.
        pub on_unavailable: OnUnavailable = OnUnavailable::Accept,
        /// The connections that it has; `None`: its own, from the start on.
        pub connections: Option<PwnedConnections> as impl Into<Option<PwnedConnections>> = None,
    }
}

/// What becomes of a password when nobody says whether it was in a breach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnavailable {
    /// It is taken, and that nobody was asked is logged.
    #[default]
    Accept,
    /// It is not, and the answer is a 503.
    Reject,
}

/// Connections to the service. Clones share them.
#[derive(Clone, Debug)]
pub struct PwnedConnections(Client);

impl PwnedPasswords {
    async fn ask(&self, password: &Password) -> Result<bool, BreachCheckError> {
        let Some(PwnedConnections(client)) = &self.connections else {
            return Err(BreachCheckError::new("this `PwnedPasswords` was not prepared"));
        };
        let digest = digest(password);
        let (sent, kept) = digest.split_at(SENT);
        let request = client.get(format!("{}{sent}", self.address)).header("add-padding", "true");
        let request = request.build().map_err(|error| BreachCheckError::new(error.without_url()))?;
        let http::Answer { status, body, .. } =
            http::answer(client, request, LIMIT).await.map_err(BreachCheckError::new)?;
        if status != StatusCode::OK {
            return Err(BreachCheckError::new(format!("an answer of {status}")));
        }
        is_among(&body, kept).ok_or_else(|| BreachCheckError::new("an answer that is no list of digests"))
    }
}

impl BreachedPasswords for PwnedPasswords {
    fn prepare(&mut self) -> Result<(), BreachCheckError> {
        let url = self.address.parse::<Url>().map_err(BreachCheckError::new)?;
        if url.scheme() != "https" && !http::is_on_this_machine(&url) {
            return Err(BreachCheckError::new("the address of `PwnedPasswords` is not one of https"));
        }
        if self.connections.is_none() {
            let client = http::client(self.timeout).build().map_err(BreachCheckError::new)?;
            self.connections = Some(PwnedConnections(client));
        }
        Ok(())
    }

    async fn contains(&self, password: &Password) -> Result<bool, BreachCheckError> {
        match (self.ask(password).await, self.on_unavailable) {
            (Err(error), OnUnavailable::Accept) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a password was taken without a look for it in breaches");
                Ok(false)
            }
            (answer, _) => answer,
        }
    }
}

/// The SHA-1 of a password, in forty digits. That it is weak is no matter: it is a name, and known to whoever knows the
/// password.
fn digest(password: &Password) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digest = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(password.expose())));
    let digits =
        digest.iter().flat_map(|byte| [byte >> 4, byte & 0xF]).map(|digit| DIGITS[usize::from(digit)]);
    let mut text = Zeroizing::new(String::with_capacity(SENT + KEPT));
    text.extend(digits.map(char::from));
    text
}

/// Whether a digest stands in an answer, which is a line for each: the digits that were kept, a colon, and how often it was
/// seen. Lines that pad the answer were seen no time. `None` where it is anything else.
fn is_among(body: &[u8], digest: &str) -> Option<bool> {
    let body = str::from_utf8(body).ok()?;
    let mut is_there = None;
    for line in body.lines() {
        let (digits, count) = line.split_once(':')?;
        if digits.len() != KEPT || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let is_this_one = count.parse::<u64>().ok()? > 0 && digits.eq_ignore_ascii_case(digest);
        is_there = Some(is_there == Some(true) || is_this_one);
    }
    is_there
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORDS: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
    const ANOTHERS: &str = "0018A45C4D1DEF81644B54AB7F969B88D65";

    /// FIPS 180-4's example, and the password that all the world takes for one.
    #[test]
    fn digests() {
        assert_eq!(*digest(&"abc".into()), "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert_eq!(*digest(&"password".into()), format!("5BAA6{PASSWORDS}"));
    }

    #[test]
    fn answers() {
        let found = |body: &str| is_among(body.as_bytes(), PASSWORDS);
        for (body, expected) in [
            (format!("{ANOTHERS}:3\r\n{PASSWORDS}:52256179\r\n"), Some(true)),
            (format!("{PASSWORDS}:1"), Some(true)),
            (format!("{}:1\n{ANOTHERS}:0", PASSWORDS.to_lowercase()), Some(true)),
            (format!("{ANOTHERS}:3\r\n{PASSWORDS}:0\r\n"), Some(false)),
            (format!("{ANOTHERS}:3"), Some(false)),
            (String::new(), None),
            ("\r\n".to_owned(), None),
            ("<html>moved</html>".to_owned(), None),
            (format!("{PASSWORDS}:1\r\n<html>"), None),
            (format!("{PASSWORDS}:-1"), None),
            (format!("{PASSWORDS}:"), None),
            (PASSWORDS.to_owned(), None),
            (format!("5BAA6{PASSWORDS}:1"), None),
            (format!("{}:1", "x".repeat(KEPT)), None),
        ] {
            assert_eq!(found(&body), expected, "{body:?}");
        }
        assert_eq!(is_among(b"\xFF:1", PASSWORDS), None);
    }

    #[test]
    fn addresses() {
        for (address, is_good) in [
            ("https://pwned.example/range/", true),
            ("http://127.0.0.1:8080/range/", true),
            ("http://pwned.example/range/", false),
            ("ftp://127.0.0.1/", false),
            ("range/", false),
            ("", false),
        ] {
            let mut list = PwnedPasswords::default().address(address);
            assert_eq!(list.prepare().is_ok(), is_good, "{address}");
        }
    }
}
