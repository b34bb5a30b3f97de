//! A statement: SQL with gaps, and what fills them. Its text is the key of Diesel's statement cache.

use std::fmt;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Untyped;
use memchr::memchr_iter;

use super::backend::SqlBackend;
use super::row::{Changes, UserRow, Values};
use super::value::Value;
use crate::user::UserChanges;

/// What stands for a gap in the SQL. No identifier holds it.
const GAP: u8 = b'?';

/// SQL with a `?` for each of `parts`.
pub(super) struct Statement<'q, DB: Backend> {
    sql: &'q str,
    parts: Vec<&'q dyn Part<DB>>,
}

impl<'q, DB: Backend> Statement<'q, DB> {
    pub(super) fn new(sql: &'q str, parts: Vec<&'q dyn Part<DB>>) -> Self {
        debug_assert_eq!(memchr_iter(GAP, sql.as_bytes()).count(), parts.len(), "{sql}");
        Self { sql, parts }
    }
}

impl<DB: Backend> fmt::Debug for Statement<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sql)
    }
}

impl<DB: Backend> QueryFragment<DB> for Statement<'_, DB> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // Diesel walks it three times a use.
        let mut written = 0;
        for (gap, part) in memchr_iter(GAP, self.sql.as_bytes()).zip(&self.parts) {
            out.push_sql(&self.sql[written..gap]);
            part.write(&mut out)?;
            written = gap + 1;
        }
        out.push_sql(&self.sql[written..]);
        Ok(())
    }
}

/// The text differs from statement to statement: the cache goes by it.
impl<DB: Backend> QueryId for Statement<'_, DB> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> Query for Statement<'_, DB> {
    type SqlType = Untyped;
}

/// What fills a gap.
pub(super) trait Part<DB: Backend>: Send + Sync {
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

impl<DB: SqlBackend> Part<DB> for Value<'_> {
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::write(self, out)
    }
}

/// A user's id.
pub(super) struct Id<U: crate::user::AuthUser>(pub(super) U::Id);

impl<DB: SqlBackend, U: UserRow<DB>> Part<DB> for Id<U> {
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        U::id_value(&self.0, &mut Values::new(out))
    }
}

/// A list of users' ids, of which there is one at least.
pub(super) struct Ids<'q, U: crate::user::AuthUser>(pub(super) &'q [U::Id]);

impl<DB: SqlBackend, U: UserRow<DB>> Part<DB> for Ids<'_, U> {
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // Each length is a text of its own.
        if self.0.len() > 2 {
            out.unsafe_to_cache_prepared();
        }
        let mut values = Values::new(out);
        self.0.iter().try_for_each(|id| U::id_value(id, &mut values))
    }
}

/// A list of values, of which there is one at least.
pub(super) struct List<'q>(pub(super) &'q [Value<'q>]);

impl<DB: SqlBackend> Part<DB> for List<'_> {
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                out.push_sql(", ");
            }
            DB::write(value, out)?;
        }
        Ok(())
    }
}

/// All of a user's columns.
pub(super) struct Row<'q, U>(pub(super) &'q U);

impl<DB: SqlBackend, U: UserRow<DB>> Part<DB> for Row<'_, U> {
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.values(&mut Values::new(out))
    }
}

/// The assignments of a change; `idle` is a column to set to itself where there are none.
pub(super) struct Set<'q, U: crate::user::AuthUser> {
    pub(super) changes: &'q UserChanges<'q, U>,
    pub(super) idle: &'q str,
}

impl<DB: SqlBackend, U: UserRow<DB>> Part<DB> for Set<'_, U> {
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // Each choice of fields is a text of its own: kept, there would be no end of them.
        out.unsafe_to_cache_prepared();
        let mut set = Changes::new(out);
        U::changes(self.changes, &mut set)?;
        set.finish(self.idle)
    }
}
