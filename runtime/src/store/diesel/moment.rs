//! [`Timestamp`](crate::clock::Timestamp) as a value of [`sql_types::Moment`](super::sql_types::Moment), on each database.

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Text;
    use diesel::sqlite::Sqlite;
    use time::format_description::BorrowedFormatItem;
    use time::macros::format_description;
    use time::{OffsetDateTime, PrimitiveDateTime};

    use crate::clock::Timestamp;
    use crate::store::diesel::sql_types;

    /// Always six digits, so that text compares as time; SQLAlchemy writes the same.
    const WRITTEN: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]");
    const READ: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second][optional [.[subsecond]]]");

    impl ToSql<sql_types::Moment, Sqlite> for Timestamp {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.micros()) * 1000)?;
            out.set_value(time.format(WRITTEN)?);
            Ok(IsNull::No)
        }
    }

    impl FromSql<sql_types::Moment, Sqlite> for Timestamp {
        fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
            let micros = PrimitiveDateTime::parse(&text, READ)?.assume_utc().unix_timestamp_nanos() / 1000;
            Ok(Self::from_micros(i64::try_from(micros)?))
        }
    }
}
