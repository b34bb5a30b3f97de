//! How revoked tokens are looked up.

use super::backend::SqlBackend as _;
use super::connection::DatabaseConnection;
use super::queries::Queries;
use super::row::UserRow;
use super::session::Session;
use super::statement::{Id, Statement};
use super::value::Value;
use crate::store::{Issuance, StoreError};
use crate::token::Generation;
use crate::user::AuthUser;

/// Returns the key under which all tokens of a user are revoked.
pub(super) fn all_tokens_of<U: AuthUser>(id: U::Id) -> String {
    format!("user:{id}")
}

/// Returns the statement that looks a token up, by the generation or by the time in which it was issued, and the value for
/// its gap.
pub(super) fn since<'q>(issued: Issuance, generation: &'q str, time: &'q str) -> (&'q str, Value<'q>) {
    match issued {
        Issuance::In(of) => (generation, Value::Number(of.number())),
        Issuance::At(at) => (time, Value::Moment(at)),
    }
}

/// Reads a user and the user's generation.
pub(super) async fn user_and_generation<C: DatabaseConnection, U: UserRow<C::Backend>>(
    mut session: Session<'_, C>,
    queries: &Queries,
    id: U::Id,
) -> Result<Option<(U, Generation)>, StoreError> {
    let all = all_tokens_of::<U>(id);
    let (all, id) = (Value::Text(&all), Id::<U>(id));
    let statement = Statement::new(&queries.user_and_generation, vec![&all, &id]);
    let found = session.first(statement, |cells| {
        let user = U::from_row(cells)?;
        let generation = C::Backend::nullable_number(cells)?;
        Ok((user, generation.map(Generation::new).unwrap_or_default()))
    });
    Ok(found.await?)
}
