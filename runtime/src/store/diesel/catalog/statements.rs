//! What each database's catalogs are asked. A flag is text that is empty where it is not set.

use crate::store::diesel::dialect::Dialect;

/// The statements that read a database's catalogs. PostgreSQL has one `?`, for the names of all of them, quoted; its rows
/// begin with the name that was asked for. The others have the name of one table for each `?`.
#[derive(Debug)]
pub(super) struct Statements {
    /// A row if a table of this name is where new tables are made.
    pub(super) in_place: &'static str,
    /// Name, type, collation; whether it may be null, and whether it has a value by itself.
    pub(super) columns: &'static str,
    /// For each key of each index: the index's name, the key's column or expression, whether the key ignores case; whether
    /// the index is unique, and whether it leaves rows out. A part of a column is empty.
    pub(super) indexes: &'static str,
    /// Column, the table that it refers to, and whether its row goes with the other.
    pub(super) references: &'static str,
    /// The storage engine, or the statement that made the table.
    pub(super) made_by: Option<&'static str>,
    /// The rights on the table that the role lacks, a row each.
    pub(super) missing_rights: Option<&'static str>,
    /// The commands that row security keeps from the table for want of a policy, a row each.
    pub(super) without_policy: Option<&'static str>,
    /// The schemas on the search path that the role may not use.
    pub(super) closed_schemas: Option<&'static str>,
    /// The schema that new tables go to, if the role may not create them there; empty text if there is none.
    pub(super) sealed_schema: Option<&'static str>,
    /// The encoding of the database, whether `lower` folds the letters of ASCII only, the language of errors, and the modes
    /// of SQL that new sessions get; empty where it is no setting.
    pub(super) server: Option<&'static str>,
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
    in_place: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
    columns: r#"
        SELECT name, type, '', CASE WHEN "notnull" = 0 AND pk = 0 THEN 'null' ELSE '' END,
            CASE WHEN dflt_value IS NOT NULL OR hidden > 1 OR (pk > 0 AND upper(type) = 'INTEGER')
                THEN 'default' ELSE '' END
        FROM pragma_table_xinfo(?) ORDER BY cid"#,
    // Of an expression there is no more than the statement that made the index.
    indexes: r#"
        SELECT list.name, coalesce(info.name, made.sql, ''), CASE info.coll WHEN 'NOCASE' THEN 'ignored' ELSE '' END,
            CASE list."unique" WHEN 1 THEN 'unique' ELSE '' END, CASE list.partial WHEN 1 THEN 'partial' ELSE '' END
        FROM pragma_index_list(?) AS list JOIN pragma_index_xinfo(list.name) AS info ON info.key = 1
            LEFT JOIN sqlite_master AS made ON made.type = 'index' AND made.name = list.name"#,
    references: r#"
        SELECT "from", "table", CASE on_delete WHEN 'CASCADE' THEN 'cascade' ELSE '' END
        FROM pragma_foreign_key_list(?) AS list
        WHERE (SELECT count(*) FROM pragma_foreign_key_list(list.arg) AS other WHERE other.id = list.id) = 1"#,
    made_by: Some("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"),
    missing_rights: None,
    without_policy: None,
    closed_schemas: None,
    sealed_schema: None,
    server: None,
};

/// Most of the cost of a statement is its plan, which grows with the tables that it joins.
const POSTGRES: Statements = Statements {
    in_place: "
        SELECT asked.name, 'there' FROM unnest(ARRAY[?]) AS asked (name)
            JOIN pg_class AS c ON c.oid = to_regclass(quote_ident(current_schema()) || '.' || asked.name)
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')",
    // A domain is as good as the type that it lies on.
    columns: "
        SELECT asked.name, a.attname::text,
            CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
                ELSE format_type(a.atttypid, a.atttypmod) END,
            '', CASE WHEN a.attnotnull OR t.typnotnull THEN '' ELSE 'null' END,
            CASE WHEN a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL THEN 'default' ELSE '' END
        FROM unnest(ARRAY[?]) AS asked (name)
            JOIN pg_attribute AS a ON a.attrelid = to_regclass(asked.name) AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type AS t ON t.oid = a.atttypid
        ORDER BY a.attnum",
    indexes: "
        SELECT asked.name, (SELECT c.relname::text FROM pg_class AS c WHERE c.oid = i.indexrelid),
            CASE key.attnum WHEN 0 THEN pg_get_expr(i.indexprs, i.indrelid) ELSE a.attname::text END,
            CASE WHEN (SELECT t.typname FROM pg_type AS t WHERE t.oid = a.atttypid) = 'citext' THEN 'ignored' ELSE '' END,
            CASE WHEN i.indisunique AND i.indisvalid THEN 'unique' ELSE '' END,
            CASE WHEN i.indpred IS NULL THEN '' ELSE 'partial' END
        FROM unnest(ARRAY[?]) AS asked (name) JOIN pg_index AS i ON i.indrelid = to_regclass(asked.name)
            CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS key (attnum, place)
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = key.attnum
        WHERE key.place <= i.indnkeyatts",
    references: "
        SELECT asked.name, a.attname::text,
            (SELECT other.relname::text FROM pg_class AS other WHERE other.oid = r.confrelid),
            CASE r.confdeltype WHEN 'c' THEN 'cascade' ELSE '' END
        FROM unnest(ARRAY[?]) AS asked (name) JOIN pg_constraint AS r ON r.conrelid = to_regclass(asked.name)
            JOIN pg_attribute AS a ON a.attrelid = r.conrelid AND a.attnum = r.conkey[1]
        WHERE r.contype = 'f' AND cardinality(r.conkey) = 1",
    made_by: None,
    // A right on columns is as good, where there is one on columns.
    missing_rights: Some("
        SELECT asked.name, wanted
        FROM unnest(ARRAY[?]) AS asked (name), unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted
        WHERE NOT has_table_privilege(to_regclass(asked.name), wanted) AND NOT CASE wanted
            WHEN 'DELETE' THEN false ELSE has_any_column_privilege(to_regclass(asked.name), wanted) END"),
    without_policy: Some(r#"
        SELECT asked.name, wanted.command
        FROM unnest(ARRAY[?]) AS asked (name),
            (VALUES ('r'::"char", 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) AS wanted (code, command)
        WHERE row_security_active(to_regclass(asked.name)) AND NOT EXISTS (
            SELECT 1 FROM pg_policy AS p
            WHERE p.polrelid = to_regclass(asked.name) AND p.polpermissive AND p.polcmd IN (wanted.code, '*') AND EXISTS (
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
    // Where the encoding is another one, the letters may not be there: `A` is.
    server: Some("
        SELECT current_setting('server_encoding'),
            CASE WHEN lower(chr(letter)) = chr(letter + 32) THEN '' ELSE 'ascii' END,
            current_setting('lc_messages'), ''
        FROM (SELECT CASE current_setting('server_encoding') WHEN 'UTF8' THEN 196 ELSE 65 END AS letter) AS asked"),
};

/// Each table of the catalogs is told which schema and table it is asked for: MariaDB looks through all of them
/// otherwise.
const MYSQL: Statements = Statements {
    in_place: "
        SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
    columns: "
        SELECT column_name, column_type, coalesce(collation_name, ''),
            CASE is_nullable WHEN 'YES' THEN 'null' ELSE '' END,
            CASE WHEN column_default IS NOT NULL OR extra LIKE '%auto_increment%' OR extra LIKE '%generated%'
                OR data_type = 'enum' THEN 'default' ELSE '' END
        FROM information_schema.columns WHERE table_schema = database() AND table_name = ?
        ORDER BY ordinal_position",
    // An index on an expression has no column, and finds no address here. MariaDB would read the columns of all databases for
    // an outer join.
    indexes: "
        SELECT s.index_name, CASE WHEN s.sub_part IS NULL THEN coalesce(s.column_name, '') ELSE '' END,
            CASE WHEN (SELECT c.collation_name FROM information_schema.columns AS c
                WHERE c.table_schema = database() AND c.table_name = ? AND c.column_name = s.column_name)
                LIKE '%\\_ci' THEN 'ignored' ELSE '' END,
            CASE s.non_unique WHEN 0 THEN 'unique' ELSE '' END, ''
        FROM information_schema.statistics AS s
        WHERE s.table_schema = database() AND s.table_name = ?",
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
    missing_rights: None,
    without_policy: None,
    closed_schemas: None,
    sealed_schema: None,
    server: Some("SELECT '', '', '', @@GLOBAL.sql_mode"),
};
