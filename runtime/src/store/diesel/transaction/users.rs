//! Writes users.

use super::OpenTransaction;
use crate::store::StoreError;
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::row::UserRow;
use crate::store::diesel::statement::{Id, Ids, Part, Row, Set, Statement};
use crate::store::diesel::value::Value;
use crate::user::{UserChanges, UserId};

impl<C: DatabaseConnection> OpenTransaction<C> {
    pub(in super::super) async fn lock_users<U: UserRow<C::Backend>>(
        &mut self,
        ids: &[U::Id],
    ) -> Result<Vec<U>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (mut session, queries) = self.session()?;
        Ok(session.users(Statement::new(&queries.lock_users, vec![&Ids::<U>(ids)])).await?)
    }

    pub(in super::super) async fn insert_user<U: UserRow<C::Backend>>(
        &mut self,
        user: U,
    ) -> Result<U, StoreError> {
        let (mut session, queries) = self.session()?;
        let (row, has_id) = (Row(&user), user.id().is_generated());
        let insert = if has_id { &queries.insert_user } else { &queries.insert_user_without_id };
        let sql = format!("{insert}{}", queries.returning);
        let statement = Statement::new(&sql, vec![&row]);
        let inserted = if queries.dialect.has_returning() {
            session.first_user(statement).await.map_err(|error| queries.refusal(error))?
        } else {
            session.execute(statement).await.map_err(|error| queries.refusal(error))?;
            let id = Id::<U>(user.id());
            let statement = match has_id {
                true => Statement::new(&queries.user_by_id, vec![&id]),
                false => Statement::new(&queries.user_just_inserted, vec![]),
            };
            session.first_user(statement).await?
        };
        inserted.ok_or_else(|| StoreError::Failed("an INSERT left no row".into()))
    }

    pub(in super::super) async fn update_user<U: UserRow<C::Backend>>(
        &mut self,
        id: U::Id,
        changes: &UserChanges<'_, U>,
    ) -> Result<Option<U>, StoreError> {
        let (mut session, queries) = self.session()?;
        let set = Set { changes, idle: queries.id };
        let id = Id::<U>(id);
        let expected = &changes.expected;
        let password = expected.hashed_password.map(|hash| Value::Text(hash.expose()));
        let email = expected.email.map(Value::Text);
        let is_verified = expected.is_verified.map(Value::Flag);
        let mut sql = queries.update_user.clone();
        let mut parts: Vec<&dyn Part<C::Backend>> = vec![&set, &id];
        for (expected, condition) in [
            (&password, &queries.and_hashed_password),
            (&email, &queries.and_email),
            (&is_verified, &queries.and_is_verified),
        ] {
            if let Some(expected) = expected {
                sql.push_str(condition);
                parts.push(expected);
            }
        }
        sql.push_str(&queries.returning);
        let statement = Statement::new(&sql, parts);
        if queries.dialect.has_returning() {
            return session.first_user(statement).await.map_err(|error| queries.refusal(error));
        }
        let updated = session.execute(statement).await.map_err(|error| queries.refusal(error))?;
        if updated == 0 {
            return Ok(None);
        }
        Ok(session.first_user(Statement::new(&queries.user_by_id, vec![&id])).await?)
    }

    pub(in super::super) async fn delete_user<U: UserRow<C::Backend>>(
        &mut self,
        id: U::Id,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let deleted = session.execute(Statement::new(&queries.delete_user, vec![&Id::<U>(id)])).await?;
        Ok(deleted > 0)
    }
}
