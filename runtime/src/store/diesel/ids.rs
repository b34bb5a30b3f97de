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
