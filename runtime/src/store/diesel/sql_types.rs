//! SQL types that Diesel has for one database only, for all of them.

/// A UUID: native on PostgreSQL, 36 characters of text elsewhere.
#[derive(Clone, Copy, Debug, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(sqlite_type(name = "Text"))]
pub struct Uuid;

/// A moment in UTC with microseconds; `YYYY-MM-DD HH:MM:SS.ffffff` on SQLite, so that text compares as time.
#[derive(Clone, Copy, Debug, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(sqlite_type(name = "Text"))]
pub struct Moment;
