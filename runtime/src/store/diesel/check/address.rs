//! The index that keeps addresses unique in any case, and by which they are found.

use crate::store::diesel::catalog::{LiveIndex, LiveTable, Shape};
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::SchemaSql;
use crate::store::{Finding, Remedy};

/// A unique index on the address, or on the address in lower case, of all rows or of some.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct AddressIndex<'a> {
    pub(in super::super) name: &'a str,
    /// Whether it keeps two addresses apart that differ in case alone.
    pub(super) is_unique_in_any_case: bool,
    /// Whether it finds a user by an address.
    finds: bool,
}

/// The unique indexes on the address.
pub(in super::super) fn address_indexes<'a>(
    schema: &SchemaSql,
    shape: &'a Shape,
) -> impl Iterator<Item = AddressIndex<'a>> {
    let email = schema.roles.email.name;
    let dialect = schema.dialect;
    let (lowered, simply_lowered) = match dialect {
        Dialect::Sqlite | Dialect::Postgres => (plain(&dialect.lowered(email)), format!("lower{email}")),
        Dialect::Mysql => (schema.lowered_email(), schema.lowered_email()),
    };
    let email = email.to_owned();
    let unique = shape.indexes.iter().filter(|index| index.is_unique);
    unique.filter_map(move |LiveIndex { name, keys, ignores_case, is_partial, .. }| {
        let [key] = &keys[..] else { return None };
        let is_on_email = dialect.is_same_name(key, &email);
        let key = plain(expression(key));
        let finds = dialect.is_same_name(&key, &lowered);
        let is_lowered = finds || dialect.is_same_name(&key, &simply_lowered);
        (is_lowered || is_on_email).then_some(AddressIndex {
            name,
            is_unique_in_any_case: !is_partial && (is_lowered || *ignores_case),
            finds: !is_partial && finds,
        })
    })
}

/// What is wrong with the way addresses are kept unique, and found.
pub(super) fn check(schema: &SchemaSql, live: &LiveTable, shared: u64) -> Option<Finding> {
    let (user, email) = (schema.user, schema.roles.email.name);
    live.column(schema.dialect, email)?;
    let is_unique = address_indexes(schema, &live.shape).any(|index| index.is_unique_in_any_case);
    if !is_unique && shared > 0 {
        return Some(Finding::error(format!(
            "{shared} of the addresses in `{user}` belong to more than one user, for they differ in case alone: leave \
             each to one; only then can the unique index on `{email}` in lower case be made"
        )));
    }
    let whole = Remedy { up: vec![schema.unique_email().sql], down: vec![schema.drop_unique_email()] };
    let lowered = schema.lowered_email();
    let remedy = match schema.dialect {
        Dialect::Mysql if live.column(schema.dialect, &lowered).is_none() => {
            let sql = whole.up.join("; ");
            let text = format!(
                "the table `{user}` has no column `{lowered}`, by which addresses are kept unique and found: `{sql}`"
            );
            return Some(Finding::error(text).with_remedy(whole));
        }
        Dialect::Mysql => {
            let quote = |name: &str| schema.dialect.quote(name);
            let (table, index) = (quote(user), quote(&schema.email_index()));
            let up = vec![format!("CREATE UNIQUE INDEX {index} ON {table} ({})", quote(&lowered))];
            Remedy { up, down: vec![format!("DROP INDEX {index} ON {table}")] }
        }
        Dialect::Sqlite | Dialect::Postgres => whole,
    };
    let sql = remedy.up.join("; ");
    let finding = if !is_unique {
        let text =
            format!("nothing in the database keeps the addresses in `{user}` unique in any case: `{sql}`");
        Finding::error(text)
    } else if !address_indexes(schema, &live.shape).any(|index| index.finds) {
        let text = format!(
            "no index finds an address in `{user}`, so that each sign-in reads the whole table: `{sql}`"
        );
        Finding::warning(text)
    } else {
        return None;
    };
    Some(finding.with_remedy(remedy))
}

/// The expression of an index, which SQLite gives with the statement around it.
fn expression(key: &str) -> &str {
    if !key.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("CREATE ")) {
        return key;
    }
    let inside = key.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'));
    inside.map_or(key, |(inside, _)| inside)
}

/// An expression without what databases write differently: quotes, brackets, spaces and casts to text.
fn plain(expression: &str) -> String {
    let is_kept = |c: &char| !c.is_whitespace() && !matches!(c, '"' | '`' | '[' | ']' | '(' | ')');
    let bare = expression.chars().filter(is_kept).collect::<String>();
    bare.replace("::text", "").replace("::charactervarying", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_expression_is_known_in_each_spelling() {
        for (key, lowered) in [
            (r#"CREATE UNIQUE INDEX "ix" ON "user" (lower("email"))"#, "loweremail"),
            ("create unique index ix on user(\n  lower( [email] )\n)", "loweremail"),
            ("lower((email)::text)", "loweremail"),
            ("lower((email)::character varying)", "loweremail"),
            (r#""lower"(("email")::"text")"#, "loweremail"),
            ("lower(replace((email)::text, 'a'::text, 'b'::text))", "lowerreplaceemail,'a','b'"),
            ("email", "email"),
        ] {
            assert_eq!(plain(expression(key)), lowered, "{key}");
        }
    }
}
