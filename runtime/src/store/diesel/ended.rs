//! How revoked tokens are looked up.

use super::value::Value;
use crate::store::Issuance;
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
