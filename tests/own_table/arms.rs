//! What a knight is beside a user: types of the app's own, which each database has its own column for.

use diesel::deserialize::FromSqlRow;
use serde::{Deserialize, Serialize};

/// An enum. The tables know no king.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromSqlRow, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rank {
    #[default]
    Squire,
    Knight,
    King,
}

impl Rank {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Squire => "squire",
            Self::Knight => "knight",
            Self::King => "king",
        }
    }

    pub(crate) fn parse(text: &[u8]) -> diesel::deserialize::Result<Self> {
        match text {
            b"squire" => Ok(Self::Squire),
            b"knight" => Ok(Self::Knight),
            other => Err(format!("no rank: {}", other.escape_ascii()).into()),
        }
    }
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq, FromSqlRow, Serialize, Deserialize)]
pub(crate) struct Arms {
    pub(crate) field: String,
    #[serde(default)]
    pub(crate) charges: Vec<String>,
}
