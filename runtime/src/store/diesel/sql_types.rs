//! SQL types that Diesel has for one database only, for all of them.

/// A UUID: native on PostgreSQL, 36 characters of text elsewhere.
#[derive(Clone, Copy, Debug, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(mysql_type(name = "String"))]
pub struct Uuid;

/// A UUID as text of 36 characters, on every database.
#[derive(Clone, Copy, Debug, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(sqlite_type(name = "Text"))]
// `varchar`: a `char(36)` is compared with it by its index, which it is not with `text`.
#[diesel(postgres_type(oid = 1043, array_oid = 1015))]
#[diesel(mysql_type(name = "String"))]
pub struct UuidText;

/// A UUID as its 16 bytes, on every database.
#[derive(Clone, Copy, Debug, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(sqlite_type(name = "Binary"))]
#[diesel(postgres_type(oid = 17, array_oid = 1001))]
#[diesel(mysql_type(name = "Blob"))]
pub struct UuidBytes;

/// A moment in UTC with microseconds: `timestamptz` on PostgreSQL, `DATETIME(6)` on MySQL, and
/// `YYYY-MM-DD HH:MM:SS.ffffff` on SQLite, so that text compares as time.
#[derive(Clone, Copy, Debug, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(mysql_type(name = "DateTime"))]
pub struct Moment;
