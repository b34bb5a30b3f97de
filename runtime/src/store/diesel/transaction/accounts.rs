//! Writes OAuth accounts.

use super::OpenTransaction;
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::row::UserRow;
use crate::store::diesel::statement::{Id, Part, Statement};
use crate::store::diesel::value::Value;
use crate::store::{StoreError, TokenExpiry};
use crate::user::{OAuthAccount, UserId};

impl<C: DatabaseConnection> OpenTransaction<C> {
    pub(in super::super) async fn insert_oauth_account<U: UserRow<C::Backend>>(
        &mut self,
        account: OAuthAccount<U::Id>,
    ) -> Result<OAuthAccount<U::Id>, StoreError> {
        let (mut session, queries) = self.session()?;
        let statements = &queries.accounts;
        let (id, user) = (Id::<U>(account.id), Id::<U>(account.user_id));
        let [name, account_id] = [&account.oauth_name, &account.account_id].map(|text| Value::Text(text));
        let [email, token, expires_at, refresh_token] = kept_of(&account);
        let mut parts: Vec<&dyn Part<C::Backend>> =
            vec![&user, &name, &account_id, &email, &token, &expires_at, &refresh_token];
        if account.id.is_generated() {
            parts.push(&id);
            let statement = Statement::new(&statements.insert, parts);
            session.execute(statement).await.map_err(|error| queries.refusal(error))?;
            return Ok(account);
        }
        let statement = Statement::new(&statements.insert_without_id, parts);
        let id = if queries.dialect.has_returning() {
            session.first_id::<U>(statement).await.map_err(|error| queries.refusal(error))?
        } else {
            session.execute(statement).await.map_err(|error| queries.refusal(error))?;
            session.first_id::<U>(Statement::new(&statements.id_just_given, vec![])).await?
        };
        let id = id.ok_or_else(|| StoreError::Failed("an INSERT left no row".into()))?;
        Ok(OAuthAccount { id, ..account })
    }

    pub(in super::super) async fn update_oauth_account<U: UserRow<C::Backend>>(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: Option<&str>,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let statements = &queries.accounts;
        let [email, token, expires_at, refresh_token] = kept_of(account);
        let (id, user) = (Id::<U>(account.id), Id::<U>(account.user_id));
        let expected = expected.map(Value::Text);
        let mut sql = statements.update.clone();
        let mut parts: Vec<&dyn Part<C::Backend>> =
            vec![&email, &token, &expires_at, &refresh_token, &id, &user];
        if let Some(expected) = &expected {
            sql.push_str(&statements.and_access_token);
            parts.push(expected);
        }
        Ok(session.execute(Statement::new(&sql, parts)).await? > 0)
    }

    pub(in super::super) async fn swap_oauth_expiry<U: UserRow<C::Backend>>(
        &mut self,
        account: &OAuthAccount<U::Id>,
        from: TokenExpiry,
        to: TokenExpiry,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let (id, user) = (Id::<U>(account.id), Id::<U>(account.user_id));
        let [from, to] = [from, to].map(|expiry| Value::Number(expiry.column()));
        let token = Value::Text(&account.access_token);
        let parts: Vec<&dyn Part<C::Backend>> = vec![&to, &id, &user, &token, &from];
        Ok(session.execute(Statement::new(&queries.accounts.swap_expiry, parts)).await? > 0)
    }

    pub(in super::super) async fn swap_oauth_refresh_token<U: UserRow<C::Backend>>(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: &str,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let [_, _, _, refresh_token] = kept_of(account);
        let (id, user, expected) = (Id::<U>(account.id), Id::<U>(account.user_id), Value::Text(expected));
        let parts: Vec<&dyn Part<C::Backend>> = vec![&refresh_token, &id, &user, &expected];
        Ok(session.execute(Statement::new(&queries.accounts.swap_refresh_token, parts)).await? > 0)
    }

    pub(in super::super) async fn delete_oauth_account<U: UserRow<C::Backend>>(
        &mut self,
        id: U::Id,
        user: U::Id,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let (id, user) = (Id::<U>(id), Id::<U>(user));
        Ok(session.execute(Statement::new(&queries.accounts.delete, vec![&id, &user])).await? > 0)
    }

    pub(in super::super) async fn lock_oauth_accounts_of<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
    ) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        let (mut session, queries) = self.session()?;
        Ok(session.accounts_of::<U>(&queries.accounts.of_user_to_change, user).await?)
    }
}

/// The columns of an account that may change: its email, its tokens and their expiry.
fn kept_of<Id>(account: &OAuthAccount<Id>) -> [Value<'_>; 4] {
    [
        Value::Text(&account.account_email),
        Value::Text(&account.access_token),
        Value::NullableNumber(account.expires_at),
        Value::NullableText(account.refresh_token.as_deref()),
    ]
}
