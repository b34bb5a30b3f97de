//! Revokes tokens.

use super::OpenTransaction;
use crate::clock::Timestamp;
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::ended::{all_tokens_of, since, user_and_generation};
use crate::store::diesel::row::UserRow;
use crate::store::diesel::statement::{Id, Statement};
use crate::store::diesel::value::Value;
use crate::store::{Issuance, StoreError};
use crate::token::Generation;

impl<C: DatabaseConnection> OpenTransaction<C> {
    pub(in super::super) async fn is_ended<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
        digest: &str,
        issued: Issuance,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let all = all_tokens_of::<U>(user);
        let (digest, all) = (Value::Text(digest), Value::Text(&all));
        let (sql, issued) = since(issued, &queries.is_ended, &queries.is_ended_since);
        let statement = Statement::new(sql, vec![&digest, &all, &issued]);
        Ok(session.first(statement, |_| Ok(())).await?.is_some())
    }

    pub(in super::super) async fn generation_of<U: UserRow<C::Backend>>(
        &mut self,
        id: U::Id,
    ) -> Result<Option<(U, Generation)>, StoreError> {
        let (session, queries) = self.session()?;
        user_and_generation(session, queries, id).await
    }

    #[expect(clippy::extra_unused_type_parameters, reason = "all statements are called in the same way")]
    pub(in super::super) async fn end_token<U: UserRow<C::Backend>>(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (mut session, queries) = self.session()?;
        let (digest, ended_at) = (Value::Text(digest), Value::Moment(ended_at));
        let expires_at = Value::Moment(expires_at);
        let statement = Statement::new(&queries.end_token, vec![&digest, &ended_at, &expires_at]);
        Ok(session.execute(statement).await? > 0)
    }

    pub(in super::super) async fn end_token_of<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (id, digest) = (Id::<U>(user), Value::Text(digest));
        let (ended_at, expires_at) = (Value::Moment(ended_at), Value::Moment(expires_at));
        self.execute(|queries| &queries.end_token_of, &[&digest, &ended_at, &expires_at, &id]).await?;
        Ok(())
    }

    pub(in super::super) async fn end_tokens_of<U: UserRow<C::Backend>>(
        &mut self,
        user: U::Id,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (mut session, queries) = self.session()?;
        let key = all_tokens_of::<U>(user);
        let (key, ended_at) = (Value::Text(&key), Value::Moment(ended_at));
        let expires_at = Value::Moment(expires_at);
        let statement = Statement::new(&queries.end_tokens_of, vec![&key, &ended_at, &expires_at]);
        session.execute(statement).await?;
        Ok(())
    }
}
