//! `uuid::Uuid` as a value of this crate's [`sql_types`](super::sql_types), on each database.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Binary, Text};
use uuid::Uuid;

use super::sql_types::{UuidBytes, UuidText};

impl<DB: Backend> FromSql<UuidText, DB> for Uuid
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        // Any form is read; but a row is found by the form that is written below, and by no other.
        Ok(Self::try_parse(String::from_sql(value)?.trim_end())?)
    }
}

impl<DB: Backend> ToSql<UuidBytes, DB> for Uuid
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_bytes().as_slice().to_sql(out)
    }
}

impl<DB: Backend> FromSql<UuidBytes, DB> for Uuid
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_slice(&Vec::from_sql(value)?)?)
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sqlite::Sqlite;
    use uuid::Uuid;

    use crate::store::diesel::sql_types::{self, UuidText};

    impl ToSql<UuidText, Sqlite> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.hyphenated().to_string());
            Ok(IsNull::No)
        }
    }

    impl ToSql<sql_types::Uuid, Sqlite> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            ToSql::<UuidText, Sqlite>::to_sql(self, out)
        }
    }

    impl FromSql<sql_types::Uuid, Sqlite> for Uuid {
        fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            FromSql::<UuidText, Sqlite>::from_sql(value)
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::io::Write;

    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use uuid::Uuid;

    use crate::store::diesel::sql_types::{self, UuidText};

    impl ToSql<UuidText, Pg> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            write!(out, "{}", self.hyphenated())?;
            Ok(IsNull::No)
        }
    }

    impl ToSql<sql_types::Uuid, Pg> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            ToSql::<diesel::sql_types::Uuid, Pg>::to_sql(self, out)
        }
    }

    impl FromSql<sql_types::Uuid, Pg> for Uuid {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            FromSql::<diesel::sql_types::Uuid, Pg>::from_sql(value)
        }
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    use std::io::Write;

    use diesel::deserialize::{self, FromSql};
    use diesel::mysql::{Mysql, MysqlValue};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use uuid::Uuid;

    use crate::store::diesel::sql_types::{self, UuidText};

    impl ToSql<UuidText, Mysql> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
            write!(out, "{}", self.hyphenated())?;
            Ok(IsNull::No)
        }
    }

    impl ToSql<sql_types::Uuid, Mysql> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
            ToSql::<UuidText, Mysql>::to_sql(self, out)
        }
    }

    impl FromSql<sql_types::Uuid, Mysql> for Uuid {
        fn from_sql(value: MysqlValue<'_>) -> deserialize::Result<Self> {
            FromSql::<UuidText, Mysql>::from_sql(value)
        }
    }
}
