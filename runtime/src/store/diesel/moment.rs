//! [`Timestamp`](crate::clock::Timestamp) as a value of [`sql_types::Moment`](super::sql_types::Moment), on each database,
//! and of Diesel's own types, which the tables of apps have for the same.

/// A moment lies in a column of each of these types as it does in a `Moment`.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! same_as_moment {
    ($backend:ty: $($sql_type:ty),*) => {$(
        impl ToSql<$sql_type, $backend> for Timestamp {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, $backend>) -> serialize::Result {
                ToSql::<sql_types::Moment, $backend>::to_sql(self, out)
            }
        }

        impl FromSql<$sql_type, $backend> for Timestamp {
            fn from_sql(value: <$backend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                FromSql::<sql_types::Moment, $backend>::from_sql(value)
            }
        }
    )*};
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::backend::Backend;
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
        fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
            let micros = PrimitiveDateTime::parse(&text, READ)?.assume_utc().unix_timestamp_nanos() / 1000;
            Ok(Self::from_micros(i64::try_from(micros)?))
        }
    }

    same_as_moment!(Sqlite: diesel::sql_types::Timestamp, diesel::sql_types::TimestamptzSqlite);
}

#[cfg(feature = "postgres")]
mod postgres {
    use diesel::backend::Backend;
    use diesel::data_types::PgTimestamp;
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Timestamptz;

    use crate::clock::Timestamp;
    use crate::store::diesel::sql_types;

    /// PostgreSQL counts from the start of 2000.
    const EPOCH: i64 = 946_684_800_000_000;

    impl ToSql<sql_types::Moment, Pg> for Timestamp {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let since_2000 = PgTimestamp(self.micros().saturating_sub(EPOCH));
            ToSql::<Timestamptz, Pg>::to_sql(&since_2000, &mut out.reborrow())
        }
    }

    impl FromSql<sql_types::Moment, Pg> for Timestamp {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let PgTimestamp(since_2000) = FromSql::<Timestamptz, Pg>::from_sql(value)?;
            Ok(Self::from_micros(since_2000.saturating_add(EPOCH)))
        }
    }

    // Without a time zone it is UTC.
    same_as_moment!(Pg: Timestamptz, diesel::sql_types::Timestamp);
}

#[cfg(feature = "mysql")]
mod mysql {
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::mysql::data_types::{MysqlTime, MysqlTimestampType};
    use diesel::mysql::{Mysql, MysqlValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Datetime;
    use time::{Date, Month, OffsetDateTime, Time};

    use crate::clock::Timestamp;
    use crate::store::diesel::sql_types;

    impl ToSql<sql_types::Moment, Mysql> for Timestamp {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
            let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.micros()) * 1000)?;
            let value = MysqlTime::new(
                u32::try_from(time.year())?,
                u8::from(time.month()).into(),
                time.day().into(),
                time.hour().into(),
                time.minute().into(),
                time.second().into(),
                time.microsecond().into(),
                false,
                MysqlTimestampType::MYSQL_TIMESTAMP_DATETIME,
                0,
            );
            ToSql::<Datetime, Mysql>::to_sql(&value, &mut out.reborrow())
        }
    }

    impl FromSql<sql_types::Moment, Mysql> for Timestamp {
        fn from_sql(value: MysqlValue<'_>) -> deserialize::Result<Self> {
            let time = <MysqlTime as FromSql<Datetime, Mysql>>::from_sql(value)?;
            let month = Month::try_from(u8::try_from(time.month)?)?;
            let date = Date::from_calendar_date(i32::try_from(time.year)?, month, u8::try_from(time.day)?)?;
            let (hour, minute, second) =
                (time.hour.try_into()?, time.minute.try_into()?, time.second.try_into()?);
            let time = Time::from_hms_micro(hour, minute, second, u32::try_from(time.second_part)?)?;
            let nanos = OffsetDateTime::new_utc(date, time).unix_timestamp_nanos();
            Ok(Self::from_micros(i64::try_from(nanos / 1000)?))
        }
    }

    // A `TIMESTAMP` is told in the session's time zone, which is UTC.
    same_as_moment!(Mysql: Datetime, diesel::sql_types::Timestamp);
}
