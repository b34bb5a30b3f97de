//! The URL of an SQLite database: the file that it names, and how SQLite opens that file.

use std::path::Path;

use crate::store::StoreError;

/// The file that a URL names, and how SQLite opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SqliteUrl {
    /// The file in SQLite's own notation, a `file:` URI.
    pub(super) uri: String,
    /// Whether the connection can't write: `mode=ro` or `immutable=1`.
    pub(super) is_read_only: bool,
    /// Whether only one connection may be open: the database is in memory, or connections share a cache, in which
    /// SQLite locks tables without waiting for them.
    pub(super) is_exclusive: bool,
}

impl SqliteUrl {
    /// A database in memory, which lives as long as its one connection.
    #[cfg(feature = "testing")]
    pub(super) fn in_memory() -> Self {
        Self { uri: ":memory:".to_owned(), is_read_only: false, is_exclusive: true }
    }

    /// Reads a URL or a bare path. `exists` says whether there is a file at an absolute path.
    ///
    /// A path behind `sqlite://` is relative, one behind `sqlite:////` is absolute. Behind three slashes, where
    /// SQLAlchemy reads a relative path and other programs an absolute one, `./` makes it relative, and more than one
    /// segment makes it absolute. A single segment is ambiguous.
    ///
    /// # Errors
    ///
    /// If the text names no file, a file in two ways, a database in memory, or an unknown parameter.
    pub(super) fn parse(text: &str, exists: impl Fn(&Path) -> bool) -> Result<Self, StoreError> {
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let path = path(place, exists)?;
        let parameters = Parameters::parse(query)?;
        // In a URI each of these characters would end the path or begin an escape.
        let escaped = path.replace('%', "%25").replace('#', "%23");
        // An absolute path that begins with two slashes would name a host.
        let authority = if path.starts_with('/') { "//" } else { "" };
        Ok(Self {
            uri: format!("file:{authority}{escaped}{}", parameters.query()),
            is_read_only: parameters.mode == Some("ro") || parameters.immutable == Some(true),
            is_exclusive: parameters.cache == Some("shared"),
        })
    }
}

/// The path that a text names, without its parameters.
fn path(place: &str, exists: impl Fn(&Path) -> bool) -> Result<String, StoreError> {
    let named = match place.strip_prefix("sqlite://") {
        Some(named) => named,
        None if place == ":memory:" => return Err(in_memory()),
        // A scheme has two letters or more: a single one is a drive of Windows'.
        None if place.split_once(':').is_some_and(|(scheme, _)| scheme.len() != 1 && is_scheme(scheme)) => {
            return Err(refused(
                "expected a URL that begins with `sqlite://`, or the path of a file\n\
                 help: write `sqlite://app.db` for a file in the working directory, `sqlite:////var/lib/app.db` for an \
                 absolute path"
                    .to_owned(),
            ));
        }
        None => return file(place),
    };
    let Some(behind) = named.strip_prefix('/') else { return file(named) };
    if behind.starts_with('/') {
        return file(behind.trim_start_matches('/')).map(|path| format!("/{path}"));
    }
    let path = file(behind)?;
    if path.starts_with("./") || path.starts_with("../") {
        return Ok(path);
    }
    let absolute = format!("/{path}");
    if path.contains('/') || exists(Path::new(&absolute)) {
        return Ok(absolute);
    }
    Err(refused(format!(
        "`sqlite:///{path}` is ambiguous: it may mean `{path}` in the working directory or `{absolute}`\n\
         help: write `sqlite://{path}` for the working directory, `sqlite:///{absolute}` for the absolute path"
    )))
}

fn is_scheme(text: &str) -> bool {
    text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '-' | '.'))
}

/// The path, if it names a file.
fn file(path: &str) -> Result<String, StoreError> {
    if path == ":memory:" {
        return Err(in_memory());
    }
    if path.is_empty() || path.ends_with('/') {
        return Err(refused(
            "the SQLite URL names no file\nhelp: write `sqlite://app.db` for a file in the working directory"
                .to_owned(),
        ));
    }
    Ok(path.to_owned())
}

fn in_memory() -> StoreError {
    refused(
        "a database in memory loses all users when the app ends\n\
         help: name a file, as in `sqlite://app.db`; tests use `testing::in_memory()`"
            .to_owned(),
    )
}

/// The parameters of SQLite's own URIs.
#[derive(Default)]
struct Parameters<'t> {
    mode: Option<&'t str>,
    cache: Option<&'t str>,
    immutable: Option<bool>,
}

impl<'t> Parameters<'t> {
    fn parse(query: &'t str) -> Result<Self, StoreError> {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let is_duplicate = match name {
                "mode" => {
                    parameters.mode.replace(one_of(name, value, &["ro", "rw", "rwc", "memory"])?).is_some()
                }
                "cache" => parameters.cache.replace(one_of(name, value, &["private", "shared"])?).is_some(),
                "immutable" => {
                    let value = one_of(name, value, &["0", "1", "false", "true"])?;
                    parameters.immutable.replace(matches!(value, "1" | "true")).is_some()
                }
                unknown => {
                    return Err(refused(format!(
                        "unknown parameter `{unknown}` in the SQLite URL\n\
                         help: known parameters are `mode`, `cache` and `immutable`"
                    )));
                }
            };
            if is_duplicate {
                return Err(refused(format!("duplicate parameter `{name}` in the SQLite URL")));
            }
        }
        if parameters.mode == Some("memory") {
            return Err(in_memory());
        }
        Ok(parameters)
    }

    /// The parameters in SQLite's notation, with the `?`.
    fn query(&self) -> String {
        let immutable = self.immutable.map(|is_immutable| if is_immutable { "1" } else { "0" });
        let pairs = [("mode", self.mode), ("cache", self.cache), ("immutable", immutable)];
        let given = pairs.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}")));
        let query = given.collect::<Vec<_>>().join("&");
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

/// `value`, if it is one of those that SQLite knows for the parameter.
fn one_of<'t>(name: &str, value: &'t str, known: &[&str]) -> Result<&'t str, StoreError> {
    if known.contains(&value) {
        return Ok(value);
    }
    Err(refused(format!("expected one of `{}` for `{name}` in the SQLite URL", known.join("`, `"))))
}

fn refused(why: String) -> StoreError {
    StoreError::Failed(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `text` is read as, where only `/there.db` exists.
    fn parse(text: &str) -> Result<SqliteUrl, String> {
        let parsed = SqliteUrl::parse(text, |path| path == Path::new("/there.db"));
        parsed.map_err(|error| std::error::Error::source(&error).expect("a reason").to_string())
    }

    #[test]
    fn urls_name_files() {
        for (text, uri) in [
            ("sqlite://x.db", "file:x.db"),
            ("sqlite://./x.db", "file:./x.db"),
            ("sqlite://folder/x.db", "file:folder/x.db"),
            ("sqlite:///./x.db", "file:./x.db"),
            ("sqlite:///../x.db", "file:../x.db"),
            ("x.db", "file:x.db"),
            ("./x.db", "file:./x.db"),
            ("folder/x.db", "file:folder/x.db"),
            (r"C:\folder\x.db", r"file:C:\folder\x.db"),
            ("/abs/x.db", "file:///abs/x.db"),
            ("//abs/x.db", "file:////abs/x.db"),
            ("/x.db", "file:///x.db"),
            ("sqlite:///abs/x.db", "file:///abs/x.db"),
            ("sqlite:////abs/x.db", "file:///abs/x.db"),
            ("sqlite:////x.db", "file:///x.db"),
            ("sqlite:///there.db", "file:///there.db"),
            ("sqlite://50%25#1.db", "file:50%2525%231.db"),
            ("what%3F.db", "file:what%253F.db"),
        ] {
            let url = parse(text).expect(text);
            let expected = SqliteUrl { uri: uri.to_owned(), is_read_only: false, is_exclusive: false };
            assert_eq!(url, expected, "{text}");
        }
    }

    #[test]
    fn known_parameters_reach_sqlite() {
        for (text, uri, is_read_only, is_exclusive) in [
            ("sqlite://x.db?mode=rwc", "file:x.db?mode=rwc", false, false),
            ("sqlite://x.db?mode=rw&cache=private", "file:x.db?mode=rw&cache=private", false, false),
            ("x.db?cache=shared", "file:x.db?cache=shared", false, true),
            ("sqlite:////a/x.db?mode=ro", "file:///a/x.db?mode=ro", true, false),
            ("sqlite://x.db?immutable=1", "file:x.db?immutable=1", true, false),
            ("sqlite://x.db?immutable=true&mode=ro", "file:x.db?mode=ro&immutable=1", true, false),
            ("sqlite://x.db?immutable=false", "file:x.db?immutable=0", false, false),
            ("sqlite://x.db?", "file:x.db", false, false),
        ] {
            let expected = SqliteUrl { uri: uri.to_owned(), is_read_only, is_exclusive };
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_parameters_are_errors() {
        for (text, told) in [
            ("sqlite://x.db?sslmode=require", "unknown parameter `sslmode`"),
            ("sqlite://x.db?x", "unknown parameter `x`"),
            ("what?.db", "unknown parameter `.db`"),
            ("sqlite://x.db?mode=rwc?cache=shared", "for `mode`"),
            ("sqlite://x.db?mode=", "expected one of `ro`, `rw`, `rwc`, `memory` for `mode`"),
            ("sqlite://x.db?immutable=yes", "for `immutable`"),
            ("sqlite://x.db?mode=ro&mode=rwc", "duplicate parameter `mode`"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    #[test]
    fn ambiguous_paths_are_errors_that_name_both_readings() {
        let error = parse("sqlite:///x.db").expect_err("it is ambiguous");
        assert!(error.contains("`sqlite://x.db`") && error.contains("`sqlite:////x.db`"), "{error}");
        let error = parse("sqlite:///x.db?mode=rwc").expect_err("it is ambiguous");
        assert!(error.contains("`sqlite://x.db`") && error.contains("`sqlite:////x.db`"), "{error}");
    }

    #[test]
    fn databases_in_memory_are_errors() {
        for text in [
            ":memory:",
            "sqlite://:memory:",
            "sqlite:///:memory:",
            "sqlite:////:memory:",
            "sqlite://x.db?mode=memory",
            "x.db?mode=memory&cache=shared",
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains("in memory"), "{text}: {error}");
        }
    }

    #[test]
    fn urls_without_a_file_are_errors() {
        for text in
            ["", "sqlite://", "sqlite:///", "sqlite:////", "sqlite://?mode=rwc", "sqlite://folder/", "/"]
        {
            let error = parse(text).expect_err(text);
            assert!(error.contains("names no file"), "{text}: {error}");
        }
    }

    #[test]
    fn other_schemes_are_errors() {
        for text in [
            "sqlite:x.db",
            "sqlite::memory:",
            "sqlite:/x.db",
            "sqlite+aiosqlite:///./x.db",
            "sqlite3:///x.db",
            "file:x.db",
            "file::memory:?cache=shared",
            "postgresql://host/x",
            "://x.db",
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains("begins with `sqlite://`"), "{text}: {error}");
        }
    }
}
