//! What a column can hold, as far as its type's name tells.

use crate::store::diesel::dialect::Dialect;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of at most so many characters.
    Text(Option<u32>),
    Boolean,
    /// A whole number of so many bytes.
    Integer(u8),
    /// A number with a fraction, of so many bytes.
    Float(u8),
    Binary,
    Uuid,
    /// A moment with so many digits behind its seconds.
    Moment(u32),
}

/// Whether a column holds what its field does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It does, or nothing tells that it does not.
    Whole,
    /// It holds some of the values.
    Narrow,
    /// The database takes and gives the values, and may change them on the way.
    Loose,
    /// It does not.
    None,
}

impl Fit {
    /// How a column of the type `live` fits what `wanted` holds, both as the database spells them.
    pub(super) fn of(dialect: Dialect, wanted: &str, live: &str) -> Self {
        // A type of the app's own: only the app knows.
        let Some(wanted) = Kind::of(dialect, wanted) else { return Self::Whole };
        match dialect {
            Dialect::Sqlite => Self::on_sqlite(wanted, live),
            Dialect::Postgres => Self::on_postgres(wanted, Kind::of(dialect, live)),
            Dialect::Mysql => Self::on_mysql(wanted, Kind::of(dialect, live)),
        }
    }

    /// The same for a column whose whole numbers are cast when they are read and written.
    pub(super) fn of_cast(dialect: Dialect, wanted: &str, live: &str) -> Self {
        match (dialect, Kind::of(dialect, wanted), Kind::of(dialect, live)) {
            (Dialect::Postgres, Some(Kind::Integer(wanted)), Some(Kind::Integer(live))) => {
                if live < wanted {
                    Self::Narrow
                } else {
                    Self::Whole
                }
            }
            _ => Self::of(dialect, wanted, live),
        }
    }

    /// A column of SQLite's takes any value, and turns it into what it prefers where it can.
    fn on_sqlite(wanted: Kind, live: &str) -> Self {
        let live = live.to_ascii_uppercase();
        let is_any = |names: &[&str]| names.iter().any(|name| live.contains(name));
        // In the order in which SQLite itself tells them apart.
        let (text, integer, real, number) = if is_any(&["INT"]) {
            (false, true, false, false)
        } else if is_any(&["CHAR", "CLOB", "TEXT"]) {
            (true, false, false, false)
        } else if live.is_empty() || is_any(&["BLOB"]) {
            return Self::Whole;
        } else if is_any(&["REAL", "FLOA", "DOUB"]) {
            (false, false, true, false)
        } else {
            (false, false, false, true)
        };
        let fits = match wanted {
            Kind::Text(_) | Kind::Uuid => text,
            Kind::Boolean | Kind::Integer(_) => integer || number,
            Kind::Float(_) => real || integer || number,
            Kind::Binary => true,
            // It is text that looks like no number.
            Kind::Moment(_) => text || number,
        };
        if fits { Self::Whole } else { Self::Loose }
    }

    /// PostgreSQL sends each type in its own form, and Diesel reads no other.
    fn on_postgres(wanted: Kind, live: Option<Kind>) -> Self {
        match (wanted, live) {
            (Kind::Text(wanted), Some(Kind::Text(live))) => Self::of_lengths(wanted, live),
            (Kind::Moment(wanted), Some(Kind::Moment(live))) if live < wanted => Self::Narrow,
            (Kind::Moment(_), Some(Kind::Moment(_))) => Self::Whole,
            (wanted, Some(live)) if wanted == live => Self::Whole,
            _ => Self::None,
        }
    }

    /// MySQL's numbers are read as one another, as long as their values fit.
    fn on_mysql(wanted: Kind, live: Option<Kind>) -> Self {
        match (wanted, live) {
            (Kind::Text(wanted), Some(Kind::Text(live))) => Self::of_lengths(wanted, live),
            (Kind::Integer(wanted), Some(Kind::Integer(live))) if live < wanted => Self::Narrow,
            (Kind::Float(wanted), Some(Kind::Float(live))) if live < wanted => Self::Narrow,
            (Kind::Moment(wanted), Some(Kind::Moment(live))) if live < wanted => Self::Narrow,
            // MariaDB's own UUID gives and takes text.
            (Kind::Text(_), Some(Kind::Uuid))
            | (Kind::Boolean, Some(Kind::Boolean | Kind::Integer(_)))
            | (Kind::Integer(_), Some(Kind::Integer(_)))
            | (Kind::Float(_), Some(Kind::Float(_)))
            | (Kind::Moment(_), Some(Kind::Moment(_)))
            | (Kind::Binary, Some(Kind::Binary)) => Self::Whole,
            (Kind::Integer(_) | Kind::Float(_), Some(Kind::Integer(_) | Kind::Float(_)) | None) => {
                Self::Loose
            }
            (_, None) => Self::Loose,
            _ => Self::None,
        }
    }

    fn of_lengths(wanted: Option<u32>, live: Option<u32>) -> Self {
        match (wanted, live) {
            (Some(wanted), Some(live)) if live < wanted => Self::Narrow,
            _ => Self::Whole,
        }
    }
}

/// What ends a type within the definition of a column.
const ENDS: [&str; 14] = [
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "check",
    "references",
    "collate",
    "generated",
    "constraint",
    "unsigned",
    "zerofill",
    "charset",
    "auto_increment",
];

impl Kind {
    /// What a column of this type holds. A definition may go on with `NOT NULL` and the like.
    pub(super) fn of(dialect: Dialect, definition: &str) -> Option<Self> {
        let definition = definition.to_ascii_lowercase();
        let (before, rest) = definition.split_once('(').unwrap_or((&definition, ""));
        let (size, behind) = match before {
            // Its values may hold brackets, and tell nothing more.
            "enum" | "set" => ("", ""),
            _ => rest.split_once(')').unwrap_or(("", "")),
        };
        let size = size.trim().parse::<u32>().ok();
        let words = before.split_whitespace().chain(behind.split_whitespace()).enumerate();
        let name = words
            .take_while(|(index, word)| !ENDS.contains(word) && (*word != "character" || *index == 0))
            .map(|(_, word)| word)
            .collect::<Vec<_>>()
            .join(" ");
        let is_mysql = dialect == Dialect::Mysql;
        Some(match &*name {
            "bool" | "boolean" => Self::Boolean,
            "bit" if is_mysql && size == Some(1) => Self::Boolean,
            "tinyint" if is_mysql => Self::Integer(1),
            "smallint" | "int2" => Self::Integer(2),
            "mediumint" if is_mysql => Self::Integer(3),
            "int" | "integer" | "int4" => Self::Integer(4),
            "bigint" | "int8" => Self::Integer(8),
            "real" | "float4" if !is_mysql => Self::Float(4),
            "float" if is_mysql => Self::Float(4),
            "real" | "float" | "float8" | "double" | "double precision" => Self::Float(8),
            "char" | "character" => Self::Text(Some(size.unwrap_or(1))),
            "varchar" | "character varying" => Self::Text(size),
            "text" | "citext" => Self::Text(None),
            "tinytext" | "mediumtext" | "longtext" | "enum" | "set" if is_mysql => Self::Text(None),
            "bytea" | "blob" | "tinyblob" | "mediumblob" | "longblob" | "binary" | "varbinary" => {
                Self::Binary
            }
            "uuid" => Self::Uuid,
            "timestamptz" | "timestamp with time zone" => Self::Moment(size.unwrap_or(6)),
            "datetime" | "timestamp" if is_mysql => Self::Moment(size.unwrap_or(0)),
            "datetime" | "timestamp" if dialect == Dialect::Sqlite => Self::Moment(6),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_read() {
        for (dialect, definition, kind) in [
            (Dialect::Postgres, "character varying(320)", Some(Kind::Text(Some(320)))),
            (Dialect::Postgres, "VARCHAR(320) NOT NULL", Some(Kind::Text(Some(320)))),
            (Dialect::Postgres, "character varying", Some(Kind::Text(None))),
            (Dialect::Postgres, "character(36)", Some(Kind::Text(Some(36)))),
            (Dialect::Postgres, "timestamp(3) with time zone", Some(Kind::Moment(3))),
            (Dialect::Postgres, "TIMESTAMPTZ", Some(Kind::Moment(6))),
            (Dialect::Postgres, "timestamp without time zone", None),
            (Dialect::Postgres, "DOUBLE PRECISION NOT NULL DEFAULT 0", Some(Kind::Float(8))),
            (Dialect::Postgres, "rank", None),
            (Dialect::Postgres, "", None),
            (Dialect::Mysql, "int(11) unsigned", Some(Kind::Integer(4))),
            (Dialect::Mysql, "TEXT CHARACTER SET utf8mb4", Some(Kind::Text(None))),
            (Dialect::Mysql, "enum('not (null)','b')", Some(Kind::Text(None))),
            (Dialect::Mysql, "datetime(6)", Some(Kind::Moment(6))),
            (Dialect::Mysql, "timestamp", Some(Kind::Moment(0))),
            (Dialect::Mysql, "FLOAT", Some(Kind::Float(4))),
            (Dialect::Mysql, "decimal(10,2)", None),
        ] {
            assert_eq!(Kind::of(dialect, definition), kind, "{definition}");
        }
    }

    #[test]
    fn columns_fit_or_do_not() {
        for (dialect, wanted, live, fit) in [
            (Dialect::Postgres, "TEXT NOT NULL", "character varying(50)", Fit::Whole),
            (Dialect::Postgres, "VARCHAR(320) NOT NULL", "citext", Fit::Whole),
            (Dialect::Postgres, "VARCHAR(320) NOT NULL", "character varying(255)", Fit::Narrow),
            (Dialect::Postgres, "INTEGER NOT NULL", "bigint", Fit::None),
            (Dialect::Postgres, "UUID NOT NULL", "text", Fit::None),
            (Dialect::Postgres, "TEXT", "rank", Fit::None),
            (Dialect::Postgres, "rank NOT NULL", "text", Fit::Whole),
            (Dialect::Postgres, "TIMESTAMPTZ", "timestamp without time zone", Fit::None),
            (Dialect::Mysql, "BOOLEAN NOT NULL", "tinyint(1)", Fit::Whole),
            (Dialect::Mysql, "BOOLEAN NOT NULL", "bit(1)", Fit::Whole),
            (Dialect::Mysql, "INTEGER NOT NULL", "bigint(20)", Fit::Whole),
            (Dialect::Mysql, "BIGINT NOT NULL", "int", Fit::Narrow),
            (Dialect::Mysql, "DOUBLE", "decimal(10,2)", Fit::Loose),
            (Dialect::Mysql, "CHAR(36) NOT NULL", "uuid", Fit::Whole),
            (Dialect::Mysql, "CHAR(36) NOT NULL", "binary(16)", Fit::None),
            (Dialect::Mysql, "DATETIME(6) NOT NULL", "datetime", Fit::Narrow),
            (Dialect::Mysql, "TEXT", "json", Fit::Loose),
            (Dialect::Sqlite, "BOOLEAN NOT NULL", "INTEGER", Fit::Whole),
            (Dialect::Sqlite, "TIMESTAMP NOT NULL", "DATETIME", Fit::Whole),
            (Dialect::Sqlite, "TEXT", "STRING", Fit::Loose),
            (Dialect::Sqlite, "TEXT", "", Fit::Whole),
            (Dialect::Sqlite, "INTEGER", "TEXT", Fit::Loose),
        ] {
            assert_eq!(Fit::of(dialect, wanted, live), fit, "{wanted} in {live}");
        }
    }
}
