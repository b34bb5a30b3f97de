//! `uuid::Uuid` as a value of [`sql_types::Uuid`](super::sql_types::Uuid), on each database.

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Text;
    use diesel::sqlite::Sqlite;
    use uuid::Uuid;

    use crate::store::diesel::sql_types;

    impl ToSql<sql_types::Uuid, Sqlite> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.hyphenated().to_string());
            Ok(IsNull::No)
        }
    }

    impl FromSql<sql_types::Uuid, Sqlite> for Uuid {
        fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            // Any form is read; but a row is found by the form that is written above, and by no other.
            Ok(Self::try_parse(&<String as FromSql<Text, Sqlite>>::from_sql(value)?)?)
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use uuid::Uuid;

    use crate::store::diesel::sql_types;

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
    use diesel::sql_types::Text;
    use uuid::Uuid;

    use crate::store::diesel::sql_types;

    impl ToSql<sql_types::Uuid, Mysql> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
            write!(out, "{}", self.hyphenated())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<sql_types::Uuid, Mysql> for Uuid {
        fn from_sql(value: MysqlValue<'_>) -> deserialize::Result<Self> {
            Ok(Self::try_parse(&<String as FromSql<Text, Mysql>>::from_sql(value)?)?)
        }
    }
}
