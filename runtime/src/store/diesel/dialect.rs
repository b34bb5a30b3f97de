//! Dialects: each database's own way of writing the same SQL.

/// A database's own way of writing SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3.35 or newer.
    Sqlite,
    /// PostgreSQL 12 or newer.
    Postgres,
    /// MySQL 8 or newer, or MariaDB 10.5 or newer.
    Mysql,
}

impl Dialect {
    /// An identifier, quoted.
    #[must_use]
    pub fn quote(self, identifier: &str) -> String {
        match self {
            Self::Sqlite | Self::Postgres => format!("\"{}\"", identifier.replace('"', "\"\"")),
            Self::Mysql => format!("`{}`", identifier.replace('`', "``")),
        }
    }

    /// Whether two names mean one column.
    pub(super) fn is_same_name(self, one: &str, other: &str) -> bool {
        match self {
            Self::Postgres => one == other,
            Self::Sqlite | Self::Mysql => one.eq_ignore_ascii_case(other),
        }
    }

    /// Whether an `INSERT` or `UPDATE` gives back what it wrote.
    pub(super) fn has_returning(self) -> bool {
        self != Self::Mysql
    }

    /// The type of a moment.
    pub(super) fn moment(self) -> &'static str {
        match self {
            Self::Sqlite => "TIMESTAMP NOT NULL",
            Self::Postgres => "TIMESTAMPTZ NOT NULL",
            Self::Mysql => "DATETIME(6) NOT NULL",
        }
    }

    /// The type of a text of at most `chars` characters, which is compared as it is: MySQL's own way would take `A`
    /// for `a`, and `é` for `e`.
    pub(super) fn varchar(self, chars: u16) -> String {
        match self {
            Self::Sqlite | Self::Postgres => format!("VARCHAR({chars}) NOT NULL"),
            Self::Mysql => format!("VARCHAR({chars}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"),
        }
    }

    /// The same for a text of any length.
    pub(super) fn text(self) -> String {
        match self {
            Self::Sqlite | Self::Postgres => "TEXT NOT NULL".to_owned(),
            Self::Mysql => "TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL".to_owned(),
        }
    }

    /// What a comparison of text takes behind it to tell `A` from `a`, whatever the column says.
    pub(super) fn exactly(self) -> &'static str {
        match self {
            Self::Sqlite | Self::Postgres => "",
            Self::Mysql => " COLLATE utf8mb4_bin",
        }
    }

    /// The expression for a text in lower case, by which addresses are compared.
    ///
    /// `İ` becomes `i` and its dot, as Unicode has it: some databases and locales would have a plain `i` of it, and so
    /// take an address for another's.
    pub(super) fn lowered(self, text: &str) -> String {
        match self {
            // It lowers ASCII alone.
            Self::Sqlite => format!("lower({text})"),
            Self::Postgres => format!("lower(replace({text}, '\u{130}', 'i\u{307}'))"),
            // Without the collation, `replace` would take any `i` for it. The two texts are given by their bytes:
            // MariaDB does not keep such letters whole in a column's expression.
            Self::Mysql => format!(
                "lower(replace(convert({text} USING utf8mb4) COLLATE utf8mb4_bin, \
                 char(0xC4B0 USING utf8mb4), char(0x69CC87 USING utf8mb4)))"
            ),
        }
    }

    /// Returns the INSERT of a row that does nothing if the row's key is there. `into` begins with `INTO`.
    pub(super) fn insert_unless_there(self, into: &str) -> String {
        match self {
            Self::Sqlite | Self::Postgres => format!("INSERT {into} ON CONFLICT DO NOTHING"),
            Self::Mysql => format!("INSERT IGNORE {into}"),
        }
    }

    /// The function that gives the greater of two values.
    pub(super) fn greatest(self) -> &'static str {
        match self {
            Self::Sqlite => "max",
            Self::Postgres | Self::Mysql => "greatest",
        }
    }
}
