//! An account's id, as providers write it. It knows no provider.

use serde::Deserialize;
use serde_json::Value;

/// An account's id: a text or a whole number, and never nothing, which would be everybody's.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct AccountId(String);

impl TryFrom<Value> for AccountId {
    type Error = &'static str;

    fn try_from(id: Value) -> Result<Self, Self::Error> {
        match id {
            Value::String(id) if !id.is_empty() => Ok(Self(id)),
            // A number too large to be whole has lost digits already.
            Value::Number(id) if !id.is_f64() => Ok(Self(id.to_string())),
            _ => Err("no id of an account"),
        }
    }
}

impl From<AccountId> for String {
    fn from(AccountId(id): AccountId) -> Self {
        id
    }
}
