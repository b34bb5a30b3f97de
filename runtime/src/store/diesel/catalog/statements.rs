//! What each database's catalogs are asked. A flag is text that is empty where it is not set.

use crate::store::diesel::dialect::Dialect;

/// What a database's catalogs are asked. Each `?` is the name of the table, but the last one of `index`.
#[derive(Debug)]
pub(super) struct Statements {
    /// A row where the app's tables are made, and one of this name is there.
    pub(super) table: &'static str,
    /// A row where the table has an index of this name.
    pub(super) index: &'static str,
    /// Name, type, collation; whether it may be null, and whether it has a value by itself.
    pub(super) columns: &'static str,
    /// Of those on one key: name, column or expression; whether it ignores case, and whether it leaves rows out.
    pub(super) unique_indexes: &'static str,
    /// The name of each unique index of all rows and each of its columns, empty where it is not a whole column.
    pub(super) columns_of_unique_indexes: &'static str,
    /// Column, the table that it refers to, and whether its row goes with the other.
    pub(super) references: &'static str,
    /// The storage engine, or the statement that made the table.
    pub(super) made_by: Option<&'static str>,
    /// The language of errors.
    pub(super) language: Option<&'static str>,
    /// The rights on the table that the role lacks, a row each.
    pub(super) missing_rights: Option<&'static str>,
    /// The commands that row security keeps from the table for want of a policy, a row each.
    pub(super) without_policy: Option<&'static str>,
    /// The schemas on the search path that the role may not use.
    pub(super) closed_schemas: Option<&'static str>,
    /// The schema that new tables go to, if the role may not create them there; empty text if there is none.
    pub(super) sealed_schema: Option<&'static str>,
    /// The encoding of the database.
    pub(super) encoding: Option<&'static str>,
    /// Whether `lower` folds letters beyond ASCII.
    pub(super) folds: Option<&'static str>,
    /// The modes of SQL that new sessions get.
    pub(super) sql_mode: Option<&'static str>,
}

impl Statements {
    pub(super) fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::Postgres => &POSTGRES,
            Dialect::Mysql => &MYSQL,
        }
    }
}

const SQLITE: Statements = Statements {
    table: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
    index: "SELECT name FROM pragma_index_list(?) WHERE name = ? COLLATE NOCASE",
    columns: r#"
        SELECT name, type, '', CASE WHEN "notnull" = 0 AND pk = 0 THEN 'null' ELSE '' END,
            CASE WHEN dflt_value IS NOT NULL OR hidden > 1 OR (pk > 0 AND upper(type) = 'INTEGER')
                THEN 'default' ELSE '' END
        FROM pragma_table_xinfo(?) ORDER BY cid"#,
    // Of an expression there is no more than the statement that made the index.
    unique_indexes: r#"
        SELECT list.name, coalesce(info.name, made.sql), CASE info.coll WHEN 'NOCASE' THEN 'ignored' ELSE '' END,
            CASE list.partial WHEN 1 THEN 'partial' ELSE '' END
        FROM pragma_index_list(?) AS list JOIN pragma_index_xinfo(list.name) AS info ON info.key = 1
            LEFT JOIN sqlite_master AS made ON made.type = 'index' AND made.name = list.name
        WHERE list."unique" = 1
            AND (SELECT count(*) FROM pragma_index_xinfo(list.name) WHERE key = 1) = 1"#,
    columns_of_unique_indexes: r#"
        SELECT list.name, coalesce(info.name, '')
        FROM pragma_index_list(?) AS list JOIN pragma_index_xinfo(list.name) AS info ON info.key = 1
        WHERE list."unique" = 1 AND list.partial = 0"#,
    references: r#"
        SELECT "from", "table", CASE on_delete WHEN 'CASCADE' THEN 'cascade' ELSE '' END
        FROM pragma_foreign_key_list(?) AS list
        WHERE (SELECT count(*) FROM pragma_foreign_key_list(list.arg) AS other WHERE other.id = list.id) = 1"#,
    made_by: Some("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"),
    language: None,
    missing_rights: None,
    without_policy: None,
    closed_schemas: None,
    sealed_schema: None,
    encoding: None,
    folds: None,
    sql_mode: None,
};

const POSTGRES: Statements = Statements {
    table: "
        SELECT c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ?",
    index: "
        SELECT c.relname::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE i.indrelid = to_regclass(?) AND c.relname = ?",
    // A domain is as good as the type that it lies on.
    columns: "
        SELECT a.attname::text,
            CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
                ELSE format_type(a.atttypid, a.atttypmod) END,
            '', CASE WHEN a.attnotnull OR t.typnotnull THEN '' ELSE 'null' END,
            CASE WHEN a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL THEN 'default' ELSE '' END
        FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
        WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
    unique_indexes: "
        SELECT c.relname::text, coalesce(pg_get_expr(i.indexprs, i.indrelid), a.attname::text),
            CASE WHEN t.typname = 'citext' THEN 'ignored' ELSE '' END,
            CASE WHEN i.indpred IS NULL THEN '' ELSE 'partial' END
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            LEFT JOIN pg_type AS t ON t.oid = a.atttypid
        WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid
            AND i.indnkeyatts = 1",
    columns_of_unique_indexes: "
        SELECT c.relname::text, coalesce(a.attname::text, '')
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
            CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS key (attnum, place)
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = key.attnum
        WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
            AND key.place <= i.indnkeyatts",
    references: "
        SELECT a.attname::text, other.relname::text, CASE r.confdeltype WHEN 'c' THEN 'cascade' ELSE '' END
        FROM pg_constraint AS r JOIN pg_class AS other ON other.oid = r.confrelid
            JOIN pg_attribute AS a ON a.attrelid = r.conrelid AND a.attnum = r.conkey[1]
        WHERE r.conrelid = to_regclass(?) AND r.contype = 'f' AND cardinality(r.conkey) = 1",
    made_by: None,
    language: Some("SELECT current_setting('lc_messages')"),
    // A right on columns is as good, where there is one on columns.
    missing_rights: Some("
        SELECT wanted FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted
        WHERE NOT has_table_privilege(to_regclass(?), wanted)
            AND NOT CASE wanted WHEN 'DELETE' THEN false ELSE has_any_column_privilege(to_regclass(?), wanted) END"),
    without_policy: Some(r#"
        SELECT wanted.command
        FROM (VALUES ('r'::"char", 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) AS wanted (code, command)
        WHERE row_security_active(to_regclass(?)) AND NOT EXISTS (
            SELECT 1 FROM pg_policy AS p
            WHERE p.polrelid = to_regclass(?) AND p.polpermissive AND p.polcmd IN (wanted.code, '*') AND EXISTS (
                SELECT 1 FROM unnest(p.polroles) AS role
                WHERE CASE role WHEN 0 THEN true ELSE pg_has_role(role, 'USAGE') END))"#),
    closed_schemas: Some(r#"
        SELECT n.nspname::text FROM pg_namespace AS n
        WHERE NOT has_schema_privilege(n.oid, 'USAGE') AND n.nspname::text IN (
            SELECT CASE name WHEN '$user' THEN current_user::text ELSE name END
            FROM (SELECT trim(both ' "' FROM part) AS name
                FROM unnest(string_to_array(current_setting('search_path'), ',')) AS part) AS names)"#),
    sealed_schema: Some(
        "SELECT coalesce(current_schema()::text, '')
        WHERE NOT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)",
    ),
    encoding: Some("SELECT current_setting('server_encoding')"),
    folds: Some("SELECT CASE WHEN lower(chr(196)) = chr(228) THEN 'folds' ELSE '' END"),
    sql_mode: None,
};

/// Each table of the catalogs is told which schema and table it is asked for: MariaDB looks through all of them
/// otherwise.
const MYSQL: Statements = Statements {
    table: "
        SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
    index: "
        SELECT index_name FROM information_schema.statistics
        WHERE table_schema = database() AND table_name = ? AND index_name = ? AND seq_in_index = 1",
    columns: "
        SELECT column_name, column_type, coalesce(collation_name, ''),
            CASE is_nullable WHEN 'YES' THEN 'null' ELSE '' END,
            CASE WHEN column_default IS NOT NULL OR extra LIKE '%auto_increment%' OR extra LIKE '%generated%'
                OR data_type = 'enum' THEN 'default' ELSE '' END
        FROM information_schema.columns WHERE table_schema = database() AND table_name = ?
        ORDER BY ordinal_position",
    // An index on an expression has no column, and finds no address here.
    unique_indexes: "
        SELECT s.index_name, max(s.column_name),
            CASE WHEN max(c.collation_name) LIKE '%\\_ci' THEN 'ignored' ELSE '' END, ''
        FROM information_schema.statistics AS s JOIN information_schema.columns AS c
            ON c.table_schema = database() AND c.table_name = ? AND c.column_name = s.column_name
        WHERE s.table_schema = database() AND s.table_name = ? AND s.non_unique = 0
        GROUP BY s.index_name HAVING count(*) = 1 AND max(s.seq_in_index) = 1 AND max(s.sub_part) IS NULL",
    columns_of_unique_indexes: "
        SELECT index_name, CASE WHEN sub_part IS NULL THEN coalesce(column_name, '') ELSE '' END
        FROM information_schema.statistics
        WHERE table_schema = database() AND table_name = ? AND non_unique = 0",
    // The rule is hidden from a role that has rights on single tables alone: it gets the benefit of the doubt.
    references: "
        SELECT k.column_name, k.referenced_table_name, CASE WHEN EXISTS (
            SELECT 1 FROM information_schema.referential_constraints AS r
            WHERE r.constraint_schema = database() AND r.table_name = ? AND r.constraint_name = k.constraint_name
                AND r.delete_rule <> 'CASCADE') THEN '' ELSE 'cascade' END
        FROM information_schema.key_column_usage AS k
        WHERE k.table_schema = database() AND k.table_name = ? AND k.referenced_table_name IS NOT NULL",
    made_by: Some("
        SELECT coalesce(engine, '') FROM information_schema.tables
        WHERE table_schema = database() AND table_name = ?"),
    language: None,
    missing_rights: None,
    without_policy: None,
    closed_schemas: None,
    sealed_schema: None,
    encoding: None,
    folds: None,
    sql_mode: Some("SELECT @@GLOBAL.sql_mode"),
};
