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
            // Both `CHAR(36)` with hyphens and SQLAlchemy's `CHAR(32)` without are read.
            Ok(Self::try_parse(&<String as FromSql<Text, Sqlite>>::from_sql(value)?)?)
        }
    }
}
