//! Optional facts in a provider's answer. One that is null or of another kind counts as absent: it is no reason to refuse
//! a sign-in. What identifies an account is read strictly, by [`AccountId`](super::account_id::AccountId).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A boolean that counts only as a plain yes: `true`, or the text `true`, which some providers write.
pub(super) fn yes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Value::deserialize(deserializer).map(|value| is_yes(&value))
}

/// A text with something in it.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(deserializer).map(|value| filled(&value).map(str::to_owned))
}

/// A list without the entries that can't be read.
pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(entries) => {
            entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect()
        }
        _ => Vec::new(),
    })
}

/// An object, or its default.
pub(super) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Value::deserialize(deserializer).map(|value| serde_json::from_value(value).unwrap_or_default())
}

/// Whether a value is a plain yes.
pub(super) fn is_yes(value: &Value) -> bool {
    *value == true || *value == "true"
}

/// A text with something in it. Some write the address of an account that has none as an empty text.
pub(super) fn filled(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}
