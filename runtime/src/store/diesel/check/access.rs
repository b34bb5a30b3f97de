//! Findings about permissions that the app's database role lacks.

use crate::store::Finding;
use crate::store::diesel::catalog::Access;
use crate::store::diesel::dialect::Dialect;

/// Returns findings about missing privileges on `table` and about its row security.
///
/// Every privilege is needed for some operation. The app may lack some of them on the user table on purpose: then the
/// routes that need them fail, and the others work.
pub(super) fn check(
    dialect: Dialect,
    table: &str,
    is_user_table: bool,
    access: &Access,
) -> impl Iterator<Item = Finding> {
    let quoted = dialect.quote(table);
    let finding = move |commands: &[String], text: String| {
        if is_user_table && !commands.iter().any(|command| command == "SELECT") {
            Finding::warning(text)
        } else {
            Finding::error(text)
        }
    };
    let rights = (!access.missing_rights.is_empty()).then(|| {
        let rights = access.missing_rights.join(", ");
        let text = format!(
            "the app's role in the database lacks {rights} on `{table}`: `GRANT {rights} ON {quoted} TO …`"
        );
        finding(&access.missing_rights, text)
    });
    let policies = (!access.hidden_from.is_empty()).then(|| {
        let commands = access.hidden_from.join(", ");
        let text = format!(
            "row security is on for `{table}`, and no policy lets the app's role {commands}: the database hides and \
             refuses the rows. Add a policy, or exempt the role: `ALTER ROLE … BYPASSRLS`"
        );
        finding(&access.hidden_from, text)
    });
    rights.into_iter().chain(policies)
}

/// A table that the role can't see.
pub(super) fn out_of_sight(dialect: Dialect, table: &str) -> Finding {
    let quoted = dialect.quote(table);
    Finding::error(format!(
        "the app's role in the database has no right on `{table}`, if that is there: \
         `GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted} TO …`"
    ))
}

/// A schema that the role may not use.
pub(super) fn closed_schema(schema: &str) -> Finding {
    Finding::error(format!(
        "the app's role may not use the schema `{schema}` on its search path, and finds no table there: \
         `GRANT USAGE ON SCHEMA {} TO …`",
        Dialect::Postgres.quote(schema)
    ))
}
