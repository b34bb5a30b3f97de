//! An error as it may stand in a log.

use std::error::Error;
use std::fmt::{self, Debug, Write};

/// An error and what it comes from, in one line. What a database or a provider says may quote what a client sent: its
/// control characters are escaped, so that it begins no line of its own (OWASP ASVS 5.0, 16.4.1).
#[derive(Clone, Copy)]
pub(crate) struct Cause<'a>(pub(crate) &'a (dyn Error + Send + Sync + 'static));

impl Debug for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line(f);
        write!(line, "{}", self.0)?;
        std::iter::successors(self.0.source(), |&error| error.source())
            .try_for_each(|source| write!(line, ": {source}"))
    }
}

/// What is written to it stays in one line.
struct Line<'f, 'b>(&'f mut fmt::Formatter<'b>);

impl Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            // Line separators of Unicode are no control characters.
            '\u{2028}' | '\u{2029}' => write!(self.0, "{}", c.escape_unicode()),
            c if c.is_control() => write!(self.0, "{}", c.escape_default()),
            c => self.0.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Said(&'static str, #[source] Option<Box<Said>>);

    #[test]
    fn an_error_is_one_line() {
        let source = Said("Key (email)=(a\u{85}b\u{2028}c\u{1b}[2J) exists", None);
        let error = Said("refused\r\n2026-01-01 INFO forged", Some(Box::new(source)));
        assert_eq!(
            format!("{:?}", Cause(&error)),
            r"refused\r\n2026-01-01 INFO forged: Key (email)=(a\u{85}b\u{2028}c\u{1b}[2J) exists"
        );
    }
}
