//! Writes sessions.

use super::OpenTransaction;
use crate::secret::HashedPassword;
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::row::UserRow;
use crate::store::diesel::statement::{Id, Part, Statement};
use crate::store::diesel::value::Value;
use crate::store::{NewSession, SessionKey, StoreError};

impl<C: DatabaseConnection> OpenTransaction<C> {
    pub(in super::super) async fn insert_session<U: UserRow<C::Backend>>(
        &mut self,
        new: &NewSession<U::Id>,
        expected: &HashedPassword,
    ) -> Result<bool, StoreError> {
        let is_foreign = !self.compat.rules().session_rows_expire;
        let (id, token) = (Value::Uuid(new.id.as_uuid()), Value::Text(&new.token));
        let (backend, fingerprint) = (Value::Text(new.backend), Value::Text(&new.fingerprint));
        let [created_at, expires_at, authenticated_at] =
            [new.created_at, new.expires_at, new.authenticated_at].map(Value::Moment);
        let (user, password) = (Id::<U>(new.user_id), Value::Text(expected.expose()));
        let parts: Vec<&dyn Part<C::Backend>> = if is_foreign {
            vec![&token, &created_at, &user, &password]
        } else {
            vec![
                &id,
                &token,
                &backend,
                &fingerprint,
                &created_at,
                // It was seen then, too.
                &created_at,
                &expires_at,
                &authenticated_at,
                &user,
                &password,
            ]
        };
        Ok(self.execute(|queries| &queries.sessions.insert, &parts).await? > 0)
    }

    pub(in super::super) async fn lock_session<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
        key: &SessionKey,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let (key, user) = (value_of(key), Id::<U>(user));
        let statement = Statement::new(&queries.sessions.lock, vec![&key, &user]);
        Ok(session.first(statement, |_| Ok(())).await?.is_some())
    }

    pub(in super::super) async fn delete_session<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
        key: &SessionKey,
    ) -> Result<bool, StoreError> {
        let (key, user) = (value_of(key), Id::<U>(user));
        Ok(self.execute(|queries| &queries.sessions.delete, &[&key, &user]).await? > 0)
    }

    pub(in super::super) async fn delete_sessions_of<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
        except: Option<&SessionKey>,
    ) -> Result<(), StoreError> {
        let (mut session, queries) = self.session()?;
        let (user, except) = (Id::<U>(user), except.map(value_of));
        let mut sql = queries.sessions.delete_of.clone();
        let mut parts: Vec<&dyn Part<C::Backend>> = vec![&user];
        if let Some(except) = &except {
            sql.push_str(&queries.sessions.and_not);
            parts.push(except);
        }
        session.execute(Statement::new(&sql, parts)).await?;
        Ok(())
    }

    pub(in super::super) async fn restamp_sessions_of<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        if !self.compat.rules().session_rows_expire {
            return Ok(());
        }
        let (mut session, queries) = self.session()?;
        let (id, from, to) = (Id::<U>(user), Value::Text(from), Value::Text(to));
        let statement = Statement::new(&queries.sessions.restamp, vec![&to, &id, &from]);
        session.execute(statement).await?;
        Ok(())
    }
}

/// What identifies a row: the id in this crate's own table, the token in FastAPI Users'.
fn value_of(key: &SessionKey) -> Value<'_> {
    match key {
        SessionKey::Id(id) => Value::Uuid(id.as_uuid()),
        SessionKey::Token(token) => Value::Text(token),
    }
}
