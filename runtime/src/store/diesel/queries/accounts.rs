//! The SQL about accounts at other services, and how one is read from a row of it.

use diesel::deserialize;
use diesel::row::Row;

use crate::store::diesel::backend::SqlBackend;
use crate::store::diesel::cells::Cells;
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::row::UserRow;
use crate::store::diesel::schema::{Accounts, SchemaSql};
use crate::store::{StoredAccount, TokenExpiry};
use crate::user::OAuthAccount;

/// The statements about accounts.
#[derive(Debug)]
pub(in super::super) struct AccountQueries {
    pub(in super::super) user_by_account: String,
    pub(in super::super) of_user: String,
    /// By the ids of account and user.
    pub(in super::super) by_id: String,
    /// The same within a transaction, which then is alone with them.
    pub(in super::super) of_user_to_change: String,
    /// Its id is the last of its gaps.
    pub(in super::super) insert: String,
    /// The same for an id that the database gives, and where it can, gives back.
    pub(in super::super) insert_without_id: String,
    /// The id that the database gave last, where it can't give it back by itself.
    pub(in super::super) id_just_given: String,
    pub(in super::super) update: String,
    pub(in super::super) and_access_token: String,
    pub(in super::super) swap_expiry: String,
    pub(in super::super) swap_refresh_token: String,
    pub(in super::super) delete: String,
}

impl AccountQueries {
    /// The statements for a schema; `of_the_user` are the user's columns in a table `u`.
    pub(super) fn new(schema: &SchemaSql, of_the_user: &str) -> Self {
        let dialect = schema.dialect;
        let (user, id) = (dialect.quote(schema.user), dialect.quote(schema.roles.id.name));
        let accounts = Accounts::NAME;
        // Of four bytes in a table that FastAPI Users made, of eight in ours.
        let expires_at = match dialect {
            Dialect::Sqlite | Dialect::Postgres => "CAST(a.expires_at AS BIGINT)",
            Dialect::Mysql => "CAST(a.expires_at AS SIGNED)",
        };
        let all = format!(
            "a.id, a.user_id, a.oauth_name, a.account_id, a.account_email, a.access_token, {expires_at}, a.refresh_token"
        );
        let written =
            "user_id, oauth_name, account_id, account_email, access_token, expires_at, refresh_token";
        let of_user = format!("SELECT {all} FROM {accounts} AS a WHERE a.user_id = ?");
        // In one order, so that no two wait for each other.
        let to_change = match dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres | Dialect::Mysql => " ORDER BY a.id FOR UPDATE",
        };
        let returning = if dialect.has_returning() { " RETURNING id" } else { "" };
        Self {
            user_by_account: format!(
                "SELECT {of_the_user}, {all} FROM {accounts} AS a JOIN {user} AS u ON u.{id} = a.user_id \
                 WHERE a.oauth_name = ? AND a.account_id = ?"
            ),
            by_id: format!("SELECT {all} FROM {accounts} AS a WHERE a.id = ? AND a.user_id = ?"),
            of_user_to_change: format!("{of_user}{to_change}"),
            of_user,
            insert: format!("INSERT INTO {accounts} ({written}, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
            insert_without_id: format!(
                "INSERT INTO {accounts} ({written}) VALUES (?, ?, ?, ?, ?, ?, ?){returning}"
            ),
            id_just_given: format!("SELECT id FROM {accounts} WHERE id = last_insert_id()"),
            update: format!(
                "UPDATE {accounts} SET account_email = ?, access_token = ?, expires_at = ?, \
                 refresh_token = coalesce(?, refresh_token) WHERE id = ? AND user_id = ?"
            ),
            and_access_token: format!(" AND access_token = ?{}", dialect.exactly()),
            swap_expiry: format!(
                "UPDATE {accounts} SET expires_at = ? \
                 WHERE id = ? AND user_id = ? AND access_token = ?{} AND expires_at = ?",
                dialect.exactly()
            ),
            swap_refresh_token: format!(
                "UPDATE {accounts} SET refresh_token = ? WHERE id = ? AND user_id = ? AND refresh_token = ?{}",
                dialect.exactly()
            ),
            delete: format!("DELETE FROM {accounts} WHERE id = ? AND user_id = ?"),
        }
    }
}

/// Reads an account from a row's next cells, as apps see it.
pub(in super::super) fn account<'row, DB, U, R>(
    cells: &mut Cells<'_, R, DB>,
) -> deserialize::Result<OAuthAccount<U::Id>>
where
    DB: SqlBackend,
    U: UserRow<DB>,
    R: Row<'row, DB>,
{
    Ok(stored_account::<DB, U, R>(cells)?.account)
}

/// The same with the turn of the node that renews its tokens. No other reader sees that number of the row.
pub(in super::super) fn stored_account<'row, DB, U, R>(
    cells: &mut Cells<'_, R, DB>,
) -> deserialize::Result<StoredAccount<U::Id>>
where
    DB: SqlBackend,
    U: UserRow<DB>,
    R: Row<'row, DB>,
{
    let (id, user_id) = (U::id_from_row(cells)?, U::id_from_row(cells)?);
    let (oauth_name, account_id, account_email) = (DB::text(cells)?, DB::text(cells)?, DB::text(cells)?);
    let (access_token, expiry) = (DB::text(cells)?, DB::nullable_number(cells)?);
    let refresh_token = DB::nullable_text(cells)?;
    let account = OAuthAccount {
        id,
        user_id,
        oauth_name,
        account_id,
        account_email,
        access_token,
        expires_at: None,
        refresh_token,
    };
    Ok(StoredAccount::new(account, expiry.map(TokenExpiry::from_column)))
}
